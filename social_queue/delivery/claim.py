"""Claims due posts: the least recently served accounts first, each with its oldest due post."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, QuerySet

from social_queue import kept, statements, states
from social_queue.accounts import free, standing
from social_queue.delivery.choosing import candidates, probes
from social_queue.delivery.parts import claiming
from social_queue.delivery.sweeps import expiry, missed
from social_queue.models import Attempt, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.timing import quiet
from social_queue.workings import deadlocks, turns


@dataclass(frozen=True)
class Claim:
    """``attempts``: one per claimed post. ``contended``: another worker claimed the same posts first, so try again."""

    attempts: list[Attempt]
    contended: bool = False


def claim(*, now: datetime, worker: str, limit: int, probing: bool = True) -> Claim:
    """Take up to ``limit`` due posts, at most one per account, and write their attempts in one short transaction.

    A paused, blocked, resting or busy account costs nothing: its posts are never looked at. ``probing``: paused
    platforms are tried, whose minute is over.
    """
    try:
        with turns.turn_to_claim():
            due, tries = candidates(now, limit), probes(now) if probing else {}
            if not due and not tries:
                return Claim([])
            late: list[Post] = []
            with transaction.atomic(savepoint=False):
                attempts = _take(due | tries, probing=tries, now=now, worker=worker, late=late)
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


def _take(
    due: dict[int, int | None], *, probing: Collection[int], now: datetime, worker: str, late: list[Post]
) -> list[Attempt]:
    """``late`` is filled with the oldest posts of accounts that do something else with what was missed."""
    accounts = _lock_accounts(ids=list(due), probing=list(probing) or [0], now=now)
    parts = claiming.take([account for account in accounts if due[account] is None], now)
    posts = _with_items(_lock_posts(ids=[oldest for account in accounts if (oldest := due[account])]))
    posts = [post for post in posts if post.status == PostStatus.PENDING and post.not_before <= now]
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


@kept.rows
def _lock_accounts(*, ids: list[int], probing: list[int], now: datetime) -> "QuerySet[PlatformAccount, int]":
    """Lock those that are still free; in order of their ids, so that two claims can't deadlock.

    Asked once more: a platform may have been paused, and its posts given back as due, since they were chosen.
    """
    ready = free.idle(free.still_free(now, probing=probing)).filter(pk__in=ids).order_by("pk")
    if connection.features.has_select_for_update:
        ready = ready.select_for_update(skip_locked=connection.features.has_select_for_update_skip_locked)
    # SQLite needs no row locks: this transaction is the only one that writes.
    return ready.values_list("pk", flat=True)


@kept.rows
def _lock_posts(*, ids: list[int]) -> QuerySet[Post]:
    """By their ids alone: given more to go by, SQLite reads every due post there is."""
    return Post.objects.filter(pk__in=ids).order_by().select_for_update(of=_of_self()).select_related("account")


def _with_items(posts: list[Post]) -> list[Post]:
    """Items in a query of their own, after the locks are held.

    In a join PostgreSQL shows what stood before an edit that we waited for.
    https://www.postgresql.org/docs/current/transaction-iso.html#XACT-READ-COMMITTED
    """
    items = {item.pk: item for item in _items(ids=list({post.item_id for post in posts}))}
    for post in posts:
        post.item = items[post.item_id]
    return posts


@kept.rows
def _items(*, ids: list[int]) -> QuerySet[QueueItem]:
    return QueueItem.objects.filter(pk__in=ids).order_by()


def _of_self() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()


def _serve(accounts: list[PlatformAccount], now: datetime) -> None:
    _are_served(ids=[account.pk for account in accounts], now=now)
    for account in accounts:
        if account.min_interval_s:
            standing.rest(account, now)


@kept.change
def _are_served(*, ids: list[int], now: datetime) -> kept.Change:
    """Whoever is served has no limit to wait out any more."""
    return kept.Change(PlatformAccount.objects.filter(pk__in=ids), last_served_at=now, paused_until=None)


def _write_attempts(posts: list[Post], *, now: datetime, worker: str) -> list[Attempt]:
    attempts = [Attempt(post=post, number=post.attempts_made, worker=worker, started_at=now) for post in posts]
    statements.insert_all(attempts)
    if not connection.features.can_return_rows_from_bulk_insert:
        ids = dict(Attempt.objects.filter(post__in=posts, ended_at=None).values_list("post", "pk").order_by("number"))
        for attempt in attempts:
            attempt.pk = ids[attempt.post_id]
    return attempts
