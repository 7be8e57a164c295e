"""Signs of life, and roles that one worker plays at a time."""

import os
import socket
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from social_queue.models import Heartbeat

_CLUSTERS = "worker "
#: No clocks of two hosts differ by more: what lies further ahead was written by a clock that was wrong.
MOST_AHEAD = timedelta(minutes=1)
#: Whoever gave no sign of life for so long is missed. A cluster gives none while all its workers are in a tick.
SILENCE = timedelta(minutes=3)
#: Beyond that it surely was: a host that is alive and ahead by so much has shown a sign of life that lies ahead, too.
_SURELY, _ENDLESS = MOST_AHEAD + SILENCE, timedelta(days=36500)
#: {host: its sign of life that lies ahead, and when this process saw it first, by the machine's own clock}
_seen: dict[str, tuple[datetime, float]] = {}


def worker_name() -> str:
    """This process, as attempts and heartbeats name it."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def is_gone(worker: str) -> bool:
    """Has this process (``heartbeat.worker_name``) surely ended? Of another host's, or a number in use again, never.

    Two containers that were given one host name see each other's processes as ended: ask only where being wrong does
    no harm.
    """
    host, _, number = worker.rpartition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        return False
    return _awaits_its_parent(number)


def _awaits_its_parent(number: str) -> bool:
    """It has ended, and whoever started it has not looked yet. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html"""
    try:
        told = Path(f"/proc/{number}/stat").read_text()
    except OSError:  # no such system, or gone meanwhile
        return False
    # The program's name stands in brackets and may hold anything.
    return told.rpartition(")")[2].split()[:1] == ["Z"]


def host_name() -> str:
    """What this host's workers are called in /health and alerts."""
    return cluster_name().removeprefix(_CLUSTERS)


def cluster_name() -> str:
    """The name of this host's cluster in the table, the same after every start."""
    return f"{_CLUSTERS}{settings.WORKER_NAME or socket.gethostname()}"[:60]


def clusters() -> dict[str, datetime]:
    """{cluster: its last sign of life} of all that were not told to stop."""
    rows = Heartbeat.objects.filter(name__startswith=_CLUSTERS, beat_at__isnull=False).order_by("name")
    beats = rows.values_list("name", "beat_at")
    return {name.removeprefix(_CLUSTERS): beat_at for name, beat_at in beats if beat_at is not None}


def alive(now: datetime) -> int:
    """How many clusters show life, on any host."""
    return sum(age(last, now=now) <= SILENCE for last in clusters().values())


def rooms() -> dict[str, int]:
    """{cluster: bytes left on the fullest disk that it writes to} of those that said so."""
    rows = Heartbeat.objects.filter(name__startswith=_CLUSTERS, beat_at__isnull=False, disk_free__isnull=False)
    pairs = rows.order_by("name").values_list("name", "disk_free")
    return {name.removeprefix(_CLUSTERS): left for name, left in pairs if left is not None}


def retire(name: str) -> None:
    """It was told to stop, or is no more: nobody need miss it."""
    Heartbeat.objects.filter(name=name).delete()


def forget_clusters(before: datetime) -> int:
    """Hosts that never came back; returns how many."""
    return Heartbeat.objects.filter(name__startswith=_CLUSTERS, beat_at__lt=before).delete()[0]


def beat(name: str, *, now: datetime, disk_free: int | None = None) -> None:
    """Say that ``name`` ("tick", "reconcile", …) is alive, and how much room there is where it writes."""
    Heartbeat.objects.get_or_create(name=name)
    Heartbeat.objects.filter(name=name).update(beat_at=now, worker=worker_name(), disk_free=disk_free)


def last_beat(name: str) -> datetime | None:
    """The last sign of life, or None when there never was one."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


def age(beat_at: datetime, *, now: datetime) -> timedelta:
    """How long ago a beat was. One that lies ahead says nothing of who is alive now: it is as old as it is wrong."""
    return abs(now - beat_at) if beat_at > now + MOST_AHEAD else max(now - beat_at, timedelta(0))


def never(now: datetime) -> datetime:
    """The moment beyond which nothing lies that a clock wrote which is right.

    There is none where another host's signs of life lie ahead: that clock is wrong still, or this host's is behind.
    """
    return now + (_ENDLESS if _ahead(now + MOST_AHEAD) else _SURELY)


def latest(now: datetime) -> datetime:
    """Now, or what the clock of another host that is alive and ahead of ours has shown."""
    return max([now, *_ahead(now)])


def _ahead(after: datetime) -> list[datetime]:
    """Other hosts' signs of life after this moment; one that has not changed for long is of a host that is no more."""
    looked, host = time.monotonic(), host_name()
    ahead = {name: last for name, last in clusters().items() if last > after and name != host}
    _seen.update({name: (last, looked) for name, last in ahead.items() if _seen.get(name, (None, 0))[0] != last})
    return [last for name, last in ahead.items() if looked - _seen[name][1] <= SILENCE.total_seconds()]


def take_role(name: str, *, now: datetime, hold: timedelta, holder: str) -> bool:
    """Play the role ``name`` until ``now + hold``; False while another holder plays it. Call again to go on playing."""
    Heartbeat.objects.get_or_create(name=name)
    rows, taken = Heartbeat.objects.filter(name=name), {"held_until": now + hold, "worker": holder, "beat_at": now}
    free = Q(held_until__isnull=True) | Q(held_until__lte=now) | Q(worker=holder)
    if rows.filter(free).update(**taken):
        return True
    until = rows.values_list("held_until", flat=True).first()
    return until is not None and _is_too_long(until, now, hold) and rows.filter(held_until=until).update(**taken) == 1


def role_is_free(name: str, *, now: datetime, hold: timedelta | None = None) -> bool:
    """True while nobody plays the role ``name``; ``hold``: for how long it is held at a time, where that is known."""
    until = Heartbeat.objects.filter(name=name, held_until__gt=now).values_list("held_until", flat=True).first()
    return until is None or (hold is not None and _is_too_long(until, now, hold))


def _is_too_long(until: datetime, now: datetime, hold: timedelta) -> bool:
    """Does a role that is held for ``hold`` at a time seem to be held until a moment that none is held to?"""
    return until > now + hold + _SURELY and until > never(now) + hold


def leave_role(name: str, *, holder: str) -> None:
    """Let another play the role at once."""
    Heartbeat.objects.filter(name=name, worker=holder).update(held_until=None)


def holder(name: str) -> str:
    """Who played the role ``name`` last, "" where nobody ever did."""
    return Heartbeat.objects.filter(name=name).values_list("worker", flat=True).first() or ""


def player(name: str, *, now: datetime, silent: timedelta) -> str:
    """Who plays the role ``name``, "" where nobody does, or who does has not said so for longer than ``silent``."""
    held = Heartbeat.objects.filter(name=name, held_until__gt=now, beat_at__isnull=False)
    found = held.values_list("worker", "beat_at").first()
    return found[0] if found and found[1] is not None and age(found[1], now=now) <= silent else ""


def relieve(name: str) -> bool:
    """Let another play the role ``name`` if a process of this host played it that has ended. Was it so?

    Only for a role that may be played twice for a moment.
    """
    rows = Heartbeat.objects.filter(name=name, held_until__isnull=False)
    gone = [holder for holder in rows.values_list("worker", flat=True) if is_gone(holder)]
    return bool(gone) and rows.filter(worker__in=gone).update(held_until=None) > 0
