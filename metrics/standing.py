"""How many posts stand where, as of now, without reading all that ever went out at each look.

What is out stays out, but for what is taken back and what is pruned, and whoever prunes says so. So a process that has
counted all once remembers how many were out by a moment lately past, and afterwards counts only those since, and what
is not out: by indexes, few of them. Small tables are counted whole.
"""

import time
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, QuerySet, Value
from django.utils import timezone

from social_queue.models import Post, PostStatus
from social_queue.workings import heartbeat

#: {(account's id, status): posts}
Sums = Mapping[tuple[int, str], int]

_PRUNED = "pruned"
#: Of fewer that are out nothing is remembered.
_MANY = 20_000
#: What was remembered is counted anew after so long, whatever else may have happened to the tables.
_KEEP_SECONDS = 3600
#: A post that is out by the clock of a worker is so in its row, too, when so much time has passed.
_SETTLED_AFTER = timedelta(hours=1)
_RECENT = "recent"
_NOT_OUT = [status for status in PostStatus if status != PostStatus.PUBLISHED]


@dataclass(frozen=True)
class _Known:
    """Posts by account that were out before ``before``, as long as nothing was pruned or taken back since."""

    out: Mapping[int, int]
    before: datetime
    pruned: datetime | None
    recalled: Mapping[int, int]
    until: float


#: What this process remembers; empty or one.
_known: list[_Known] = []


def pruned() -> None:
    """Say that posts go, in the transaction in which they do."""
    heartbeat.beat(_PRUNED, now=timezone.now())


def posts(accounts: Collection[int], *, now: datetime) -> Sums:
    """How many posts each of these accounts has in each status."""
    known = _known[0] if _known else None
    # Asked before anything is counted: what is pruned meanwhile shows at the next look.
    mark = heartbeat.last_beat(_PRUNED) if known else None
    if known and known.pruned == mark and time.monotonic() < known.until:
        sums = _counted(_by_status(_of(accounts)), _since(known.before))
        if _recalled(sums) == known.recalled:
            return _with_those_out(sums, known.out)
    return _afresh(now)


def forget() -> None:
    """Count all at the next look; for tests."""
    _known.clear()


def _afresh(now: datetime) -> Sums:
    mark, before = heartbeat.last_beat(_PRUNED), now - _SETTLED_AFTER
    # By account, since an index holds that and the status: no row is read.
    sums = _counted(_by_status(Post.objects.all()), _since(before))
    out = {account: count for (account, status), count in sums.items() if status == PostStatus.PUBLISHED}
    if sum(out.values()) >= _MANY:
        old = {account: count - sums.get((account, _RECENT), 0) for account, count in out.items()}
        _known[:] = [_Known(old, before, mark, _recalled(sums), time.monotonic() + _KEEP_SECONDS)]
    return {key: count for key, count in sums.items() if key[1] != _RECENT}


def _with_those_out(sums: Sums, before: Mapping[int, int]) -> Sums:
    out = Counter(before) + Counter({account: count for (account, status), count in sums.items() if status == _RECENT})
    others = {key: count for key, count in sums.items() if key[1] != _RECENT}
    return others | {(account, str(PostStatus.PUBLISHED)): count for account, count in out.items()}


def _recalled(sums: Sums) -> dict[int, int]:
    return {account: count for (account, status), count in sums.items() if status == PostStatus.RECALLED}


def _counted(by_status: QuerySet, since: QuerySet) -> Sums:
    """Both by one statement: nothing changes between them."""
    return {(account, str(status)): count for account, status, count in by_status.union(since, all=True)}


def _of(accounts: Collection[int]) -> QuerySet[Post]:
    """What is not out; with the accounts named, the index of both is searched instead of read."""
    return Post.objects.filter(account__in=accounts, status__in=_NOT_OUT)


def _by_status(rows: QuerySet[Post]) -> QuerySet:
    sums = rows.order_by().values("account", "status").annotate(count=Count("pk"))
    return sums.values_list("account", "status", "count")


def _since(moment: datetime) -> QuerySet:
    """By the index of when they went out, whatever the planner thinks of others."""
    # Given its status, SQLite would read all that is out; given its account as such, all there is, in that order.
    rows = Post.objects.exclude(status__in=_NOT_OUT).filter(published_at__gte=moment).order_by()
    sums = rows.annotate(owner=F("account") + 0).values("owner").annotate(kind=Value(_RECENT), count=Count("pk"))
    return sums.values_list("owner", "kind", "count")
