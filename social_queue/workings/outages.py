"""A database that is away for a moment: known by its faults, and outlasted on fresh connections."""

import logging
import random
import re
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError, connection

from connectors.texts.sentences import ended
from social_queue.workings import deadlocks

logger = logging.getLogger(__name__)

_Answer = TypeVar("_Answer")

#: Everything a database says when it is away, or takes nothing, is one of these.
FAULTS = (OperationalError, InterfaceError)
#: Going away, shutting down, starting, full, read-only, out of connections, cut off.
#: https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference
_MYSQL = {3, 1021, 1040, 1053, 1077, 1114, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1290, 1317, 1792, 1836, 1927}
_MYSQL_CLIENT = range(2000, 2100)
#: https://www.sqlite.org/rescode.html
_SQLITE = ("is locked", "disk is full", "disk i/o error", "unable to open database", "readonly database")
#: Connection, resources, an operator, the system; read-only, and a transaction that was ended as it stood still or
#: took too long. https://www.postgresql.org/docs/current/errcodes-appendix.html
_SQLSTATES = ("08", "53", "57", "58", "25006", "25P03", "25P04")
#: How SQLite, PostgreSQL and MySQL say that something of ours is not there.
_NOT_MIGRATED = re.compile(
    r"no such (table|column)|(relation|column) .+ does not exist|Table .+ doesn't exist|Unknown column", re.IGNORECASE
)
#: What SQLite says of a file that somebody else wrote, or that broke.
_NO_DATABASE = ("file is not a database", "disk image is malformed")
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 1.5


def is_outage(fault: Exception) -> bool:
    """True when the same statement may go well once the database is back, or has room again."""
    if isinstance(fault, InterfaceError):
        return True
    if not isinstance(fault, OperationalError):
        return False
    code = fault.args[0] if fault.args else None
    if isinstance(code, int):
        return code in _MYSQL or code in _MYSQL_CLIENT or deadlocks.is_collision(fault)
    if connection.vendor == "postgresql":
        state = getattr(fault.__cause__, "sqlstate", None)
        return state is None or state.startswith(_SQLSTATES)
    return any(words in str(fault).lower() for words in _SQLITE)


def told(fault: Exception) -> str:
    """A sentence for whoever runs the site, about a database that can't be used; empty for any other fault."""
    words = " ".join(str(fault).split())
    if isinstance(fault, (OperationalError, ProgrammingError)) and _NOT_MIGRATED.search(words):
        return f"The database has not the tables of this version: {ended(words)} Run `manage.py migrate`."
    is_none = isinstance(fault, DatabaseError) and any(said in words for said in _NO_DATABASE)
    return unusable(words) if is_none or isinstance(fault, FAULTS) else ""


def unusable(words: str) -> str:
    """What the database or its driver says, and where to look."""
    if connection.vendor == "sqlite":
        look = "Look at DATABASE_URL, who may write that file and its folder, and whether there is room."
    else:
        look = "Look at DATABASE_URL and whether the server runs."
    return f"The database can't be used: {ended(words)} {look}"


class _Trust:
    """Since when (``time.monotonic``) this process trusts the connections that it opens."""

    since = 0.0


def suspect(fault: Exception) -> None:
    """The database was away, or said nothing: what any thread opened before is not to be trusted any more.

    A refusal says nothing of the kind, and what was opened before the last such fault is suspected already.
    """
    refused = isinstance(fault, OperationalError) and deadlocks.is_collision(fault)
    if is_outage(fault) and not refused and not _is_suspect():
        _Trust.since = time.monotonic()


def drop_suspect(*, check: bool = False) -> None:
    """Close this thread's connection if it was opened before the last outage that a thread of this process met.

    Else one thread after the other would find out by itself, and wait until its own is given up. ``check``: one that
    Django means to check before its next use is checked now; whoever others wait for does so, since what comes of it
    holds for theirs too.
    """
    if connection.connection is None or connection.in_atomic_block:
        return
    if _is_suspect():
        connection.close()
    elif check:
        connection.close_if_health_check_failed()
        if connection.connection is None:
            _Trust.since = time.monotonic()


def _is_suspect() -> bool:
    """By Django's own note of when a connection is too old, which is set when it is opened."""
    ends, age = connection.close_at, connection.settings_dict["CONN_MAX_AGE"]
    return ends is not None and ends - age < _Trust.since


def outlast(act: Callable[[], _Answer], *, seconds: float, what: str, worth: Callable[[Exception], bool]) -> _Answer:
    """What ``act`` returns: while it fails in a way that is ``worth`` another try, it gets one, for so many seconds.

    Inside a transaction nothing is repeated. Raises what the last try raised.
    """
    ends, pause, logged = time.monotonic() + seconds, _FIRST_PAUSE_S, False
    while True:
        try:
            return act()
        except FAULTS as fault:
            suspect(fault)
            wait = random.uniform(0.5, 1) * pause
            if connection.in_atomic_block or time.monotonic() + wait > ends or not worth(fault):
                raise
            if not logged:
                logger.warning("%s waits for the database: %s", what, fault)
        logged, pause = True, min(pause * 2, _LONGEST_PAUSE_S)
        # A connection that broke stays broken: the next try begins with another.
        connection.close()
        time.sleep(wait)
