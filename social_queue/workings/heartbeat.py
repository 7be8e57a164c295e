"""Signs of life, and roles that one worker plays at a time."""

import os
import socket
from datetime import datetime, timedelta

from django.db.models import Q

from social_queue.models import Heartbeat


def worker_name() -> str:
    """This process, as attempts and heartbeats name it."""
    return f"{socket.gethostname()}:{os.getpid()}"[:120]


def beat(name: str, *, now: datetime) -> None:
    """Say that ``name`` ("tick", "reconcile", …) is alive."""
    Heartbeat.objects.get_or_create(name=name)
    Heartbeat.objects.filter(name=name).update(beat_at=now, worker=worker_name())


def last_beat(name: str) -> datetime | None:
    """The last sign of life, or None when there never was one."""
    return Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()


def take_role(name: str, *, now: datetime, hold: timedelta, holder: str) -> bool:
    """Play the role ``name`` until ``now + hold``; False while another holder plays it. Call again to go on playing."""
    Heartbeat.objects.get_or_create(name=name)
    free = Q(held_until__isnull=True) | Q(held_until__lte=now) | Q(worker=holder)
    rows = Heartbeat.objects.filter(free, name=name)
    return rows.update(held_until=now + hold, worker=holder, beat_at=now) == 1


def role_is_free(name: str, *, now: datetime) -> bool:
    """True while nobody plays the role ``name``."""
    return not Heartbeat.objects.filter(name=name, held_until__gt=now).exists()


def leave_role(name: str, *, holder: str) -> None:
    """Let another play the role at once."""
    Heartbeat.objects.filter(name=name, worker=holder).update(held_until=None)
