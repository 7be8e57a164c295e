"""Claims due posts: the least recently served accounts first, each with its oldest due post."""

import logging
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError, connection, transaction

from social_queue import kept, statements, states
from social_queue.accounts import standing
from social_queue.delivery.claims import locked
from social_queue.delivery.claims import ready as readying
from social_queue.delivery.claims.choosing import candidates, next_of, probes
from social_queue.delivery.claims.taken import Ahead, Begin, Claim
from social_queue.delivery.parts import claiming
from social_queue.delivery.sweeps import expiry, missed
from social_queue.models import Attempt, PlatformAccount, Post, PostStatus
from social_queue.timing import quiet
from social_queue.workings import deadlocks, turns

logger = logging.getLogger(__name__)

#: Who goes on while nobody waits, and was noted as served so lately, is not noted again.
_LATELY = timedelta(seconds=1)
_NOTHING_AHEAD = Ahead()


def claim(
    *,
    now: datetime,
    worker: str,
    limit: int,
    probing: bool = True,
    begin: Begin | None = None,
    ahead: Ahead = _NOTHING_AHEAD,
) -> Claim:
    """Take up to ``limit`` due posts, at most one per account, and write their attempts in one short transaction.

    A paused, blocked, resting or busy account costs nothing: its posts are never looked at. ``probing``: paused
    platforms are tried, whose minute is over. ``begin``: what needs nothing prepared passes its point of no return.
    """
    try:
        with turns.turn_to_claim():
            due, others = _next(now, limit, ahead)
            tries = probes(now) if probing else {}
            if not due and not tries:
                return Claim([], others=others)
            late: list[Post] = []
            with transaction.atomic(savepoint=False):
                turns_of = due | tries
                free = locked.accounts(ids=list(turns_of), probing=list(tries) or [0], now=now)
                taken = _take(turns_of, accounts=free, probing=tries, now=now, worker=worker, late=late, begin=begin)
    except IntegrityError:
        # The unique in_flight_account refused: another claimer was a moment faster.
        return Claim([], contended=True)
    except OperationalError as fault:
        if not deadlocks.is_collision(fault):
            raise
        return Claim([], contended=True)
    except (DataError, ValueError):
        if begin is None:
            raise
        # A text among the words that the database does not take: its own thread meets it, and nobody else.
        return claim(now=now, worker=worker, limit=limit, probing=probing, ahead=ahead)
    if late:
        _settle(late, now, taken)
    return replace(taken, contended=not taken.attempts, others=others)


def _next(now: datetime, limit: int, ahead: Ahead) -> tuple[dict[int, int | None], bool]:
    """``candidates`` for so many free hands and, as long as others are left, for some ahead; and are more left then?"""
    waiting = candidates(now, limit + ahead.most + ahead.left)
    taken = max(limit, min(limit + ahead.most, len(waiting) - ahead.left))
    return dict(list(waiting.items())[:taken]), len(waiting) > taken


def _settle(late: list[Post], now: datetime, taken: Claim) -> None:
    """What was taken beside it has been begun and goes out whatever becomes of this; the next claim meets it again."""
    try:
        missed.settle(late, now)
    except Exception:
        if not taken.attempts:
            raise
        logger.exception("what was missed could not be seen to")


def follow(accounts: list[int], *, now: datetime, worker: str, begin: Begin) -> Claim:
    """What these accounts go on with, in the transaction of the caller, which has just written down what they sent.

    Nobody else can claim anything of them until it has ended. What was missed is left to ``claim``.
    """
    if not (due := next_of(accounts, now)):
        return Claim([])
    return _take(due, accounts=list(due), probing=(), now=now, worker=worker, late=[], begin=begin, lately=_LATELY)


def _take(
    due: dict[int, int | None],
    *,
    accounts: list[int],
    probing: Collection[int],
    now: datetime,
    worker: str,
    late: list[Post],
    begin: Begin | None,
    lately: timedelta = timedelta(0),
) -> Claim:
    """``accounts`` are locked; ``late`` is filled with the oldest posts of those that do something else with what was
    missed."""
    parts = claiming.take([account for account in accounts if due[account] is None], now)
    posts = locked.with_items(locked.posts(ids=[oldest for account in accounts if (oldest := due[account])]))
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
        return Claim([])
    ready = readying.those_of(posts, begin.shelf) if begin else {}
    worded = {pk: one.columns for pk, one in ready.items()}
    states.hold(posts, lease_until=now + timedelta(seconds=settings.LEASE_SECONDS), worded=worded)
    _serve([post.account for post in posts] + [part.account for part in parts], now, lately=lately)
    attempts = _write_attempts(posts, now=now, worker=worker, begun=ready)
    if begin:
        begin.tries += [(attempt.post_id, attempt.number) for attempt in attempts if attempt.sent_at]
    return Claim(attempts + claiming.attempts(parts, now=now, worker=worker), ready=ready)


def _loud(posts: list[Post], now: datetime) -> list[Post]:
    """Those whose accounts have no quiet hours now; the others' accounts rest until these end, with all their posts."""
    ends = {post.pk: quiet.end(post.account, now) for post in posts}
    for post in posts:
        if ends[post.pk] > now:
            standing.rest_until(post.account, ends[post.pk])
    return [post for post in posts if ends[post.pk] <= now]


def _serve(accounts: list[PlatformAccount], now: datetime, *, lately: timedelta) -> None:
    noted = [account.pk for account in accounts if not account.paused_until and _ago(account, now) < lately]
    _are_served(ids=[account.pk for account in accounts if account.pk not in noted], now=now)
    for account in accounts:
        if account.min_interval_s:
            standing.rest(account, now)


def _ago(account: PlatformAccount, now: datetime) -> timedelta:
    return abs(now - account.last_served_at) if account.last_served_at else timedelta.max


@kept.change
def _are_served(*, ids: list[int], now: datetime) -> kept.Change:
    """Whoever is served has no limit to wait out any more."""
    return kept.Change(PlatformAccount.objects.filter(pk__in=ids), last_served_at=now, paused_until=None)


def _write_attempts(posts: list[Post], *, now: datetime, worker: str, begun: Collection[int]) -> list[Attempt]:
    attempts = [
        Attempt(
            post=post,
            number=post.attempts_made,
            worker=worker,
            started_at=now,
            sent_at=now if post.pk in begun else None,
        )
        for post in posts
    ]
    statements.insert_all(attempts)
    if not connection.features.can_return_rows_from_bulk_insert:
        ids = dict(Attempt.objects.filter(post__in=posts, ended_at=None).values_list("post", "pk").order_by("number"))
        for attempt in attempts:
            attempt.pk = ids[attempt.post_id]
    return attempts
