"""Settings that can each be read but contradict each other, told before anything starts: every process reads them."""

import importlib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from autopost_site import casts

#: What stands for SECRET_KEY while DEBUG is on, known to everybody.
LAPTOP_SECRET = "only-for-a-laptop-never-for-a-server"  # noqa: S105 - refused below as soon as DEBUG is false

#: By Django's backend: the driver's module, its package, and the file that names it with what it needs.
_DRIVERS = {
    "autopost_site.mysql": ("MySQLdb", "mysqlclient", "requirements-mysql.lock"),
    "autopost_site.postgresql": ("psycopg", "psycopg", "requirements-postgres.lock"),
}


def problems(found: Mapping[str, Any]) -> str:
    """Sentences about all that can't be true together, each with what to do; empty when all is well."""
    looks = (_secrets, _times, _alerts, _ports, _driver)
    return " ".join(sentence for look in looks for sentence in look(found))


def _secrets(found: Mapping[str, Any]) -> Iterator[str]:
    if found["DEBUG"]:
        if casts.is_public(urlsplit(found["PUBLIC_BASE_URL"]).hostname or ""):
            yield (
                f"DEBUG must be false where strangers come by, and PUBLIC_BASE_URL is {found['PUBLIC_BASE_URL']}: with "
                "DEBUG, error pages show the inside, and the keys that encrypt tokens are known to everybody. "
                "Set DEBUG=false."
            )
        return
    if found["SECRET_KEY"] in ("", LAPTOP_SECRET):
        yield "SECRET_KEY must be set when DEBUG is false: any long random text, kept secret."
    if not found["CREDENTIALS_KEY"]:
        yield (
            "CREDENTIALS_KEY must be set when DEBUG is false: it encrypts the platforms' tokens. `make key` prints one."
        )


def _times(found: Mapping[str, Any]) -> Iterator[str]:
    """Times that would let a lease end under a living worker: tick + prepare + one call < timeout < lease < retry."""
    order = [
        (
            "TICK_BUDGET + PREPARE_BUDGET + CONNECT_TIMEOUT + READ_TIMEOUT",
            found["TICK_BUDGET"] + found["PREPARE_BUDGET"] + sum(found["CALL_TIMEOUT"]),
        ),
        *((name, found[name]) for name in ("Q_TIMEOUT", "LEASE_SECONDS", "Q_RETRY")),
    ]
    for (name, value), (next_name, next_value) in zip(order, order[1:], strict=False):
        if value >= next_value:
            yield (
                f"{name} ({value:g} s) must be less than {next_name} ({next_value:g} s): a lease must outlast its "
                f"worker. Set {next_name} to more than {value:g}, or lower what stands before it."
            )


def _alerts(found: Mapping[str, Any]) -> Iterator[str]:
    """A bot without a chat, or a chat without a bot, tells nobody."""
    if bool(found["TELEGRAM_ALERT_BOT_TOKEN"]) != bool(found["TELEGRAM_ALERT_CHAT_ID"]):
        missing = "TELEGRAM_ALERT_CHAT_ID" if found["TELEGRAM_ALERT_BOT_TOKEN"] else "TELEGRAM_ALERT_BOT_TOKEN"
        yield f"{missing} must be set too, or both left empty (then alerts are only logged)."


def _ports(found: Mapping[str, Any]) -> Iterator[str]:
    if found["SANDBOX"] and found["PORT"] == found["SANDBOX_PORT"]:
        yield f"PORT and SANDBOX_PORT are both {found['PORT']}: the site and the sandbox need a port each."


def _driver(found: Mapping[str, Any]) -> Iterator[str]:
    engine = found["DATABASES"]["default"]["ENGINE"]
    module, package, listed = _DRIVERS.get(engine, ("django", "", ""))
    try:
        importlib.import_module(module)
    except ImportError as fault:
        yield (
            f"DATABASE_URL asks for the package {package}, which can't be used here ({fault}): "
            f"`.venv/bin/python -m pip install --require-hashes --requirement {listed}`"
        )
