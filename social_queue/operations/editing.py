"""Editing an item: through the API until one of its posts is claimed, by hand while nothing of it has been sent."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files import File
from django.db import transaction

from social_queue.accounts import channels
from social_queue.intake import cooldown, field_checks, when
from social_queue.intake import posts as item_posts
from social_queue.intake.incoming import RULES, Malformed, cleaned
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.operations import mending
from social_queue.sentences import said
from social_queue.timing import slots, zones
from social_queue.wording import variants
from social_queue.workings import kick
from social_queue.workings.deadlocks import again

EDITABLE = (
    "title",
    "summary",
    "link",
    "image_url",
    "alt_text",
    "hashtags",
    "publish_at",
    "expires_at",
    "meta",
    "callback_url",
)
#: What null means for those that may be emptied.
EMPTY: dict[str, Any] = {
    "summary": "",
    "image_url": "",
    "alt_text": "",
    "hashtags": [],
    "expires_at": None,
    "meta": {},
    "callback_url": "",
}


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


@again
def edit(item_id: int, changes: object, *, now: datetime, by_hand: ByHand | None = None) -> QueueItem:
    """The item with the changes in it. Raises Malformed, Gone, Overtaken, or QueueItem.DoesNotExist.

    A new ``publish_at`` moves its posts too, and a new ``meta.variant`` assigns their variants again. The cooldown
    is not judged again: whoever moves one item does it on purpose.
    """
    if isinstance(changes, dict) and changes.get("publish_at") == when.NEXT_SLOT:
        slots.lay_locks(list(Post.objects.filter(item=item_id).values_list("account_id", flat=True)))
    with transaction.atomic():
        # Posts first, as whoever claims them does.
        posts = list(Post.objects.select_for_update().filter(item=item_id).order_by("pk"))
        item = QueueItem.objects.select_for_update().get(pk=item_id)
        _refuse_if_gone(item, mending.may_be_out(posts) if by_hand else gone(posts))
        if by_hand and by_hand.seen is not None and (names := mending.differing(item, by_hand.seen)):
            raise Overtaken(item, names)
        values = _values(item, changes, now, (*EDITABLE, "data") if by_hand else EDITABLE)
        moved = _differ(item, values, "publish_at") or bool(values.get("next_slot"))
        turned = variants.mode_of(item.meta)
        if "data" in values:
            values |= {name: cooldown.column(values["data"].get(name)) for name in cooldown.COLUMNS}
        for name, value in values.items():
            setattr(item, name, value)
        illustrated = mending.illustrate(item, by_hand.picture, changed=set(values)) if by_hand else []
        item.save(update_fields=[*values, *illustrated, "updated_at"])
        mending.word_afresh(posts)
        waiting = [post for post in posts if post.status == Post.Status.PENDING]
        if moved:
            item_posts.move(item, waiting, now=now)
            kick.kick_if_due(item.publish_at, now=now)
        if variants.mode_of(item.meta) != turned:
            _turn(item, waiting)
    return item


def gone(posts: Iterable[Post]) -> list[Post]:
    """Those that were claimed: they are out, under way, or were tried."""
    return [post for post in posts if post.attempts_made]


def _refuse_if_gone(item: QueueItem, went: list[Post]) -> None:
    if went:
        raise Gone(said("Some of it has gone already, so it can't be changed any more."), went)
    if item.status == QueueItem.Status.CANCELLED:
        raise Gone(said("It is cancelled."))


def _values(item: QueueItem, changes: object, now: datetime, names: Iterable[str]) -> dict:
    if not isinstance(changes, dict):
        raise Malformed({"body": [said("must be an object with the fields to change.")]})
    values, faults = cleaned(changes, {name: RULES[name] for name in names})
    emptied = {name for name in changes if name in names and changes[name] is None and name not in faults}
    values |= {name: EMPTY[name] for name in emptied if name in EMPTY}
    faults |= {name: [said("must not be null.")] for name in emptied if name not in EMPTY}
    faults |= when.localised(values, changes, zones.shared(_accounts(item)))[0]
    if "publish_at" in values:
        values["next_slot"] = values["publish_at"] == when.NEXT_SLOT
        values["publish_at"] = now if values["next_slot"] else max(values["publish_at"], now)
    faults |= _faults_together(item, values)
    faults |= field_checks.faults_of_callback(values, item.source)
    if "title" in values and (sentence := _fault_of_title(item, values["title"])):
        faults["title"] = [sentence]
    if faults:
        raise Malformed(faults)
    return values


def _faults_together(item: QueueItem, values: Mapping) -> dict[str, list[str]]:
    whole = {name: getattr(item, name) for name in ("data", "meta", "publish_at", "expires_at")}
    found = field_checks.faults_together(whole | dict(values))
    if "data" in found and "data" not in values:
        # Only meta can be changed here, so that is what made them too large together.
        found["meta"] = found.pop("data")
    if {"publish_at", "expires_at"} & set(values):
        return {name: found[name] for name in found if name in values or name == "expires_at"}
    return {name: found[name] for name in found if name in values}


def _fault_of_title(item: QueueItem, title: str) -> str:
    asked = [post.account for post in item.posts.select_related("account")] if item.channels else []
    return field_checks.fault_of_cashtags(title, asked)


def _accounts(item: QueueItem) -> list[PlatformAccount]:
    made = [post.account for post in item.posts.select_related("account")]
    return made or channels.select(item.channels)


def _differ(item: QueueItem, values: Mapping, name: str) -> bool:
    return name in values and values[name] != getattr(item, name)


def _turn(item: QueueItem, posts: list[Post]) -> None:
    named = variants.choose_variants(item, [post.account for post in posts])
    for post in posts:
        Post.objects.filter(pk=post.pk, attempts_made=0).update(variant=named[post.account_id])
