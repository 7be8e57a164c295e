"""Reads what shall be changed in an item, and judges it by the rules that new ones are judged by."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from social_queue.accounts import channels
from social_queue.intake import field_checks, when
from social_queue.intake.incoming import RULES, Malformed, cleaned
from social_queue.intake.media import checks as media_checks
from social_queue.media import carried
from social_queue.models import PlatformAccount, QueueItem
from social_queue.operations.changing import refusals
from social_queue.sentences import said
from social_queue.timing import zones

EDITABLE = (
    "title",
    "summary",
    "link",
    "image_url",
    "alt_text",
    "focus",
    "media",
    "ai",
    "hashtags",
    "data",
    "channels",
    "captions",
    "follow_ups",
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
    "focus": "",
    "media": [],
    "ai": None,
    "hashtags": [],
    "data": {},
    "channels": [],
    "captions": {},
    "follow_ups": [],
    "expires_at": None,
    "meta": {},
    "callback_url": "",
}


def read(item: QueueItem, changes: object, *, now: datetime) -> dict[str, Any]:
    """The clean values of a change from outside. Raises Malformed with all that is wrong with it."""
    if not isinstance(changes, dict):
        raise Malformed({"body": [said("must be an object with the fields to change.")]})
    values, faults = cleaned(changes, {name: RULES[name] for name in EDITABLE}, also=["repeat"])
    emptied = {name for name in changes if name in EDITABLE and changes[name] is None and name not in faults}
    values |= {name: EMPTY[name] for name in emptied if name in EMPTY}
    faults |= {name: [said("must not be null.")] for name in emptied if name not in EMPTY}
    accounts, lacking = _accounts(item, values)
    faults |= lacking | _media(item, values)
    faults |= when.localised(values, changes, zones.shared(accounts))[0]
    if "publish_at" in values:
        values["next_slot"] = values["publish_at"] == when.NEXT_SLOT
        values["publish_at"] = now if values["next_slot"] else max(values["publish_at"], now)
    faults |= _faults_together(item, values)
    faults |= field_checks.faults_of_callback(values, item.source)
    is_draft = item.status == QueueItem.Status.DRAFT
    if "ai" in values and not is_draft:
        faults |= field_checks.faults_of_ai(values, item.source)
    if not is_draft and not faults:
        faults |= refusals.of_words(item, values, accounts)
        judged = {"media", "channels"} & set(values)
        faults |= media_checks.faults(values.get("media", carried.of(item)), accounts) if judged else {}
    if faults:
        raise Malformed(faults)
    return values


def _media(item: QueueItem, values: dict) -> dict[str, list[str]]:
    """Sets what follows from another picture, or other pictures, for the columns; says what is wrong with that."""
    if "media" in values and not (values.get("image_url") and not values["media"]):
        return media_checks.look_up(values)
    values.pop("media", None)
    if "image_url" in values and item.media.exists():
        # One picture takes the place of all that was there.
        values |= {"media": (), "image": "", "alt_text": values.get("alt_text", "")}
    elif "alt_text" in values and len(carried.of(item)) > 1:
        return {"alt_text": [said("is of one picture; this item has several: say it in media.")]}
    return {}


def _faults_together(item: QueueItem, values: Mapping) -> dict[str, list[str]]:
    whole = {name: getattr(item, name) for name in ("data", "meta", "publish_at", "expires_at")}
    found = field_checks.faults_together(whole | dict(values))
    if "data" in found and "data" not in values:
        # Only meta can be changed here, so that is what made them too large together.
        found["meta"] = found.pop("data")
    if {"publish_at", "expires_at"} & set(values):
        return {name: found[name] for name in found if name in values or name == "expires_at"}
    return {name: found[name] for name in found if name in values}


def _accounts(item: QueueItem, values: Mapping) -> tuple[list[PlatformAccount], dict[str, list[str]]]:
    """Where the item goes after the change, and what is wrong with that."""
    if "channels" in values:
        return field_checks.accounts_asked(values, {})
    made = [post.account for post in item.posts.select_related("account")]
    try:
        return made or channels.select(item.channels), {}
    except channels.UnknownChannels:
        # An account that has gone since is no fault of this change.
        return [], {}
