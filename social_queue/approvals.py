"""What an approval is bound to: the item as it was, told from any other by a fingerprint."""

import hashlib
import json
from collections.abc import Collection, Iterable
from datetime import datetime

from social_queue.models import Approval, ItemMedium, Post, QueueItem

#: What goes out depends on these. When it goes does not count, nor does the wording of all items, the template.
BOUND = (
    "title",
    "summary",
    "link",
    "image_url",
    "image",
    "alt_text",
    "focus",
    "hashtags",
    "data",
    "channels",
    "captions",
    "meta",
    "ai",
    "follow_ups",
)
#: Of these nothing is left out, so that what was approved before they were known stays approved.
_YOUNGER = ("focus", "ai", "follow_ups")
#: The fingerprint of nothing that can be approved.
NOTHING = "-"


def content(item: QueueItem) -> dict:
    """What of an item is approved with it, as JSON keeps it."""
    held = {name: getattr(item, name) for name in BOUND} | {"image": item.image.name or ""}
    # What was approved before there was such a point, or more than one picture, stays approved.
    held = {name: value for name, value in held.items() if value or name not in _YOUNGER}
    media = [
        {"file": row.file.sha256 if row.file else "", "url": row.url, "alt": row.alt}
        for row in ItemMedium.objects.filter(item=item.pk).select_related("file").order_by("position")
    ]
    return held | ({"media": media} if media else {})


def fingerprint(item: QueueItem) -> str:
    """The same content has the same one, whatever order its keys came in."""
    return hashlib.sha256(json.dumps(content(item), sort_keys=True).encode()).hexdigest()


def is_overtaken(item: QueueItem) -> bool:
    """Was it approved as something else than it is now?"""
    return bool(item.approved_as) and item.approved_as != fingerprint(item)


def overtaken(items: Iterable[QueueItem]) -> set[int]:
    """The ids of those that were."""
    return {item.pk for item in items if is_overtaken(item)}


def grant(item: QueueItem, *, person: int | None, now: datetime) -> None:
    """It is approved as it is. Call it in the transaction that lets it go."""
    words = {str(account): text for account, text in kept_words(item).items()}
    item.approved_as, item.sent_back_at, item.sent_back_reason = fingerprint(item), None, ""
    QueueItem.objects.filter(pk=item.pk).update(approved_as=item.approved_as, sent_back_at=None, sent_back_reason="")
    Approval.objects.create(
        item=item,
        person_id=person,
        approved_at=now,
        fingerprint=item.approved_as,
        content=content(item),
        words=words,
    )


def keep_evidence(item: QueueItem, evidence: dict) -> None:
    """How it read and looked on each account when it was approved; see ``Approval.evidence``."""
    last = Approval.objects.filter(item=item.pk).order_by("-pk").first()
    if last:
        last.evidence = evidence
        last.save(update_fields=["evidence"])


def end(item: QueueItem, *, why: str, now: datetime) -> None:
    """What was approved is not what is there any more; the row stays."""
    end_all([item.pk], why=why, now=now)


def end_all(items: Collection[int], *, why: str, now: datetime) -> None:
    """The same of many, by their ids."""
    Approval.objects.filter(item__in=items, ended_at=None).update(ended_at=now, ended_because=why[:300])


def keep_words(item: QueueItem, posts: Iterable[Post]) -> None:
    """An editor's own words for posts that are taken away: they stand with the approval that ended."""
    words = {str(post.account_id): post.caption for post in posts if post.caption_edited and post.caption}
    last = Approval.objects.filter(item=item.pk).order_by("-pk").first()
    if last and words:
        last.words = words
        last.save(update_fields=["words"])


def kept_words(item: QueueItem) -> dict[int, str]:
    """{account id: the words kept for its next post}; nothing for an item that was never approved."""
    if not item.approved_as:
        return {}
    last = Approval.objects.filter(item=item.pk).order_by("-pk").values_list("words", flat=True).first()
    return {int(account): text for account, text in (last or {}).items()}
