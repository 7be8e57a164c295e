"""Where there is room: the free slots of accounts within some days."""

from collections.abc import Iterable
from datetime import datetime

from social_queue.models import PlatformAccount
from social_queue.timing import slots


def free(
    accounts: Iterable[PlatformAccount], begins: datetime, ends: datetime
) -> list[tuple[datetime, PlatformAccount]]:
    """(moment, account) of every free slot from ``begins`` to before ``ends``, in order; two queries for all."""
    found = slots.free_between(list(accounts), after=begins, before=ends)
    return sorted(found, key=lambda place: (place[0], place[1].slug))
