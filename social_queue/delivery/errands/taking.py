"""Takes up what is due of deletions and corrections: the longest due first, one of each account at a time."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from social_queue import fenced, kept, statements
from social_queue.accounts import free
from social_queue.delivery.errands import vanished
from social_queue.models import AccountStatus, Attempt, Errand, PlatformAccount, Post, PostStatus
from social_queue.workings import deadlocks, turns

#: An account that a person has paused posts nothing; what should not be there goes all the same.
_MAY_ACT = (AccountStatus.ACTIVE, AccountStatus.PAUSED)


#: How long nothing is heard of a worker before another takes up what it was at, and how often a live one says so.
#: Short, as it does no harm to be wrong: a post that is being sent is held for much longer.
LEASE, SAY_SO_EVERY = timedelta(seconds=15), timedelta(seconds=4)


def claim(*, now: datetime, worker: str, limit: int) -> list[Attempt]:
    """Take up to ``limit`` of what is due, one per account, and write the attempts in one short transaction.

    An account with any call in flight is left alone, and none of its posts is sent meanwhile.
    """
    # Mostly there is nothing: one look into an index.
    if limit < 1 or not _one_due(now=now):
        return []
    vanished.expire(now)
    try:
        with turns.turn_to_claim():
            chosen = _candidates(now, limit)
            if not chosen:
                return []
            with transaction.atomic():
                return _take(chosen, now=now, worker=worker)
    except IntegrityError:
        # The unique in_flight_account refused: another claimer was a moment faster.
        return []
    except OperationalError as fault:
        if not deadlocks.is_collision(fault):
            raise
        return []


def hold_on(attempts: Iterable[Attempt], *, now: datetime) -> None:
    """These are under way still: whatever of them holds its post goes on doing so."""
    for attempt in attempts:
        account = attempt.post.account_id
        held = {"id": attempt.post_id, "status": PostStatus.PUBLISHED, "attempts_made": attempt.number}
        statements.update(Post, {"lease_until": now + LEASE}, where=held | {"in_flight_account": account})


def next_due(now: datetime) -> datetime | None:
    """The next moment after ``now`` at which one comes due, or None."""
    rows = Errand.objects.filter(ended_at=None, not_before__gt=now).order_by("not_before")
    return rows.values_list("not_before", flat=True).first()


def is_due(now: datetime) -> bool:
    """Is there one that is due, whosever?"""
    return bool(_one_due(now=now))


def _due(now: datetime) -> QuerySet[Errand]:
    return Errand.objects.filter(ended_at=None, not_before__lte=now)


@kept.rows
def _one_due(*, now: datetime) -> "QuerySet[Errand, int]":
    return _due(now).values_list("pk", flat=True)[:1]


def _candidates(now: datetime, limit: int) -> dict[int, int]:
    """{account id: id of what is due the longest}; of an undecided post nothing is due before it is found."""
    due = _due(now).filter(account=OuterRef("pk"), post__status=PostStatus.PUBLISHED).order_by("not_before", "id")
    # What is asked back gets no other text first; if it has to stay, it does.
    asked_back = Errand.objects.filter(post=OuterRef("post"), kind=Errand.Kind.RECALL, ended_at=None)
    due = due.exclude(Q(kind=Errand.Kind.CORRECT) & Exists(asked_back))
    waiting = PlatformAccount.objects.filter(Exists(_due(now).filter(account=OuterRef("pk"))), status__in=_MAY_ACT)
    turn = free.idle(waiting).annotate(
        oldest=Subquery(due.values("pk")[:1]), since=Subquery(due.values("not_before")[:1])
    )
    return dict(turn.filter(oldest__isnull=False).order_by("since", "pk").values_list("pk", "oldest")[:limit])


def _take(chosen: dict[int, int], *, now: datetime, worker: str) -> list[Attempt]:
    accounts = _lock_accounts(list(chosen))
    numbers = [chosen[account] for account in accounts]
    # Posts first, as whoever calls one off does; then what is to be done with them, if it is still to be done.
    posts = Post.objects.select_for_update(of=_of_self()).select_related("account")
    held = {post.pk: post for post in posts.filter(errands__in=numbers).order_by("pk")}
    errands = Errand.objects.select_for_update().filter(pk__in=numbers, ended_at=None, not_before__lte=now)
    return [_hold(held[errand.post_id], errand, now=now, worker=worker) for errand in errands if _is_out(held, errand)]


def _is_out(held: dict[int, Post], errand: Errand) -> bool:
    post = held.get(errand.post_id)
    return post is not None and post.status == PostStatus.PUBLISHED and post.in_flight_account is None


def _hold(post: Post, errand: Errand, *, now: datetime, worker: str) -> Attempt:
    """The post is this worker's until the lease ends; its number goes up, so that whoever held it before can tell."""
    values = {
        "in_flight_account": post.account_id,
        "lease_until": now + LEASE,
        "attempts_made": post.attempts_made + 1,
    }
    fenced.write(post.pk, values, status=PostStatus.PUBLISHED, attempt=post.attempts_made)
    for name, value in values.items():
        setattr(post, name, value)
    told = {"kind": errand.kind, "worker": worker, "started_at": now}
    attempt = Attempt.objects.create(post=post, number=post.attempts_made, **told)
    attempt.errand_key = errand.open_key or ""
    return attempt


def _lock_accounts(ids: list[int]) -> list[int]:
    """Those that are still idle; in order of their ids, so that two claims can't deadlock."""
    if connection.features.has_select_for_update:
        can_skip = connection.features.has_select_for_update_skip_locked
        rows = PlatformAccount.objects.select_for_update(skip_locked=can_skip).filter(pk__in=ids).order_by("pk")
        ids = list(rows.values_list("pk", flat=True))
    may = free.idle(PlatformAccount.objects.filter(Q(pk__in=ids), status__in=_MAY_ACT)).order_by("pk")
    return list(may.values_list("pk", flat=True))


def _of_self() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()
