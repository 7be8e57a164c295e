"""The free slots of an account: places of its week that no post has taken and at which none waits."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import QuerySet

from social_queue.models import PlatformAccount, Post, PostStatus
from social_queue.timing import quiet, weekly, zones
from social_queue.workings import named_locks

#: Accounts share one of so many locks; others may share it by chance and wait a few milliseconds.
_STRIPES = 64


def lay_locks(accounts: Collection[int]) -> None:
    """Create the lock rows; call it before the transaction that calls ``hold``."""
    named_locks.lay(_names(accounts))


def hold(accounts: Collection[int]) -> None:
    """Lock the slots of these accounts until the transaction ends; the first caller gets the first slot.

    The unique (account, slot_at) decides if ever two choose the same.
    """
    named_locks.hold(_names(accounts))


def free(account: PlatformAccount, *, after: datetime, leaving: Collection[int] = ()) -> Iterator[datetime]:
    """The free slots after a moment, without end; none for an account without slots. Slots in quiet hours are none.

    ``leaving``: ids of posts that are about to leave the places they hold.
    """
    taken = _taken(account, after, leaving) if account.slots else set()
    return (moment for moment in _loud(account, after) if moment not in taken)


def free_between(
    accounts: Collection[PlatformAccount], *, after: datetime, before: datetime
) -> list[tuple[datetime, PlatformAccount]]:
    """The free slots of several accounts after a moment and before another; two queries for all of them."""
    having = [account for account in accounts if account.slots]
    taken, found = _taken_of(having, after, before=before), []
    for account in having:
        places = itertools.takewhile(lambda moment: moment < before, _loud(account, after))
        found += [(moment, account) for moment in places if moment not in taken[account.pk]]
    return found


def next_free(account: PlatformAccount, *, after: datetime, leaving: Collection[int] = ()) -> datetime | None:
    """The first of them."""
    return next(free(account, after=after, leaving=leaving), None)


def some(account: PlatformAccount, count: int, *, after: datetime) -> list[datetime]:
    """The first few of them."""
    return list(itertools.islice(free(account, after=after), count))


def some_of(
    accounts: Collection[PlatformAccount], count: int, *, after: datetime
) -> dict[PlatformAccount, list[datetime]]:
    """The first few of each of these accounts; two queries for all of them."""
    taken = _taken_of([account for account in accounts if account.slots], after)
    return {
        account: list(itertools.islice((one for one in _loud(account, after) if one not in taken[account.pk]), count))
        for account in accounts
    }


def _loud(account: PlatformAccount, after: datetime) -> Iterator[datetime]:
    places, silent = weekly.parse(account.slots), quiet.parse(account.quiet_hours)
    loud = [place for place in places if not silent or not silent.holds(place.time)]
    return weekly.moments(loud, zones.of(account), after)


def _taken(account: PlatformAccount, after: datetime, leaving: Collection[int]) -> set[datetime]:
    holding = _holding([account], after)
    rows = (rows.exclude(pk__in=leaving).values_list(column, flat=True) for column, rows in holding)
    return {moment for moment in itertools.chain(*rows) if moment is not None}


def _taken_of(
    accounts: Collection[PlatformAccount], after: datetime, *, before: datetime | None = None
) -> dict[int, set[datetime]]:
    """{account's id: the moments that are taken}; nothing of one where none is."""
    taken: dict[int, set[datetime]] = defaultdict(set)
    if not accounts:
        return taken
    for column, rows in _holding(accounts, after):
        within = rows.filter(**{f"{column}__lt": before}) if before else rows
        for pk, moment in within.values_list("account", column):
            taken[pk].add(moment)
    return taken


def _holding(accounts: Collection[PlatformAccount], after: datetime) -> list[tuple[str, QuerySet[Post]]]:
    """(column, posts): what took a slot, and what waits for the same moment because somebody named it."""
    # In no order: for one by number SQLite goes through all that the account has ever posted.
    posts = Post.objects.filter(account__in=accounts).order_by()
    waiting = posts.filter(status=PostStatus.PENDING, not_before__gt=after)
    return [("slot_at", posts.filter(slot_at__gt=after)), ("not_before", waiting)]


def _names(accounts: Collection[int]) -> set[str]:
    return {f"slots-{account % _STRIPES:02d}" for account in accounts}
