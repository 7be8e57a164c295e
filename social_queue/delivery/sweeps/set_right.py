"""What a clock that ran ahead left behind: once it is set right, its moments neither block anybody nor lie.

A moment of the past that is still to come was at the latest now, nobody rests for longer than he may, and what such a
clock put off is due.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, Q, QuerySet

from social_queue.delivery.sweeps import reconcile
from social_queue.models import Attempt, Errand, Part, PlatformAccount, Post, PostStatus
from social_queue.timing import quiet
from social_queue.workings import heartbeat
from social_queue.workings.deadlocks import again

logger = logging.getLogger(__name__)

_MOST = 500
_MOMENTS = ("last_served_at", "resting_until", "paused_until", "resumed_at")


def mend(now: datetime) -> int:
    """Returns how many rows were set right. Cheap when there is nothing: every run asks every few seconds.

    A host whose clock is behind that of another touches nothing.
    """
    never = heartbeat.never(now)
    done = _accounts(now, never) + _errands(now, never) + _tries(now, never)
    if done:
        logger.warning("a clock ran ahead and is set right: so are %s rows that it left behind", done)
    return done


def _accounts(now: datetime, never: datetime) -> int:
    ahead = Q(last_served_at__gt=never) | Q(resumed_at__gt=never) | Q(resting_until__gt=never)
    return sum(_account(account, now, never) for account in PlatformAccount.objects.filter(ahead).order_by("pk"))


@again
def _account(account: PlatformAccount, now: datetime, never: datetime) -> int:
    changes: dict[str, datetime | None] = {}
    if account.resumed_at and account.resumed_at > never:
        changes["resumed_at"] = now
    if account.resting_until and account.resting_until > _longest_rest(account, now, never):
        changes["resting_until"] = None
    if account.last_served_at and account.last_served_at > never:
        # What it rests and waits for since was reckoned by the same clock. A limit that is longer is told once more.
        changes |= {"last_served_at": now, "resting_until": None, "paused_until": None}
    if not changes:
        return 0
    seen = {name: getattr(account, name) for name in _MOMENTS}
    return PlatformAccount.objects.filter(pk=account.pk, **seen).update(**changes)


def _longest_rest(account: PlatformAccount, now: datetime, never: datetime) -> datetime:
    """For its interval, or until its quiet hours end, which by another host's clock may have begun already."""
    interval = now + timedelta(seconds=account.min_interval_s)
    return max(interval, *(quiet.end(account, moment) for moment in (now, never))) + (never - now)


def _tries(now: datetime, never: datetime) -> int:
    """Posts, and what follows them, that were put off as their last try ended, and deletions and corrections."""
    if not Attempt.objects.filter(ended_at__gt=never).exists():
        return 0
    waiting = Q(status__in=(PostStatus.PENDING, PostStatus.UNKNOWN), not_before__gt=never)
    posts = Post.objects.filter(
        waiting, _put_off_by("attempts", never), attempts__part_number=1, attempts__number=F("attempts_made")
    )
    parts = Part.objects.filter(
        waiting,
        _put_off_by("post__attempts", never),
        post__attempts__part_number=F("number"),
        post__attempts__number=F("attempts_made"),
    )
    tried = _put_off_by("post__attempts", never) & Q(post__attempts__kind=F("kind"))
    errands = Errand.objects.filter(tried, ended_at=None, not_before__gt=never)
    done = _waits_anew(posts, "attempts", now) + _waits_anew(parts, "post__attempts", now)
    return done + _waits_anew(errands, "post__attempts", now)


def _put_off_by(tries: str, never: datetime) -> Q:
    """Its time was reckoned from the end of a try that is still to come."""
    return Q(**{f"{tries}__ended_at__gt": never, "not_before__gte": F(f"{tries}__ended_at")})


def _waits_anew(wrong: QuerySet[Post] | QuerySet[Part] | QuerySet[Errand], tries: str, now: datetime) -> int:
    """It is due; but what may be out is not asked about before the time is over that its platform needs to show it."""
    done, undecided = 0, wrong.model is not Errand
    shown = ("pk", "not_before", f"{tries}__ended_at", *(("status",) if undecided else ()))
    for pk, planned, ended, *status in list(wrong.order_by("pk").values_list(*shown).distinct()[:_MOST]):
        wait = min(planned - ended, reconcile.ASK_EVERY) if status == [PostStatus.UNKNOWN] else timedelta(0)
        done += wrong.model.objects.filter(pk=pk, not_before=planned).update(not_before=now + wait)
    return done


def _errands(now: datetime, never: datetime) -> int:
    """Deletions and corrections that were asked for by such a clock: there is time still to call them off."""
    due = now + timedelta(seconds=settings.UNDO_SECONDS)
    wrong = Errand.objects.filter(ended_at=None, asked_at__gt=never, not_before__gte=F("asked_at"))
    return wrong.update(asked_at=now, not_before=due)
