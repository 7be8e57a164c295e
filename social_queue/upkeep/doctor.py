"""What `doctor` looks at: settings, database, clock, broker, accounts, folders, stuck posts."""

import logging
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from concurrent_log_handler import ConcurrentRotatingFileHandler
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django_q.brokers import get_broker
from django_q.models import Schedule

from connectors.texts.sentences import ended
from social_queue.accounts import free, platforms, tokens
from social_queue.media import cards, files
from social_queue.models import PlatformAccount, credentials_of
from social_queue.upkeep import charset, disks, health, rotation
from social_queue.vault import VaultClosed
from social_queue.workings import heartbeat, outages
from social_queue.workings.schedules import SCHEDULES

logger = logging.getLogger(__name__)


def problems(now: datetime) -> list[str]:
    """A sentence per problem, each saying what to do; empty when all is well."""
    found = [f"{message.msg}" for message in checks.run_checks() if message.level >= checks.WARNING]
    database = list(_database())
    if database:
        return found + database
    found += charset.problems()
    looks: list[Callable[[datetime], Iterator[str]]] = [_clock, _broker, _platforms, _accounts]
    looks += [rotation.advice, _posts, _folders]
    for look in looks:
        found.extend(look(now))
    return found


def _database() -> Iterator[str]:
    try:
        plan = MigrationExecutor(connection)
        waiting = plan.migration_plan(plan.loader.graph.leaf_nodes())
    except (DatabaseError, TypeError, ValueError) as fault:
        # What a driver does not know of the address's options, it refuses in Python's own words.
        yield outages.unusable(" ".join(str(fault).split()))
        return
    if waiting:
        yield f"{len(waiting)} migrations are waiting: run `manage.py migrate`."


def _clock(now: datetime) -> Iterator[str]:
    laid = set(Schedule.objects.values_list("name", flat=True))
    missing = sorted(set(SCHEDULES) - laid)
    if missing:
        yield f"Schedules are missing ({', '.join(missing)}): run `manage.py setup_schedules`."
    last = health.last_tick()
    if last is None:
        yield "No worker has ever run here: start one with `manage.py qcluster` (or `make run`)."
    elif health.silent(now):
        yield f"The last sign of a worker was at {last:%Y-%m-%d %H:%M} UTC: start it again with `manage.py qcluster`."
    for name, seen in health.silent_clusters(now).items():
        yield f"The workers of {name} have been silent since {seen:%Y-%m-%d %H:%M} UTC: restart them there."


def _broker(now: datetime) -> Iterator[str]:
    try:
        get_broker().queue_size()
    except Exception as fault:  # noqa: BLE001 - every broker has exceptions of its own
        yield f"The task queue can't be reached: {ended(str(fault))} Look at Q_BROKER."


def _platforms(now: datetime) -> Iterator[str]:
    for state in free.paused().order_by("platform"):
        yield platforms.sentence(state, now)


def _accounts(now: datetime) -> Iterator[str]:
    rows = list(PlatformAccount.objects.all())
    if not rows:
        desk = f"{settings.PUBLIC_BASE_URL}/admin/connect/"
        yield f"There is no account yet: connect one in the desk ({desk}), or add one with `manage.py add_account`."
    for account in rows:
        try:
            credentials_of(account)
        except VaultClosed as fault:
            yield f"{account.slug}: {fault}"
        if account.status == PlatformAccount.Status.NEEDS_TOKEN:
            why = ended(account.last_error or "the platform no longer accepts the one it has")
            yield f"{account.slug} needs a token: {why} Put in a new one on its page in the desk."
        if account.status == PlatformAccount.Status.BLOCKED:
            why = ended(account.last_error or "the platform lets it do nothing")
            yield f"{account.slug} is blocked: {why} Put that right there, then press Resume on its page in the desk."
        end = tokens.expires_at(account)
        if end and end - now < tokens.WARN_UNDER:
            yield f"{account.slug}: its token works only until {end:%Y-%m-%d %H:%M} UTC. Put in a new one."


def _posts(now: datetime) -> Iterator[str]:
    if stuck := health.vanished(now).count():
        yield f"{stuck} posts are held by workers that vanished: run `manage.py reconcile`, and see that a worker runs."
    if overdue := health.late(now).count():
        yield f"{overdue} posts are over ten minutes late: a worker is missing or too slow."
    if unasked := health.unasked(now).count():
        yield f"{unasked} undecided posts were not asked about for half an hour: run `manage.py reconcile`."


def _folders(now: datetime) -> Iterator[str]:
    if trouble := files.store().trouble():
        yield trouble
    yield from cards.problems()
    if settings.LOG_FILE and (closed := _closed(*_log_files(Path(settings.LOG_FILE).resolve()))):
        yield f"LOG_FILE {settings.LOG_FILE} can't be written: {closed} is a folder, or belongs to somebody else."
    spool = Path(settings.CLICK_SPOOL).resolve()
    if closed := _closed(spool, spool.with_suffix(".writing"), spool.with_suffix(".booking")):
        yield f"CLICK_SPOOL {spool} can't be written ({closed}): clicks are lost while the database is away."
    for folder, free_bytes in disks.low().items():
        yield f"Only {free_bytes // 2**20} MiB are free under {folder}: make room, or nothing can be written soon."
    for name, left in heartbeat.rooms().items():
        if name != heartbeat.host_name() and disks.word(left) != "ok":
            yield f"Only {left // 2**20} MiB are free where the workers of {name} write: make room there."


def _log_files(log: Path) -> tuple[Path, ...]:
    """The log, and the file by which our processes write into it one after the other."""
    folder, lock = ConcurrentRotatingFileHandler.baseLockFilename(str(log))
    return log, Path(folder, lock)


def _closed(*paths: Path) -> Path | None:
    """What of these, which are files or not there yet, can't be written; nothing is made to find out."""
    for path in paths:
        nearest = next(place for place in (path, *path.parents) if place.exists())
        for place in (nearest, path.parent) if path.exists() else (nearest,):
            if path.is_dir() or not os.access(place, os.W_OK):
                return place
    return None
