"""Which accounts are next, each with its oldest due post, and when the next one is."""

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from social_queue import kept
from social_queue.accounts import free
from social_queue.delivery.claims import locked
from social_queue.delivery.parts import claiming
from social_queue.models import Errand, PlatformAccount, Post, PostStatus

#: An account, its oldest pending post, and when the part is due whose turn it is.
_Turn = tuple[int, int | None, datetime | None]


def candidates(now: datetime, limit: int) -> dict[int, int | None]:
    """{account id: id of its oldest due post} for the accounts whose turn it is. One indexed look-up an account.

    None stands for a part that is due: what follows a post goes before the account's other posts.

    It takes an account's first pending post and compares its moment afterwards: asked for posts that *are* due,
    MariaDB turns the question round and reads every due post there is, those of paused accounts too.
    """
    return _chosen(_turns(now=now, most=1 << (limit - 1).bit_length())[:limit], now)


def next_of(accounts: list[int], now: datetime) -> dict[int, int | None]:
    """The same for these accounts alone, which are locked.

    One whose turn is a part's is left out, and one of which something is to be taken back or corrected: that goes
    before its posts, and only once it has none in flight.
    """
    chosen = _chosen(_turns_of(accounts=accounts, now=now), now)
    return {account: oldest for account, oldest in chosen.items() if oldest}


def probes(now: datetime) -> dict[int, int | None]:
    """{account id: post id}, one a minute for each paused platform: a try whether the platform answers again."""
    found: dict[int, int | None] = {}
    for state in free.due_probes(now=now):
        one = _chosen(_turns_on(platform=state.platform, now=now), now)
        if one and free.take_probe(state, now=now):
            found |= one
    return found


def next_due(now: datetime) -> datetime | None:
    """The next moment after ``now`` at which a post or an account comes due, or None."""
    posts = Post.objects.filter(status=PostStatus.PENDING, not_before__gt=now).order_by("not_before")
    moments = [posts.values_list("not_before", flat=True).first(), claiming.next_due(now)]
    for column in ("paused_until", "resting_until"):
        ends = PlatformAccount.objects.filter(**{f"{column}__gt": now}).order_by(column)
        moments.append(ends.values_list(column, flat=True).first())
    return min((moment for moment in moments if moment), default=None)


@kept.rows
def _turns(*, now: datetime, most: int) -> "QuerySet[PlatformAccount, _Turn]":
    return _oldest_due(free.idle(free.free(now)), now)[:most]


@kept.rows
def _turns_of(*, accounts: list[int], now: datetime) -> "QuerySet[PlatformAccount, _Turn]":
    errands = Errand.objects.filter(account=OuterRef("pk"), ended_at=None, not_before__lte=now)
    ready = locked.held(free.idle(free.free(now)).filter(~Exists(errands), pk__in=accounts))
    # Whether the post is due is seen once it is locked; a backlog is never looked at, so it need not be asked twice.
    turn = ready.annotate(oldest=Subquery(_first_pending().values("pk")[:1]), part_at=claiming.due_at())
    return turn.values_list("pk", "oldest", "part_at")


@kept.rows
def _turns_on(*, platform: str, now: datetime) -> "QuerySet[PlatformAccount, _Turn]":
    return _oldest_due(free.idle(free.able(now)).filter(platform=platform), now)[:1]


def _oldest_due(accounts: QuerySet[PlatformAccount], now: datetime) -> "QuerySet[PlatformAccount, _Turn]":
    first = _first_pending()
    turn = (
        accounts.annotate(due_at=Subquery(first.values("not_before")[:1]), oldest=Subquery(first.values("pk")[:1]))
        .annotate(part_at=claiming.due_at())
        .filter(Q(due_at__lte=now) | Q(part_at__lte=now))
        .order_by(F("last_served_at").asc(nulls_first=True), "pk")
    )
    return turn.values_list("pk", "oldest", "part_at")


def _first_pending() -> QuerySet[Post]:
    return Post.objects.filter(account=OuterRef("pk"), status=PostStatus.PENDING).order_by("not_before", "id")


def _chosen(turns: list[_Turn], now: datetime) -> dict[int, int | None]:
    return {pk: None if part_at and part_at <= now else oldest for pk, oldest, part_at in turns}
