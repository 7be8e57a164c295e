"""Claims due posts: the least recently served accounts first, each with its oldest due post."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from social_queue import states
from social_queue.accounts import free, standing
from social_queue.delivery.parts import claiming
from social_queue.delivery.sweeps import expiry, missed
from social_queue.models import Attempt, PlatformAccount, Post, PostStatus
from social_queue.timing import quiet
from social_queue.workings import deadlocks, turns


@dataclass(frozen=True)
class Claim:
    """``attempts``: one per claimed post. ``contended``: another worker claimed the same posts first, so try again."""

    attempts: list[Attempt]
    contended: bool = False


def claim(*, now: datetime, worker: str, limit: int) -> Claim:
    """Take up to ``limit`` due posts, at most one per account, and write their attempts in one short transaction.

    A paused, blocked, resting or busy account costs nothing: its posts are never looked at.
    """
    try:
        with turns.turn_to_claim():
            due, probes = candidates(now, limit), _probes(now)
            if not due and not probes:
                return Claim([])
            late: list[Post] = []
            with transaction.atomic():
                attempts = _take(due | probes, probing=probes, now=now, worker=worker, late=late)
    except IntegrityError:
        # The unique in_flight_account refused: another claimer was a moment faster.
        return Claim([], contended=True)
    except OperationalError as fault:
        if not deadlocks.is_collision(fault):
            raise
        return Claim([], contended=True)
    if late:
        missed.settle(late, now)
    return Claim(attempts, contended=not attempts)


def left_behind(moments: Collection[datetime], *, worker: str) -> list[Attempt]:
    """What ``worker`` claimed at these moments although the database answered that it is away.

    A connection can break between a commit and its answer: the posts are held then, and nobody knows.
    """
    rows = Attempt.objects.filter(worker=worker, started_at__in=moments, sent_at=None, ended_at=None)
    held = rows.filter(part_number=1, post__status=PostStatus.PUBLISHING, post__attempts_made=F("number"))
    held |= claiming.held(rows)
    return list(held.select_related("post__item", "post__account"))


def candidates(now: datetime, limit: int) -> dict[int, int | None]:
    """{account id: id of its oldest due post} for the accounts whose turn it is. One indexed look-up an account.

    None stands for a part that is due: what follows a post goes before the account's other posts.

    It takes an account's first pending post and compares its moment afterwards: asked for posts that *are* due,
    MariaDB turns the question round and reads every due post there is, those of paused accounts too.
    """
    return _oldest_due(free.idle(free.free(now)), now, limit)


def _oldest_due(accounts: QuerySet[PlatformAccount], now: datetime, limit: int) -> dict[int, int | None]:
    first = Post.objects.filter(account=OuterRef("pk"), status=PostStatus.PENDING).order_by("not_before", "id")
    turn = (
        accounts.annotate(due_at=Subquery(first.values("not_before")[:1]), oldest=Subquery(first.values("pk")[:1]))
        .annotate(part_at=claiming.due_at())
        .filter(Q(due_at__lte=now) | Q(part_at__lte=now))
        .order_by(F("last_served_at").asc(nulls_first=True), "pk")
    )
    rows = turn.values_list("pk", "oldest", "part_at")[:limit]
    return {pk: None if part_at and part_at <= now else oldest for pk, oldest, part_at in rows}


def _probes(now: datetime) -> dict[int, int | None]:
    """{account id: post id}, one a minute for each paused platform: a try whether the platform answers again."""
    found: dict[int, int | None] = {}
    for state in free.due_probes(now):
        there = free.idle(free.able(now)).filter(platform=state.platform)
        one = _oldest_due(there, now, 1)
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


def _take(
    due: dict[int, int | None], *, probing: Collection[int], now: datetime, worker: str, late: list[Post]
) -> list[Attempt]:
    """``late`` is filled with the oldest posts of accounts that do something else with what was missed."""
    accounts = _lock_accounts(list(due), probing, now)
    parts = claiming.take([account for account in accounts if due[account] is None], now)
    # By their ids alone: given more to go by, SQLite reads every due post there is. What else must hold is seen here.
    chosen = Post.objects.filter(pk__in=[due[account] for account in accounts if due[account]]).order_by()
    # Items in a query of their own, after the locks are held: in a join PostgreSQL shows what stood before an edit that
    # we waited for. https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
    rows = chosen.select_for_update(of=_of_self()).select_related("account").prefetch_related("item")
    posts = [post for post in rows if post.status == PostStatus.PENDING and post.not_before <= now]
    expired = [post for post in posts if post.item.expires_at and post.item.expires_at <= now]
    asked_back = [post for post in posts if post.recall_asked_at and post not in expired]
    for post in (*expired, *asked_back):
        (expiry.asked_back if post in asked_back else expiry.too_late)(post, now)
    posts = _loud([post for post in posts if post not in (*expired, *asked_back)], now)
    # What waits for a paused platform was not missed: the try goes out, and the rest is seen to when it works again.
    late += [post for post in posts if post.account_id not in probing and missed.is_to_be_settled(post, now)]
    # What was tried before goes its own way; the rest of its account's backlog is seen to.
    posts = [post for post in posts if post.attempts_made or post not in late]
    if not (posts or parts):
        return []
    states.hold(posts, lease_until=now + timedelta(seconds=settings.LEASE_SECONDS))
    _serve([post.account for post in posts] + [part.account for part in parts], now)
    return _write_attempts(posts, now=now, worker=worker) + claiming.attempts(parts, now=now, worker=worker)


def _loud(posts: list[Post], now: datetime) -> list[Post]:
    """Those whose accounts have no quiet hours now; the others' accounts rest until these end, with all their posts."""
    ends = {post.pk: quiet.end(post.account, now) for post in posts}
    for post in posts:
        if ends[post.pk] > now:
            standing.rest_until(post.account, ends[post.pk])
    return [post for post in posts if ends[post.pk] <= now]


def _lock_accounts(ids: list[int], probing: Collection[int], now: datetime) -> list[int]:
    """Lock those that are still free; in order of their ids, so that two claims can't deadlock."""
    if connection.features.has_select_for_update:
        can_skip = connection.features.has_select_for_update_skip_locked
        rows = PlatformAccount.objects.select_for_update(skip_locked=can_skip).filter(pk__in=ids).order_by("pk")
        ids = list(rows.values_list("pk", flat=True))
    # SQLite needs no row locks: this transaction is the only one that writes.
    # Asked once more: a platform may have been paused, and its posts given back as due, since they were chosen.
    ready = free.idle(free.still_free(now, probing=probing))
    return list(ready.filter(pk__in=ids).values_list("pk", flat=True))


def _of_self() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()


def _serve(accounts: list[PlatformAccount], now: datetime) -> None:
    # Whoever is served has no limit to wait out any more.
    PlatformAccount.objects.filter(pk__in=[account.pk for account in accounts]).update(
        last_served_at=now, paused_until=None
    )
    for account in accounts:
        if account.min_interval_s:
            standing.rest(account, now)


def _write_attempts(posts: list[Post], *, now: datetime, worker: str) -> list[Attempt]:
    attempts = Attempt.objects.bulk_create(
        Attempt(post=post, number=post.attempts_made, worker=worker, started_at=now) for post in posts
    )
    if not connection.features.can_return_rows_from_bulk_insert:
        ids = dict(Attempt.objects.filter(post__in=posts, ended_at=None).values_list("post", "pk").order_by("number"))
        for attempt in attempts:
            attempt.pk = ids[attempt.post_id]
    return attempts
