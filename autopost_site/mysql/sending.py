"""Statements that wait for the next one, and what becomes of them on their way to MariaDB or MySQL.

What is sent together is done in its order up to the first fault. Where that is of a statement that waited, or nobody
knows whose it is, whoever ran the last one may take it for its own and go on: so the transaction is lost, and whatever
else is run in it, its end too, has the same fault.
https://mariadb.com/docs/server/reference/sql-statements/transactions/transactions-and-errors
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.backends.mysql.base import CursorWrapper
from MySQLdb import IntegrityError, OperationalError, cursors  # type: ignore[import-untyped]


class Statement(NamedTuple):
    """One with its values in it. ``expects``: how many rows it has to find; None: as many as there are."""

    text: bytes
    expects: int | None = None


BEGIN = Statement(b"BEGIN")
#: More does not travel together: each alone may be as long as a server's max_allowed_packet.
_MOST_BYTES = 256 * 1024
#: Deadlock, "record has changed", and by innodb_rollback_on_timeout a lock wait time-out: the server takes all back,
#: and what came then would be committed statement by statement.
_ENDS_ALL = {1213, 1020, 1205}


class Baggage:
    """What a connection's cursors share: the statements that wait, and how its transaction stands.

    ``begun``: by a BEGIN of ours, not ended yet. ``lost``: the fault for which nothing of it may stand.
    """

    def __init__(self) -> None:
        self.waiting: list[Statement] = []
        self.begun = False
        self.lost: BaseException | None = None

    def forget(self) -> None:
        """The transaction is over."""
        self.waiting.clear()
        self.begun, self.lost = False, None

    def has_room_for(self, text: bytes | bytearray) -> bool:
        """May it go out with what waits?"""
        return not self.waiting or len(text) + sum(len(one.text) for one in self.waiting) <= _MOST_BYTES


class Cursor(cursors.Cursor):
    """The driver's own, but what waits on its connection goes first."""

    baggage: Baggage

    def put_by(self, sql: str, params: Sequence[Any], expects: int | None) -> None:
        """Let the statement wait. Raises what the driver says of a value that it can't send."""
        text = self._mogrify(sql, params)
        if not self.baggage.has_room_for(text):
            self.send_waiting()
        self.baggage.waiting.append(Statement(text, expects))

    def send_waiting(self) -> None:
        """Send what waits by itself."""
        self._send([*self.baggage.waiting], has_own=False)

    def send_expecting(self) -> None:
        """Send what waits if it is to find its rows: that has to be known before the end that would travel with it."""
        if any(one.expects is not None for one in self.baggage.waiting):
            self.send_waiting()

    def _query(self, q: Any) -> Any:
        """All that is run comes down to this, with its values in it. What is left to be read is its own.

        Raises OperationalError, too, when something that waited did not find its rows.
        """
        if not self.baggage.has_room_for(q):
            self.send_waiting()
        return self._send([*self.baggage.waiting, Statement(q)], has_own=True)

    def _send(self, sent: list[Statement], *, has_own: bool) -> Any:
        """In one message. ``has_own``: the last has not waited, its fault is known to be its own."""
        found: list[int] = []
        self.baggage.waiting.clear()
        if self.baggage.lost:
            raise self.baggage.lost
        try:
            super()._query(b"; ".join(one.text for one in sent))
            found.append(self.rowcount)
            # Asked for one more than there are, the driver would let go of what the last one found.
            for _ in sent[1:]:
                self.nextset()
                found.append(self.rowcount)
            if missed := _missed(sent, found):
                raise missed
        except BaseException as fault:  # noqa: BLE001 - what breaks in is a fault of what waited, too, and is raised
            told = (isinstance(fault, Exception) and _missed(sent, found)) or _as_django_sorts(fault)
            is_own = has_own and len(found) == len(sent) - 1
            if self.baggage.begun and (not is_own or _ends_all(fault)):
                self.baggage.lost = told
            raise told from (None if told is fault else fault)
        return self.rowcount


def _missed(sent: list[Statement], found: list[int]) -> Exception | None:
    """The fault of the first that did not find its rows, of those that have been answered."""
    for one, count in zip(sent, found, strict=False):
        if one.expects not in (None, count):
            missed: Exception = OperationalError(f"A change found {count} rows instead of {one.expects}.")
            return missed
    return None


def _ends_all(fault: BaseException) -> bool:
    return isinstance(fault, OperationalError) and fault.args[0] in _ENDS_ALL


def _as_django_sorts(fault: BaseException) -> BaseException:
    """A row that a check refuses is an IntegrityError to Django, which sees to it where a statement is run."""
    if isinstance(fault, OperationalError) and fault.args[0] in CursorWrapper.codes_for_integrityerror:
        return IntegrityError(*fault.args)
    return fault
