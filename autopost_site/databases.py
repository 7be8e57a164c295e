"""From DATABASE_URL to Django's DATABASES, with the options each database needs to be safe under many workers."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import dj_database_url
from django.db.backends.base.base import BaseDatabaseWrapper

from autopost_site.paths import named

#: Every transaction takes the write lock at once and waits for it; upgrading from read to write later would fail.
_SQLITE_OPTIONS: dict[str, object] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000; PRAGMA mmap_size=134217728"
    ),
}
#: The longest that a connection may take to be made.
_CONNECT_S = 10
#: No transaction of ours does nothing for so long, however busy the machine is.
_STANDS_STILL_S = 3
#: So often PostgreSQL is sent a text of ours before it is asked to keep its plan.
_TIMES_UNPLANNED = 2
_IN_MEMORY = ("sqlite://", "sqlite://:memory:", "sqlite:///:memory:")
_KNOWN = "Autopost runs on sqlite:///path, mysql://, mariadb:// and postgres:// addresses."
_PERCENT = "In a password the signs @ : / # % and spaces are written %40 %3A %2F %23 %25 %20."


def _mysql_options(seconds: int) -> dict[str, object]:
    locks, idle = _limits(seconds)
    return {
        "charset": "utf8mb4",
        # Settling an item reads what other workers have just committed.
        "isolation_level": "read committed",
        # MySQL knows no limit for whoever stands still in a transaction, and reads what MariaDB does as a comment.
        # https://mariadb.com/docs/server/server-management/variables-and-modes/transaction-timeouts
        "init_command": f"SET sql_mode='STRICT_TRANS_TABLES', innodb_lock_wait_timeout={locks}"
        f" /*M!100300 , idle_transaction_timeout={idle} */",
        "connect_timeout": min(_CONNECT_S, seconds),
        "read_timeout": seconds,
        "write_timeout": seconds,
    }


def _postgresql_options(seconds: int) -> dict[str, object]:
    locks, idle = _limits(seconds)
    return {
        "application_name": "autopost",
        "connect_timeout": min(_CONNECT_S, seconds),
        "patience": seconds,
        # A server that is gone without a word is noticed by the system, too.
        "tcp_user_timeout": seconds * 1000,
        "keepalives_idle": seconds,
        # A text that is kept is planned by the server from its third time on.
        "prepare_threshold": _TIMES_UNPLANNED,
        # Compiling a query costs more than our short ones take.
        # https://www.postgresql.org/docs/current/runtime-config-client.html
        "options": f"-c lock_timeout={locks}s -c idle_in_transaction_session_timeout={idle}s -c jit=off",
    }


def _limits(seconds: int) -> tuple[int, int]:
    """Seconds after which the server refuses a lock, and ends a transaction that stands still.

    Whoever stands still in the middle of one, a stopped process or one that was cut off, loses it and its locks, before
    those who wait for these give up. Whoever waits for longer does its transaction again, before it thinks that the
    server is gone.
    """
    return max(1, seconds * 2 // 3), max(_STANDS_STILL_S, seconds // 3)


_OPTIONS: dict[str, Callable[[int], dict[str, object]]] = {
    "sqlite3": lambda _: _SQLITE_OPTIONS,
    "mysql": _mysql_options,
    "postgresql": _postgresql_options,
}
#: Those of the limits above that end a statement which merely takes long.
_ENDS_STATEMENTS = ("read_timeout", "write_timeout", "patience")
#: In the texts that the server is told first: what ends a transaction that does nothing meanwhile.
_ENDS_IDLE = re.compile(r"\b(idle_\w+_timeout)=[1-9]\d*s?")


def wait_as_long_as_it_takes(connection: BaseDatabaseWrapper) -> None:
    """From now on this connection's statements may take hours, as those of a migration may, and so may what is done
    between them."""
    options = connection.settings_dict["OPTIONS"]
    limits = [name for name in _ENDS_STATEMENTS if options.pop(name, None)]
    for name in ("init_command", "options"):
        if (told := options.get(name)) and (lifted := _ENDS_IDLE.sub(r"\1=0", told)) != told:
            options[name] = lifted
            limits.append(name)
    if limits and not connection.in_atomic_block:
        connection.close()


def parse(url: str, *, timeout: int = 30) -> dict:
    """One entry of DATABASES; ``timeout``: seconds in which a server must answer a statement.

    Raises ValueError with a sentence for anything but the databases we know.
    """
    if not url.strip():
        raise ValueError(f"There is no address. {_KNOWN}")
    try:
        database: dict[str, Any] = dict(
            dj_database_url.parse(url.replace("mariadb://", "mysql://", 1), conn_max_age=600)
        )
    except Exception as fault:
        raise ValueError(f"{url.split('@')[-1]!r} is not a database address. {_KNOWN} {_PERCENT}") from fault
    kind = database["ENGINE"].removeprefix("django.db.backends.")
    if kind not in _OPTIONS:
        raise ValueError(_KNOWN)
    if not database["NAME"] and "service" not in database.get("OPTIONS", {}):
        raise ValueError(
            f"{url.split('@')[-1]!r} names no database, such as autopost in postgres://user:password@host/autopost."
        )
    database["OPTIONS"] = {**_OPTIONS[kind](timeout), **database.get("OPTIONS", {})}
    if kind == "sqlite3":
        # A file, since an in-memory database can't be shared by threads and processes.
        if database["NAME"] != ":memory:":
            # The same file, wherever a command is started.
            database["NAME"] = named.database(database["NAME"])
        elif url.strip() not in _IN_MEMORY:
            raise ValueError(
                f"{url!r} names no file: write sqlite:///path from manage.py's folder, or sqlite:////path."
            )
        database["TEST"] = {"NAME": f"{database['NAME']}.test"}
        return database
    database["CONN_HEALTH_CHECKS"] = True
    if parse_qs(urlsplit(url).query, keep_blank_values=True).get("options") == [""]:
        # For a pooler, which passes none on, and behind which the next statement may meet another connection.
        database["OPTIONS"] |= {"options": "", "prepare_threshold": None}
    if kind == "mysql":
        database["TEST"] = {"CHARSET": "utf8mb4"}
    database["ENGINE"] = f"autopost_site.{kind}"
    return database
