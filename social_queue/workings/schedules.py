"""The rows that tell django-q2 when to call our tasks."""

from datetime import datetime, timedelta

from django.apps import AppConfig
from django_q.models import Schedule

from social_queue.workings import heartbeat

#: name: (dotted name of the function, minutes between runs)
SCHEDULES: dict[str, tuple[str, int]] = {
    "dispatch": ("social_queue.tasks.dispatch_tick", 1),
    "reconcile": ("social_queue.tasks.reconcile_tick", 5),
    "feeds": ("social_queue.tasks.fetch_feeds", 1),
    "check_tokens": ("social_queue.tasks.check_tokens", 60),
    "prune": ("social_queue.tasks.prune_old", 1440),
}


def register(name: str, function: str, minutes: int) -> None:
    """Let an app above have ``function`` (its dotted name) called every so many minutes."""
    SCHEDULES[name] = (function, minutes)


def lay(now: datetime) -> int:
    """Write the schedule rows that are missing or different; returns how many were written."""
    written = 0
    for name, (function, minutes) in SCHEDULES.items():
        wanted = {"func": function, "schedule_type": Schedule.MINUTES, "minutes": minutes, "repeats": -1}
        row = Schedule.objects.filter(name=name).first()
        if row and all(getattr(row, column) == value for column, value in wanted.items()):
            continue
        Schedule.objects.update_or_create(name=name, defaults=wanted | {"next_run": now})
        written += 1
    return written


def mend(now: datetime) -> int:
    """Let what is planned further ahead than it may be run now: a clock was wrong. Returns how many plans that were."""
    mended, never = 0, heartbeat.never(now)
    for minutes in {minutes for _, minutes in SCHEDULES.values()}:
        wrong = Schedule.objects.filter(
            name__in=[name for name, (_, every) in SCHEDULES.items() if every == minutes],
            next_run__gt=never + timedelta(minutes=minutes),
        )
        mended += wrong.update(next_run=now)
    return mended


def lay_after_migrate(sender: AppConfig, **kwargs: object) -> None:
    """Signal handler: `migrate` leaves a site whose clock is set."""
    from django.utils import timezone

    lay(timezone.now())
