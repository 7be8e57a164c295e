"""Is the desk alive, what is late, what is undecided, do the tokens hold: judged here, for all who show or tell it."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from social_queue.accounts import free, tokens
from social_queue.models import AccountStatus, Alert, PlatformAccount, PlatformState, Post, PostStatus
from social_queue.workings import heartbeat

#: Due for longer than this is late: a worker is missing or too slow.
LATE = timedelta(minutes=10)
#: An undecided post is asked about every five minutes; nobody asks when it was not for so long.
UNASKED = timedelta(minutes=30)
#: From worst to best; a platform shows the worst of its accounts.
WORST_FIRST = ("invalid", "expiring", "unchecked", "valid")
#: A worker that has never run gets the same patience, counted from this process's start.
_STARTED_AT = timezone.now()


def last_tick() -> datetime | None:
    """The last sign of a worker, or None when there never was one."""
    return heartbeat.last_beat("tick")


def silent(now: datetime, *, patient: bool = False) -> bool:
    """Has nothing been dispatched for three minutes, though a tick beats every ten seconds?

    ``patient``: a site on which no worker ever ran has these minutes from its process's start; else it is silent.
    """
    last = last_tick() or (_STARTED_AT if patient else None)
    return last is None or heartbeat.age(last, now=now) > heartbeat.SILENCE


def silent_clusters(now: datetime) -> dict[str, datetime]:
    """{host: its workers' last sign of life} of those whose queue stands still, though another's may move."""
    return {
        name: last for name, last in heartbeat.clusters().items() if heartbeat.age(last, now=now) > heartbeat.SILENCE
    }


def due(now: datetime) -> QuerySet[Post]:
    """The posts that are due on accounts which may post; those of a stopped, limited or resting one wait rightly."""
    return Post.objects.filter(status=PostStatus.PENDING, not_before__lte=now, account__in=free.free(now))


def late(now: datetime) -> QuerySet[Post]:
    """Those of them that are due for over ten minutes."""
    return due(now).filter(not_before__lt=now - LATE)


def undecided() -> QuerySet[Post]:
    """The posts of which nobody knows whether they are out."""
    return Post.objects.filter(status=PostStatus.UNKNOWN)


def unasked(now: datetime) -> QuerySet[Post]:
    """Those of them about which the platform should have been asked half an hour ago."""
    return undecided().filter(not_before__lt=now - UNASKED)


def vanished(now: datetime) -> QuerySet[Post]:
    """Posts in the hands of workers that are long gone."""
    return Post.objects.filter(status=PostStatus.PUBLISHING, lease_until__lt=now - LATE)


def token(account: PlatformAccount, now: datetime, *, unasked_platforms: frozenset[str] = frozenset()) -> str:
    """``valid``, ``expiring`` (under 24 hours), ``invalid``, or ``unchecked``: nobody has asked or could ask."""
    end = tokens.expires_at(account)
    if account.status == AccountStatus.NEEDS_TOKEN or (end and end <= now):
        return "invalid"
    if end and end - now < tokens.ALERT_UNDER:
        return "expiring"
    return "valid" if account.token_checked_at and account.platform not in unasked_platforms else "unchecked"


def tokens_by_platform(now: datetime) -> dict[str, str]:
    """{platform: the worst word of its accounts}; a platform without an account is not in it."""
    unasked_platforms = frozenset(
        PlatformState.objects.filter(state=PlatformState.State.PROBING, kind=Alert.Kind.SITE_FAULT).values_list(
            "platform", flat=True
        )
    )
    found: dict[str, list[str]] = {}
    for account in PlatformAccount.objects.defer("credentials"):
        found.setdefault(account.platform, []).append(token(account, now, unasked_platforms=unasked_platforms))
    return {name: min(states, key=WORST_FIRST.index) for name, states in found.items()}
