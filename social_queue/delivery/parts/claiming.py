"""Claims due parts, in the transaction that claims posts: at most one an account, and only in its turn."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from social_queue import part_states
from social_queue.accounts import standing
from social_queue.models import Attempt, Part, Post, PostStatus
from social_queue.timing import quiet


def due_at() -> Subquery:
    """For accounts: when the first part is due whose turn it is, else null. One look at an index an account."""
    return Subquery(_first(OuterRef("pk")).values("not_before")[:1])


def take(accounts: Collection[int], now: datetime) -> list[Part]:
    """The oldest due part of each account, held; in the caller's transaction, which has locked the accounts."""
    if not accounts:
        return []
    oldest = [_first(account).filter(not_before__lte=now).values_list("pk", "post").first() for account in accounts]
    found = dict(filter(None, oldest))
    # The post before its parts, as whoever moves a part does.
    posts = Post.objects.select_for_update(of=_of_self()).filter(pk__in=found.values(), in_flight_account=None)
    free = set(posts.order_by("pk").values_list("pk", flat=True))
    rows = Part.objects.select_for_update(of=_of_self()).filter(pk__in=[pk for pk in found if found[pk] in free])
    parts = list(rows.filter(status=PostStatus.PENDING, not_before__lte=now).select_related("post", "account"))
    if asked_back := [part.post_id for part in parts if part.post.recall_asked_at]:
        # It stands in the way of the account's posts, and will not go out.
        part_states.hold_back(asked_back)
    parts = _loud([part for part in parts if part_states.is_its_turn(part)], now)
    if parts:
        part_states.hold(parts, lease_until=now + timedelta(seconds=settings.LEASE_SECONDS))
    return parts


def attempts(parts: Collection[Part], *, now: datetime, worker: str) -> list[Attempt]:
    """An attempt of each, written in the transaction that claims them."""
    made = []
    for part in parts:
        tried = {"part_number": part.number, "number": part.attempts_made}
        made.append(Attempt.objects.create(post=part.post, worker=worker, started_at=now, **tried))
    return made


def held(rows: QuerySet[Attempt]) -> QuerySet[Attempt]:
    """Those of these attempts that hold their part."""
    tried = Part.objects.filter(
        post=OuterRef("post"),
        number=OuterRef("part_number"),
        status=PostStatus.PUBLISHING,
        attempts_made=OuterRef("number"),
    )
    return rows.filter(Exists(tried), part_number__gt=1)


def next_due(now: datetime) -> datetime | None:
    """The next moment after ``now`` at which a part comes due, or None."""
    waiting = Part.objects.filter(status=PostStatus.PENDING, not_before__gt=now).order_by("not_before")
    return waiting.values_list("not_before", flat=True).first()


def _first(account: OuterRef | int) -> QuerySet[Part]:
    waiting = Part.objects.filter(account=account, status=PostStatus.PENDING, not_before__isnull=False)
    return waiting.order_by("not_before", "id")


def _loud(parts: list[Part], now: datetime) -> list[Part]:
    """Those whose accounts have no quiet hours now; the others' accounts rest until these end."""
    ends = {part.pk: quiet.end(part.account, now) for part in parts}
    for part in parts:
        if ends[part.pk] > now:
            standing.rest_until(part.account, ends[part.pk])
    return [part for part in parts if ends[part.pk] <= now]


def _of_self() -> tuple[str, ...]:
    return ("self",) if connection.features.has_select_for_update_of else ()
