"""Posts as a file: what went out where and when, and what did not."""

from social_queue.admin.pieces.exports import Column

EXPORTED: tuple[Column, ...] = (
    ("id", "pk"),
    ("item", "item_id"),
    ("title", lambda post: post.item.title),
    ("account", lambda post: post.account.slug),
    *((name, name) for name in ("platform", "status", "not_before", "published_at", "permalink", "external_id")),
    *((name, name) for name in ("error_kind", "error", "attempts_made", "caption", "tracked_url")),
)
