"""What `doctor` looks at: settings, database, clock, broker, accounts, folders, stuck posts."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Q
from django_q.brokers import get_broker
from django_q.models import Schedule

from social_queue import cards, heartbeat, tokens
from social_queue.models import PlatformAccount, Post, credentials_of
from social_queue.schedules import SCHEDULES
from social_queue.vault import VaultClosed

logger = logging.getLogger("social_queue.diagnosis")

#: A tick beats every ten seconds; three minutes of silence means that nothing is published.
SILENCE = timedelta(minutes=3)
_ACTIVE = PlatformAccount.Status.ACTIVE


def problems(now: datetime) -> list[str]:
    """A sentence per problem, each saying what to do; empty when all is well."""
    found = [f"{message.msg}" for message in checks.run_checks() if message.level >= checks.WARNING]
    database = list(_database())
    if database:
        return found + database
    looks: list[Callable[[datetime], Iterator[str]]] = [_clock, _broker, _accounts, _posts, _folders]
    for look in looks:
        found.extend(look(now))
    return found


def _database() -> Iterator[str]:
    try:
        plan = MigrationExecutor(connection)
        waiting = plan.migration_plan(plan.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        yield f"The database can't be used: {fault}. Look at DATABASE_URL and whether the server runs."
        return
    if waiting:
        yield f"{len(waiting)} migrations are waiting: run `manage.py migrate`."


def _clock(now: datetime) -> Iterator[str]:
    laid = set(Schedule.objects.values_list("name", flat=True))
    missing = sorted(set(SCHEDULES) - laid)
    if missing:
        yield f"Schedules are missing ({', '.join(missing)}): run `manage.py setup_schedules`."
    last = heartbeat.last_beat("tick")
    if last is None:
        yield "No worker has ever run here: start one with `manage.py qcluster` (or `make run`)."
    elif now - last > SILENCE:
        yield f"The last sign of a worker was at {last:%Y-%m-%d %H:%M} UTC: start it again with `manage.py qcluster`."


def _broker(now: datetime) -> Iterator[str]:
    try:
        get_broker().queue_size()
    except Exception as fault:  # noqa: BLE001 - every broker has exceptions of its own
        yield f"The task queue can't be reached: {fault}. Look at Q_BROKER."


def _accounts(now: datetime) -> Iterator[str]:
    rows = list(PlatformAccount.objects.all())
    if not rows:
        yield "There is no account yet: add one with `manage.py add_account`."
    for account in rows:
        try:
            credentials_of(account)
        except VaultClosed as fault:
            yield f"{account.slug}: {fault}"
        if account.status in (PlatformAccount.Status.NEEDS_TOKEN, PlatformAccount.Status.BLOCKED):
            yield f"{account.slug} is {account.get_status_display()}: {account.last_error}"
        end = tokens.expires_at(account)
        if end and end - now < tokens.WARN_UNDER:
            yield f"{account.slug}: its token works only until {end:%Y-%m-%d %H:%M} UTC. Put in a new one."


def _posts(now: datetime) -> Iterator[str]:
    stuck = Post.objects.filter(status=Post.Status.PUBLISHING, lease_until__lt=now - timedelta(minutes=10)).count()
    if stuck:
        yield f"{stuck} posts are held by workers that vanished: run `manage.py reconcile`, and see that a worker runs."
    # A stopped or limited account's posts are late for a reason of their own.
    free = PlatformAccount.objects.filter(Q(paused_until=None) | Q(paused_until__lte=now), status=_ACTIVE)
    late = Post.objects.filter(account__in=free, status=Post.Status.PENDING)
    overdue = late.filter(not_before__lt=now - timedelta(minutes=10)).count()
    if overdue:
        yield f"{overdue} posts are over ten minutes late: a worker is missing or too slow."
    unknown = Post.objects.filter(status=Post.Status.UNKNOWN, not_before__lt=now - timedelta(minutes=30)).count()
    if unknown:
        yield f"{unknown} undecided posts were not asked about for half an hour: run `manage.py reconcile`."


def _folders(now: datetime) -> Iterator[str]:
    folder = Path(settings.MEDIA_ROOT)
    nearest = next(place for place in (folder, *folder.parents) if place.exists())
    if not os.access(nearest, os.W_OK):
        yield f"MEDIA_ROOT {folder} can't be written: pictures and cards can't be kept."
    yield from cards.problems()
    if settings.LOG_FILE and not os.access(Path(settings.LOG_FILE).resolve().parent, os.W_OK):
        yield f"LOG_FILE {settings.LOG_FILE} can't be written."
