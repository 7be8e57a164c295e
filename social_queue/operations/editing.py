"""Editing an item: through the API until one of its posts is claimed, by hand while nothing of it has been sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.files import File
from django.db import transaction

from social_queue import approving
from social_queue.events import receivers
from social_queue.intake import cooldown, field_checks, when
from social_queue.intake import posts as item_posts
from social_queue.intake.incoming import Malformed
from social_queue.media import carried
from social_queue.models import Post, QueueItem
from social_queue.operations import mending
from social_queue.operations.changing import judging, rerouting
from social_queue.operations.changing.judging import EDITABLE, EMPTY
from social_queue.sentences import said
from social_queue.timing import slots
from social_queue.wording import variants
from social_queue.workings import kick
from social_queue.workings.deadlocks import again

__all__ = ["EDITABLE", "EMPTY", "ByHand", "Gone", "Malformed", "Overtaken", "edit", "gone"]


@dataclass(frozen=True)
class ByHand:
    """What an editor's form brings along: what it was filled with, and another picture (a file, or False for none)."""

    seen: Mapping | None = None
    picture: File | bool | None = None


class Overtaken(Exception):
    """Somebody has changed the item since the form was filled; ``item`` is as it stands, ``names`` are what differs."""

    def __init__(self, item: QueueItem, names: Iterable[str]) -> None:
        super().__init__(item.pk)
        self.item, self.names = item, list(names)


class Gone(Exception):
    """The item can't be changed any more; ``posts`` are those that went."""

    def __init__(self, message: str, posts: Iterable[Post] = ()) -> None:
        super().__init__(message)
        self.posts = list(posts)


def edit(item_id: int, changes: object, *, now: datetime, by_hand: ByHand | None = None) -> QueueItem:
    """The item with the changes in it. Raises Malformed, Gone, Overtaken, QueueItem.DoesNotExist, or a store's OSError.

    A new ``publish_at`` moves its posts too, other ``channels`` lay down and take away posts, and a new
    ``meta.variant`` gives them their variants anew. The cooldown is not judged again: whoever changes one item does it
    on purpose.
    """
    # Before the rows are locked: nobody waits for them while a picture travels.
    with mending.kept(by_hand.picture if by_hand else None) as picture:
        return _edit(item_id, changes, now, by_hand, picture)


@again
def _edit(
    item_id: int, changes: object, now: datetime, by_hand: ByHand | None, picture: str | bool | None
) -> QueueItem:
    _lay_locks(item_id, changes)
    with transaction.atomic():
        # Posts first, as whoever claims them does.
        posts = list(Post.objects.select_for_update().filter(item=item_id).order_by("pk"))
        item = QueueItem.objects.select_for_update().get(pk=item_id)
        _refuse_if_gone(item, mending.may_be_out(posts) if by_hand else gone(posts))
        if by_hand and by_hand.seen is not None and (names := mending.differing(item, by_hand.seen)):
            raise Overtaken(item, names)
        values = judging.read(item, changes, now=now)
        moved = _moves(item, values)
        turned, sent_to = variants.mode_of(item.meta), list(item.channels)
        reworded = rerouting.reworded(item, values)
        if "data" in values:
            values |= {name: cooldown.column(values["data"].get(name)) for name in cooldown.COLUMNS}
        if _differ(item, values, "callback_url"):
            receivers.readdress(item.pk, values["callback_url"], now=now)
        names = _store(item, values, picture, by_hand=by_hand is not None)
        mending.word_afresh(posts)
        rerouting.take_back_own(posts, reworded)
        if item.channels != sent_to:
            posts = rerouting.reroute(item, posts, before=sent_to, now=now)
        waiting = [post for post in posts if post.status == Post.Status.PENDING]
        if moved:
            item_posts.move(item, waiting, now=now)
        if moved or item.channels != sent_to:
            _refuse_if_too_late(item)
            kick.kick_if_due(item.publish_at, now=now)
        if variants.mode_of(item.meta) != turned:
            _turn(item, waiting)
        approving.ask_again(item, posts, names, now=now)
    return item


def _store(item: QueueItem, values: dict, picture: str | bool | None, *, by_hand: bool) -> list[str]:
    """Give the item these values; the names of what changed."""
    media = values.pop("media", None)
    for name, value in values.items():
        setattr(item, name, value)
    illustrated = mending.illustrate(item, picture, changed=set(values)) if by_hand else []
    names = [*values, *illustrated]
    # Who has changed what was sent back asks anew.
    item.sent_back_at = None if names else item.sent_back_at
    item.save(update_fields=[*names, "sent_back_at", "updated_at"])
    if media is not None or illustrated:
        carried.replace(item, media or ())
        names.append("media")
    return names


def gone(posts: Iterable[Post]) -> list[Post]:
    """Those that were claimed: they are out, under way, or were tried."""
    return [post for post in posts if post.attempts_made]


def _refuse_if_gone(item: QueueItem, went: list[Post]) -> None:
    if went:
        raise Gone(said("Some of it has gone already, so it can't be changed any more."), went)
    if item.status == QueueItem.Status.CANCELLED:
        raise Gone(said("It is cancelled."))


def _refuse_if_too_late(item: QueueItem) -> None:
    """A slot is found when its accounts are held: as when it comes in, it may not expire before the first of them."""
    both = {"publish_at": item.publish_at, "expires_at": item.expires_at}
    if item.next_slot and (faults := field_checks.faults_together(both)):
        raise Malformed(faults)


def _lay_locks(item_id: int, changes: object) -> None:
    """What may take slots has their accounts' locks before its transaction begins."""
    given = changes if isinstance(changes, dict) else {}
    into_slots = when.is_next_slot(given.get("publish_at"))
    stays = "channels" in given and QueueItem.objects.filter(pk=item_id, next_slot=True).exists()
    if not into_slots and not stays:
        return
    accounts = set(Post.objects.filter(item=item_id).values_list("account_id", flat=True))
    if "channels" in given:
        accounts |= {account.pk for account in rerouting.named(given["channels"])}
    slots.lay_locks(sorted(accounts))


def _differ(item: QueueItem, values: Mapping, name: str) -> bool:
    return name in values and values[name] != getattr(item, name)


def _moves(item: QueueItem, values: Mapping) -> bool:
    """Out of its slots an item goes even to the moment of the first of them: other accounts had later ones."""
    slotted = "next_slot" in values and (item.next_slot or values["next_slot"])
    return slotted or _differ(item, values, "publish_at")


def _turn(item: QueueItem, posts: list[Post]) -> None:
    named = variants.choose_variants(item, [post.account for post in posts])
    for post in posts:
        Post.objects.filter(pk=post.pk, attempts_made=0).update(variant=named[post.account_id])
