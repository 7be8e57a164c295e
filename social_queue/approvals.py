"""What an approval is bound to: the item as it was, told from any other by a fingerprint."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
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
    return contents([item])[0]


def contents(items: Sequence[QueueItem]) -> list[dict]:
    """The same of each of many."""
    media: dict[int, list[dict]] = defaultdict(list)
    rows = ItemMedium.objects.filter(item__in=[item.pk for item in items]).select_related("file")
    for row in rows.order_by("item_id", "position"):
        media[row.item_id].append({"file": row.file.sha256 if row.file else "", "url": row.url, "alt": row.alt})
    return [_content(item, media[item.pk]) for item in items]


def _content(item: QueueItem, media: list[dict]) -> dict:
    held = {name: getattr(item, name) for name in BOUND} | {"image": item.image.name or ""}
    # What was approved before there was such a point, or more than one picture, stays approved.
    held = {name: value for name, value in held.items() if value or name not in _YOUNGER}
    return held | ({"media": media} if media else {})


def fingerprint(item: QueueItem) -> str:
    """The same content has the same one, whatever order its keys came in."""
    return fingerprint_of(content(item))


def fingerprint_of(held: dict) -> str:
    """The fingerprint of such a content."""
    return hashlib.sha256(json.dumps(held, sort_keys=True).encode()).hexdigest()


def is_overtaken(item: QueueItem) -> bool:
    """Was it approved as something else than it is now?"""
    return bool(overtaken([item]))


def overtaken(items: Iterable[QueueItem]) -> set[int]:
    """The ids of those that were."""
    approved = [item for item in items if item.approved_as]
    held = zip(approved, contents(approved), strict=True) if approved else ()
    return {item.pk for item, content in held if item.approved_as != fingerprint_of(content)}


def columns(held: dict) -> dict[str, object]:
    """The columns of an item that is approved with this content."""
    return {"approved_as": fingerprint_of(held), "sent_back_at": None, "sent_back_reason": ""}


@dataclass(frozen=True)
class Granted:
    """One item, as it was approved."""

    item: QueueItem
    content: dict
    words: dict[int, str]
    evidence: dict


def keep(granted: Iterable[Granted], *, person: int | None, now: datetime) -> None:
    """The rows that prove it, of items that have their ``columns`` already; in the transaction that lets them go."""
    Approval.objects.bulk_create(
        Approval(
            item=one.item,
            person_id=person,
            approved_at=now,
            fingerprint=fingerprint_of(one.content),
            content=one.content,
            words={str(account): text for account, text in one.words.items()},
            evidence=one.evidence,
        )
        for one in granted
    )


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
    return words_of([item]).get(item.pk, {})


def words_of(items: Iterable[QueueItem]) -> dict[int, dict[int, str]]:
    """The same of many: {item id: …}, of those that were approved."""
    approved = [item.pk for item in items if item.approved_as]
    if not approved:
        return {}
    # The last of each item is read last.
    found = dict(Approval.objects.filter(item__in=approved).order_by("pk").values_list("item", "words"))
    return {number: {int(account): text for account, text in words.items()} for number, words in found.items()}
