"""From DATABASE_URL to Django's DATABASES, with the options each database needs to be safe under many workers."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url

#: Every transaction takes the write lock at once and waits for it; upgrading from read to write later would fail.
_SQLITE_OPTIONS: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728"
    ),
}
_MYSQL_OPTIONS: dict[str, object] = {
    "charset": "utf8mb4",
    # Settling an item reads what other workers have just committed.
    "isolation_level": "read committed",
    "init_command": "SET sql_mode='STRICT_TRANS_TABLES'",
}
_POSTGRESQL_OPTIONS: dict[str, object] = {
    "application_name": "autopost",
    # A server that is gone without a word is noticed within half a minute, not after the system's quarter of an hour.
    "connect_timeout": 10,
    "tcp_user_timeout": 30_000,
    "keepalives_idle": 30,
    # Whoever waits longer for a row gives up and does its transaction again; whoever stands still in the middle of one
    # (a stopped process) loses it and its locks. Compiling a query costs more than our short ones take.
    # https://www.postgresql.org/docs/current/runtime-config-client.html
    "options": "-c lock_timeout=20s -c idle_in_transaction_session_timeout=60s -c jit=off",
}
_ENGINES: dict[str, dict[str, object]] = {
    "django.db.backends.sqlite3": _SQLITE_OPTIONS,
    "django.db.backends.mysql": _MYSQL_OPTIONS,
    "django.db.backends.postgresql": _POSTGRESQL_OPTIONS,
}


def parse(url: str) -> dict:
    """One entry of DATABASES. Raises ValueError with a sentence for anything but the databases we know."""
    try:
        database: dict[str, Any] = dict(
            dj_database_url.parse(url.replace("mariadb://", "mysql://", 1), conn_max_age=600)
        )
    except Exception as fault:
        raise ValueError(f"{url.split('@')[-1]!r} is not a database address: {fault}") from fault
    if database["ENGINE"] not in _ENGINES:
        raise ValueError("Autopost runs on sqlite:///path, mysql://, mariadb:// and postgres:// addresses.")
    database["OPTIONS"] = {**_ENGINES[database["ENGINE"]], **database.get("OPTIONS", {})}
    if database["ENGINE"].endswith("sqlite3"):
        # A file, since an in-memory database can't be shared by threads and processes.
        database["TEST"] = {"NAME": f"{database['NAME']}.test"}
        return database
    database["CONN_HEALTH_CHECKS"] = True
    if parse_qs(urlsplit(url).query, keep_blank_values=True).get("options") == [""]:
        database["OPTIONS"]["options"] = ""  # for a pooler, which passes none on
    if database["ENGINE"].endswith("mysql"):
        database["TEST"] = {"CHARSET": "utf8mb4"}
    return database
