"""Which accounts may post at a moment: the one definition of a free account, for claims, counts and checks alike."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from social_queue import kept
from social_queue.models import PlatformAccount, PlatformState, Post
from social_queue.workings import heartbeat

#: How often a paused platform is tried.
PROBE_EVERY = timedelta(minutes=1)


def free(now: datetime) -> QuerySet[PlatformAccount]:
    """Accounts that may post: active, no limit to wait out, past their interval, on a platform that is not paused."""
    return able(now).filter(~_on_a_paused_platform())


def still_free(now: datetime, *, probing: Collection[int]) -> QuerySet[PlatformAccount]:
    """The same; ``probing``: ids of those that try whether a paused platform can be reached."""
    return able(now).filter(Q(pk__in=probing) | ~_on_a_paused_platform())


def able(now: datetime) -> QuerySet[PlatformAccount]:
    """The same, whatever is the matter with the platform as a whole."""
    return PlatformAccount.objects.filter(
        _none_or_past("paused_until", now), _none_or_past("resting_until", now), status=PlatformAccount.Status.ACTIVE
    )


def idle(accounts: QuerySet[PlatformAccount]) -> QuerySet[PlatformAccount]:
    """Those of ``accounts`` that have no post in flight."""
    return accounts.filter(~Exists(Post.objects.filter(in_flight_account=OuterRef("pk"))))


def paused() -> QuerySet[PlatformState]:
    """The platforms that are left alone but for a try a minute."""
    return PlatformState.objects.filter(state=PlatformState.State.PROBING)


def due_probes(*, now: datetime) -> list[PlatformState]:
    """The paused platforms that nobody has tried for a minute."""
    # Further ahead than a try is ever planned, it was planned by a clock that was wrong.
    return _due_probes(now=now, never=heartbeat.never(now) + PROBE_EVERY)


@kept.rows
def _due_probes(*, now: datetime, never: datetime) -> QuerySet[PlatformState]:
    return paused().filter(Q(next_probe_at__lte=now) | Q(next_probe_at__gt=never)).order_by("platform")


@kept.rows
def states(*, platform: str) -> QuerySet[PlatformState]:
    """The state of a platform, if there ever was anything the matter with it."""
    return PlatformState.objects.filter(platform=platform)


def take_probe(state: PlatformState, *, now: datetime) -> bool:
    """Take this minute's probe of the platform. False when another process has it."""
    rows = paused().filter(pk=state.pk, next_probe_at=state.next_probe_at)
    return rows.update(next_probe_at=now + PROBE_EVERY) == 1


def _on_a_paused_platform() -> Exists:
    return Exists(paused().filter(platform=OuterRef("platform")))


def _none_or_past(column: str, now: datetime) -> Q:
    return Q(**{f"{column}__isnull": True}) | Q(**{f"{column}__lte": now})
