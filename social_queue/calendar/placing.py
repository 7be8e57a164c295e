"""Giving items another time: one that was dragged, or several that are spread evenly over a span."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from social_queue.models import Post, PostStatus, QueueItem
from social_queue.operations import editing
from social_queue.operations.pressing import Pressing
from social_queue.sentences import translated
from social_queue.timing import quiet
from social_queue.workings.deadlocks import again

_MINUTE = timedelta(minutes=1)


class Stays(Exception):
    """The item stays where it is; the sentence says why."""


class Expires(Stays):
    """It would go when it has expired; ``at`` is when that is."""

    def __init__(self, sentence: str, at: datetime) -> None:
        super().__init__(sentence)
        self.at = at


class TooShort(Exception):
    """The span can't hold them: ``needed`` is how long it would have to be, ``apart`` how far one from the next."""

    def __init__(self, needed: timedelta, apart: timedelta) -> None:
        super().__init__(needed)
        self.needed, self.apart = needed, apart


@dataclass(frozen=True)
class Seen:
    """An item, and the time that stood on the page from which it is moved; None where nobody saw one."""

    item: int
    planned: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Where an item would go, and on how many accounts it would wait there for the end of their quiet hours."""

    item: QueueItem
    at: datetime
    posts: int
    in_quiet_hours: int


@again
def move(seen: Seen, at: datetime, *, now: datetime, press: Pressing) -> QueueItem:
    """The item at its new time, as an edit of ``publish_at`` from outside would give it. Raises Stays.

    Nothing moves that a worker has claimed meanwhile, or that somebody else has moved since it was seen.
    """
    if at <= now:
        raise Stays(_("That time is over. Choose a later one."))
    with transaction.atomic():
        # Posts first, as whoever claims them does.
        posts = list(Post.objects.select_for_update().filter(item=seen.item).order_by("pk"))
        item = QueueItem.objects.select_for_update().filter(pk=seen.item).first()
        if item is None:
            raise Stays(_("It is not there any more."))
        if seen.planned is not None and item.publish_at != seen.planned:
            raise Stays(_("Somebody else has moved it meanwhile; it is shown where it stands now."))
        before, as_was = press.look_at_item(item), {post.pk: press.look(post) for post in posts}
        moved = _edited(item, press.moment(at), now)
        after = list(Post.objects.filter(item=item.pk).order_by("pk"))
    press.took_item(moved, before)
    for post in after:
        if post.status == PostStatus.PENDING and post.pk in as_was:
            press.took(post, as_was[post.pk])
    return moved


def spread(
    items: Iterable[QueueItem], begins: datetime, ends: datetime, *, seen: Mapping[int, datetime | None] | None = None
) -> list[Place]:
    """A time for each, in the order in which they stand: the first at the beginning, the last at the end.

    They are never closer than the intervals of their accounts allow. ``seen``: {item id: where it stood when its
    reader saw it}, which is the order meant. Raises TooShort.
    """
    stood = seen or {}
    ordered = sorted(items, key=lambda item: (stood.get(item.pk) or item.publish_at, item.pk))
    posts = _waiting(ordered)
    intervals = (post.account.min_interval_s for own in posts.values() for post in own)
    apart = max([_MINUTE, *(timedelta(seconds=interval) for interval in intervals)])
    return [_place(item, at, posts.get(item.pk, [])) for item, at in evenly(ordered, begins, ends, apart=apart)]


def evenly(
    rows: Sequence[QueueItem], begins: datetime, ends: datetime, *, apart: timedelta
) -> list[tuple[QueueItem, datetime]]:
    """A time for each of the rows, to the minute where that keeps them ``apart``. Raises TooShort."""
    # Of two moments on one clock Python takes the difference that the clock shows, whatever happened to it meanwhile.
    begins, ends = begins.astimezone(UTC), ends.astimezone(UTC)
    gaps = len(rows) - 1
    if gaps < 1:
        return [(row, begins) for row in rows]
    step = (ends - begins) / gaps
    if step < apart:
        raise TooShort(math.ceil(apart * gaps / _MINUTE) * _MINUTE, apart)
    # Cut to whole minutes two may come nearer by less than one.
    whole = step - _MINUTE >= apart
    steps = [step * number for number in range(gaps + 1)]
    return [(row, begins + (_floor(after) if whole else after)) for row, after in zip(rows, steps, strict=True)]


def _place(item: QueueItem, at: datetime, own: list[Post]) -> Place:
    silent = sum(quiet.end(post.account, at) != at for post in own)
    return Place(item, at, len(own), silent)


def _edited(item: QueueItem, at: datetime, now: datetime) -> QueueItem:
    try:
        return editing.edit(item.pk, {"publish_at": at.isoformat()}, now=now)
    except editing.Gone as fault:
        raise Stays(_why(fault)) from fault
    except editing.Malformed as fault:
        sentence = " ".join(translated(said) for lines in fault.fields.values() for said in lines)
        if item.expires_at and set(fault.fields) == {"expires_at"}:
            raise Expires(sentence, item.expires_at) from fault
        raise Stays(sentence) from fault


def _why(fault: editing.Gone) -> str:
    if not fault.posts:
        return translated(str(fault))
    went = Post.objects.filter(pk__in=[post.pk for post in fault.posts]).select_related("account").order_by("pk")
    told = ", ".join(f"{post.account.slug} ({post.get_status_display()})" for post in went)
    return _("It does not move any more: a worker has begun with it. %(posts)s.") % {"posts": told}


def _waiting(items: Iterable[QueueItem]) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = {}
    rows = Post.objects.filter(item__in=[item.pk for item in items], status=PostStatus.PENDING)
    for post in rows.select_related("account").order_by("pk"):
        found.setdefault(post.item_id, []).append(post)
    return found


def _floor(length: timedelta) -> timedelta:
    return timedelta(minutes=math.floor(length / _MINUTE))
