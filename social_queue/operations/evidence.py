"""Who let go out what: every approval with the words and pictures it was given for, and what went out of it."""

from collections.abc import Iterator
from datetime import datetime

from social_queue import spreadsheets
from social_queue.models import Approval, Post
from social_queue.reading import moments

COLUMNS = (
    *("approved_at", "person", "item", "title", "link", "ai_generated", "ai_tool", "fingerprint"),
    *("pictures", "ended_at", "ended_because", "account", "platform", "text_approved", "text_sent"),
    *("status", "published_at", "recalled_at", "permalink"),
)


def lines(*, since: datetime | None = None, until: datetime | None = None) -> Iterator[str]:
    """CSV, one line an approval and account, of the approvals in that span; the earliest first."""
    rows = Approval.objects.select_related("item", "person").order_by("approved_at", "pk")
    rows = rows.filter(approved_at__gte=since) if since else rows
    rows = rows.filter(approved_at__lt=until) if until else rows
    return spreadsheets.lines(COLUMNS, (line for row in rows.iterator(chunk_size=500) for line in _of(row)))


def _of(approval: Approval) -> Iterator[tuple]:
    held = approval.content
    declared = held.get("ai") or {}
    who = approval.person.get_username() if approval.person else ""
    about = (
        *(moments.show(approval.approved_at), who, approval.item_id, held.get("title", ""), held.get("link", "")),
        *(declared.get("generated", ""), declared.get("tool", ""), approval.fingerprint, _pictures(held)),
        *(moments.show(approval.ended_at) or "", approval.ended_because),
    )
    texts = approval.evidence.get("texts", {})
    posts = Post.objects.filter(item=approval.item_id).select_related("account").order_by("pk")
    for post in posts:
        moments_of = (moments.show(post.published_at) or "", moments.show(post.recalled_at) or "")
        words = (texts.get(post.account.slug, ""), post.caption if post.attempts_made else "")
        yield (*about, post.account.slug, post.platform, *words, post.status, *moments_of, post.permalink)
    if not posts:
        yield (*about, *[""] * (len(COLUMNS) - len(about)))


def _pictures(held: dict) -> str:
    """Each by its content (SHA-256) where we keep it, else by its address or name."""
    media = [one.get("file") or one.get("url", "") for one in held.get("media", [])]
    return " ".join(filter(None, [*media, held.get("image", ""), held.get("image_url", "")]))
