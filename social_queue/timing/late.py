"""Missed posts: how long nothing was published, and over what span what was missed is sent."""

from datetime import datetime, timedelta

from social_queue.models import PlatformAccount
from social_queue.timing import quiet

#: However long nothing ran, it is caught up with within a day.
LONGEST_SPREAD = timedelta(hours=24)


def could_go(account: PlatformAccount, planned: datetime) -> datetime:
    """The first moment from ``planned`` on at which the account may post.

    That is past its interval, its limits and its quiet hours, and not while it was paused, blocked or without a token,
    or its platform was paused.
    """
    waits = [moment for moment in (account.resting_until, account.paused_until, account.resumed_at) if moment]
    return quiet.end(account, max([planned, *waits]))


def gap(account: PlatformAccount, planned: datetime, now: datetime) -> timedelta | None:
    """For how long nobody has published what was planned; None while that is less than ``late_after``.

    Nobody is taken by its word: nobody was there to publish what could have gone. So what waited because an editor
    paused the account, because its platform blocked it or was away, or because it lacked a token was not missed,
    however long it took; only when it has been let go on and still nobody publishes, the time begins to count. An
    account that works off a backlog misses nothing either. ``planned`` is that of the account's oldest due post.
    """
    patience = timedelta(minutes=account.late_after)
    if account.last_served_at is not None and account.last_served_at > now - patience:
        return None
    waited = now - could_go(account, planned)
    return waited if waited >= patience else None


def spread(account: PlatformAccount, count: int, *, now: datetime, gap: timedelta) -> list[datetime]:
    """When each of ``count`` posts goes: evenly over as long as nothing was published, beginning now.

    Never closer than the account's interval and never in quiet hours; an account with slots has its own times.
    """
    step = max(min(gap, LONGEST_SPREAD) / max(1, count), timedelta(seconds=account.min_interval_s))
    return _in_steps(account, count, begins=now, step=step)


def _in_steps(account: PlatformAccount, count: int, *, begins: datetime, step: timedelta) -> list[datetime]:
    found: list[datetime] = []
    for _ in range(count):
        found.append(quiet.end(account, found[-1] + step if found else begins))
    return found
