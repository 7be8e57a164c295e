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
    done = _accounts(now, never) + _errands(now, never) + _tries(now, never) + _undecided(now, never)
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
    """Posts, and what follows them, that were put off as their last try ended, accounts, deletions and corrections."""
    if not Attempt.objects.filter(ended_at__gt=never).exists():
        return 0
    waiting = Q(status__in=(PostStatus.PENDING, PostStatus.UNKNOWN), not_before__gt=never)
    posts = Post.objects.filter(
        waiting, _put_off_by("attempts", never), attempts__part_number=1, attempts__number=F("attempts_made")
    )
    # Nobody plans them: they wait for a try at themselves or at what is before them.
    parts = Part.objects.filter(waiting, _put_off_by("post__attempts", never))
    # A limit that was met keeps all of its account waiting.
    tried = _put_off_by("account__posts__attempts", never) & Q(account__posts__attempts__kind=F("kind"))
    errands = Errand.objects.filter(tried, ended_at=None, not_before__gt=never)
    limited = PlatformAccount.objects.filter(_put_off_by("posts__attempts", never, "paused_until"))
    done = _waits_anew(posts, "attempts", now) + _waits_anew(parts, "post__attempts", now)
    return done + _tried_anew(errands, now) + _may_go_on(limited, never)


def _put_off_by(tries: str, never: datetime, moment: str = "not_before") -> Q:
    """Its time was reckoned from the end of a try that is still to come."""
    return Q(**{f"{tries}__ended_at__gt": never, f"{moment}__gte": F(f"{tries}__ended_at")})


def _waits_anew(wrong: QuerySet[Post] | QuerySet[Part], tries: str, now: datetime) -> int:
    """It is due; but what may be out is not asked about before the time is over that its platform needs to show it.

    It waits since now at the latest, so that a person hears of it when it waits for long.
    """
    shown, done = ("pk", "not_before", f"{tries}__ended_at", "status", "waiting_since_at"), 0
    for pk, planned, ended, status, since in list(wrong.order_by("pk").values_list(*shown).distinct()[:_MOST]):
        wait = min(planned - ended, _longest_wait()) if status == PostStatus.UNKNOWN else timedelta(0)
        waits = {"not_before": now + wait, "waiting_since_at": since and min(since, now)}
        done += wrong.model.objects.filter(pk=pk, not_before=planned).update(**waits)
    return done


def _tried_anew(wrong: QuerySet[Errand], now: datetime) -> int:
    """What may be called off still keeps its time."""
    rows, done = wrong.order_by("pk").values_list("pk", "not_before", "asked_at", "failures_in_row").distinct(), 0
    for pk, planned, asked, failures in list(rows[:_MOST]):
        due = now if failures else max(now, asked + timedelta(seconds=settings.UNDO_SECONDS))
        done += Errand.objects.filter(pk=pk, not_before=planned).update(not_before=due)
    return done


def _undecided(now: datetime, never: datetime) -> int:
    """What may be out and was asked about by such a clock, or left behind by its worker; a person hears of it in time.

    What its platform said of the whole account then is no limit, either.
    """
    done, longest = 0, _longest_wait()
    for rows in (Post.objects.filter(status=PostStatus.UNKNOWN), Part.objects.filter(status=PostStatus.UNKNOWN)):
        late = rows.filter(not_before__gt=never + longest)
        accounts = list(late.order_by().values_list("account", flat=True).distinct())
        done += _may_go_on(PlatformAccount.objects.filter(pk__in=accounts), never) if accounts else 0
        done += late.update(not_before=now + longest)
        rows.filter(waiting_since_at__gt=never).update(waiting_since_at=now)
    return done


def _longest_wait() -> timedelta:
    """So long after it was tried or asked about an undecided post is asked about at the latest."""
    return max(reconcile.ASK_EVERY, timedelta(seconds=settings.RECONCILE_AFTER))


def _may_go_on(limited: QuerySet[PlatformAccount], never: datetime) -> int:
    """A limit that is longer than it seems by now is told once more."""
    ids = list(limited.order_by().values_list("pk", flat=True).distinct())
    return PlatformAccount.objects.filter(pk__in=ids, paused_until__gt=never).update(paused_until=None)


def _errands(now: datetime, never: datetime) -> int:
    """Deletions and corrections that were asked for by such a clock: there is time still to call them off."""
    due = now + timedelta(seconds=settings.UNDO_SECONDS)
    wrong = Errand.objects.filter(ended_at=None, asked_at__gt=never, not_before__gte=F("asked_at"))
    return wrong.update(asked_at=now, not_before=due)
