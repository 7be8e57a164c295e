"""The course of one outage of the database after the other, in lines that are few: pure, ``now`` is given."""

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from social_queue.workings import outages

#: So long nobody must have met it, once somebody has reached the database: a server out of connections lets some in.
CALM = timedelta(seconds=10)
#: Without such a sign, on connections that were never lost: a full disk, a server that only reads.
QUIET = timedelta(minutes=1)


@dataclass
class _Outage:
    began: datetime
    told: datetime
    met: datetime
    #: When the database was reached again, unless somebody has met the outage since.
    reached: datetime | None = None
    kinds: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    before: Counter[str] = field(default_factory=Counter)


class OutageLog:
    """Counts what an outage does; ``say`` gets the lines, ``every`` tells how far apart those of its course are."""

    def __init__(self, say: Callable[[str], None], *, every: Callable[[], timedelta]) -> None:
        self._say, self._every = say, every
        self._lock = threading.Lock()
        self._open: _Outage | None = None

    @property
    def is_open(self) -> bool:
        """Has one been told of that is not told to be over?"""
        return self._open is not None

    def met(self, fault: Exception, *, whom: str, what: str, now: datetime) -> None:
        """One more: ``whom`` it met, counted as ``what``."""
        with self._lock:
            if self._open is not None and self._is_over(self._open, now, works=False):
                self._end(self._open)
            outage = self._open
            kind = _kind(fault)
            if outage is None:
                outage = self._open = _Outage(now, now, now, kinds={kind})
                self._say(f"the database is away, or takes nothing: {whom}: {_words(fault)}; from here on counted")
            elif kind not in outage.kinds:
                outage.kinds.add(kind)
                self._say(f"while the database is away, {whom} meets another fault: {_words(fault)}")
            outage.counts[what] += 1
            outage.met, outage.reached = now, None
            if now - outage.told >= self._every():
                since, counted = _long(now - outage.began), _told(outage.counts, outage.before)
                self._say(f"the database has been away for {since}: {counted}; now {whom}: {_words(fault)}")
                outage.told, outage.before = now, Counter(outage.counts)

    def reached(self, *, now: datetime) -> None:
        """Somebody in this process has got a connection."""
        with self._lock:
            if self._open is not None and self._open.reached is None:
                self._open.reached = now

    def settle(self, *, now: datetime, works: bool) -> None:
        """Tell that it is over, if it is; ``works``: whoever asks holds a connection without a fault."""
        with self._lock:
            if self._open is not None and self._is_over(self._open, now, works=works):
                self._end(self._open)

    def forget(self) -> None:
        """Begin anew; for tests."""
        self._open = None

    def _is_over(self, outage: _Outage, now: datetime, *, works: bool) -> bool:
        return now - outage.met >= (CALM if outage.reached else QUIET) and (works or outage.reached is not None)

    def _end(self, outage: _Outage) -> None:
        self._open = None
        if outage.reached:
            self._say(f"the database is back after {_long(outage.reached - outage.began)}: {_told(outage.counts)}")
        else:
            lasted = _long(outage.met - outage.began)
            self._say(f"nobody has met the outage of the database any more; it lasted {lasted}: {_told(outage.counts)}")


def bare(fault: Exception) -> Exception:
    """What the database said: whoever waits together hears it from one that was raised anew."""
    while isinstance(fault.__cause__, outages.FAULTS):
        fault = fault.__cause__
    return fault


def code_of(fault: Exception) -> object:
    """What the database calls it: MySQL by a number, PostgreSQL by an SQLSTATE."""
    number = fault.args[0] if fault.args else None
    return number if isinstance(number, int) else getattr(fault.__cause__, "sqlstate", None)


def _kind(fault: Exception) -> str:
    """Which faults are the same one: by their code, without one by how they begin."""
    fault = bare(fault)
    return f"{type(fault).__name__} {code_of(fault) or str(fault)[:30]}"


def _words(fault: Exception) -> str:
    return str(fault).partition("\n")[0]


def _told(counts: Counter[str], before: Counter[str] | None = None) -> str:
    def each(what: str) -> str:
        since = "" if before is None else f" ({counts[what] - before[what]:,} since the last line)"
        return f"{what}: {counts[what]:,}{since}"

    return ", ".join(map(each, counts))


def _long(span: timedelta) -> str:
    minutes, seconds = divmod(max(0, round(span.total_seconds())), 60)
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"
