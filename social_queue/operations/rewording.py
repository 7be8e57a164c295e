"""An editor's own words for one post: until a worker has claimed it, and again when it has failed."""

import hashlib

from social_queue.models import Post


def may_reword(post: Post) -> bool:
    """Nobody has claimed it yet, or it has failed and waits for somebody to change what was refused."""
    return post.status == Post.Status.FAILED or (post.status == Post.Status.PENDING and post.attempts_made == 0)


def as_seen(post: Post) -> str:
    """A fingerprint that changes when somebody else edits the caption."""
    return hashlib.sha256(f"{post.caption_edited} {post.caption}".encode()).hexdigest()[:20]


def overtaken(post: Post, seen: str) -> bool:
    """Has somebody changed the stored caption since a form was filled with it?"""
    return bool(seen) and seen != as_seen(post)


def reword(post: Post, text: str) -> bool:
    """Store an editor's caption, or take it back when empty. False when a worker was faster: then nothing changed.

    ``post`` is as it was read: a caption that another editor has stored since stays too.
    """
    if not may_reword(post):
        return False
    as_read = {name: getattr(post, name) for name in ("status", "attempts_made", "caption", "caption_edited")}
    rows = Post.objects.filter(pk=post.pk, **as_read)
    return rows.update(caption=text, caption_edited=bool(text)) == 1
