"""Who let go out what: every approval with the words and pictures it was given for, what went out, and what of it was
changed there since.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from social_queue import spreadsheets
from social_queue.delivery.errands import correcting
from social_queue.media import files
from social_queue.models import Approval, ItemMedium, Post, QueueItem
from social_queue.operations import previews
from social_queue.operations.correcting import asking
from social_queue.reading import moments
from social_queue.wording.templates.finding import Shelf

COLUMNS = (
    *("approved_at", "person", "item", "title", "link", "ai_generated", "ai_tool", "fingerprint"),
    *("pictures", "ended_at", "ended_because", "account", "platform", "text_approved", "text_sent"),
    *("status", "published_at", "recalled_at", "permalink", "follow_ups_approved"),
    *("corrected_at", "corrected_by", "text_now"),
)
_ABOUT = COLUMNS.index("account")


def of(item: QueueItem) -> dict[str, Any]:
    """How it reads on each account, link and all, what follows it there, and which pictures that are.

    A picture of ours is told by its content, so that nobody need keep the file to prove which it was.
    """
    return _as_kept(item, list(previews.of_item(item)))


def of_posts(item: QueueItem, posts: Iterable[Post], shelf: Shelf) -> dict[str, Any]:
    """The same by the posts that it was just given."""
    return _as_kept(item, list(previews.of_posts(posts, shelf)))


def _as_kept(item: QueueItem, rows: list[dict]) -> dict[str, Any]:
    follows = {row["account"]: [part["text"] for part in row["follow_ups"]] for row in rows if row.get("follow_ups")}
    found: dict[str, Any] = {"texts": {row["account"]: row["caption"] for row in rows}}
    found |= {"follow_ups": follows} if follows else {}
    pictures = _seen(item)
    return found | ({"pictures": pictures} if pictures else {})


def lines(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """CSV, one line an approval and account, of the approvals in that span; the earliest first."""
    rows = within(since=since, until=until).select_related("item", "person").order_by("approved_at", "pk")
    return spreadsheets.lines(COLUMNS, (line for row in rows.iterator(chunk_size=500) for line in _of(row)))


def within(*, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Approval]:
    """The approvals of that span."""
    rows = Approval.objects.all()
    rows = rows.filter(approved_at__gte=since) if since else rows
    return rows.filter(approved_at__lt=until) if until else rows


def _of(approval: Approval) -> Iterator[tuple]:
    held, shown = approval.content, approval.evidence
    declared = held.get("ai") or {}
    who = approval.person.get_username() if approval.person else ""
    about = (
        *(moments.show(approval.approved_at), who, approval.item_id, held.get("title", ""), held.get("link", "")),
        *(declared.get("generated", ""), declared.get("tool", ""), approval.fingerprint, _pictures(held, shown)),
        *(moments.show(approval.ended_at) or "", approval.ended_because),
    )
    texts, follows = shown.get("texts", {}), shown.get("follow_ups", {})
    rows = Post.objects.filter(item=approval.item_id).select_related("account").order_by("pk")
    posts = {post.account.slug: post for post in rows if post.account.slug in texts or not texts}
    for slug in dict.fromkeys([*posts, *texts]):
        post = posts.get(slug)
        out = post if post and _goes_under(approval, post) else None
        sent = _sent(out) if out else ("", "", "", "", "")
        follow_ups = "\n".join(follows.get(slug, ()))
        since = _corrected(out) if out and out.corrected_at else ("", "", "")
        yield (*about, slug, post.platform if post else "", texts.get(slug, ""), *sent, follow_ups, *since)
    if not (posts or texts):
        yield (*about, *[""] * (len(COLUMNS) - _ABOUT))


def _goes_under(approval: Approval, post: Post) -> bool:
    """Is what became of the post the doing of this approval? Of one that has ended only what was out before."""
    if approval.ended_at is None:
        return True
    return post.published_at is not None and approval.approved_at <= post.published_at <= approval.ended_at


def _sent(post: Post) -> tuple[str, ...]:
    moments_of = (moments.show(post.published_at) or "", moments.show(post.recalled_at) or "")
    # What readers see of it by now is told beside it.
    words = correcting.text_as_sent(post) if post.corrected_at else post.caption if post.attempts_made else ""
    return (words, post.status, *moments_of, post.permalink)


def _corrected(post: Post) -> tuple[str, str, str]:
    """When and by whom its text was changed last where it is out, and how it reads since."""
    last = asking.history(post)[:1]
    return (moments.show(post.corrected_at) or "", last[0].asked_by if last else "", post.caption)


def _seen(item: QueueItem) -> list[dict[str, str]]:
    """The single picture of an item; several, and uploads, stand with their content in what was approved."""
    name = str(item.image.name or "")
    if not name or ItemMedium.objects.filter(item=item.pk).exists():
        return []
    try:
        with files.opened(name) as file:
            whole = hashlib.sha256()
            for piece in file.chunks():
                whole.update(piece)
            return [{"name": name, "sha256": whole.hexdigest()}]
    except OSError:
        # A store that can't be read just now holds no approval up; the picture's name never stands for another.
        return [{"name": name}]


def _pictures(held: Mapping[str, Any], shown: Mapping[str, Any]) -> str:
    """Each by its content (SHA-256) where we keep it, else by its address or name."""
    media = [one.get("file") or one.get("url", "") for one in held.get("media", [])]
    seen = {one["name"]: one.get("sha256", "") for one in shown.get("pictures", ())}
    image = held.get("image", "")
    # The columns of the first say the same as several media do.
    return " ".join(filter(None, media or [seen.get(image) or image, held.get("image_url", "")]))
