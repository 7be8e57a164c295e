"""An editor's own words for one post: until a worker has claimed it, and again when it has failed."""

import hashlib
from datetime import datetime

from django.db import transaction

from social_queue import approving
from social_queue.models import Post
from social_queue.workings.deadlocks import again

#: What must stand as whoever rewords it has read it.
_AS_READ = ("status", "attempts_made", "caption", "caption_edited")


def may_reword(post: Post) -> bool:
    """Nobody has claimed it yet, or it has failed and waits for somebody to change what was refused."""
    return post.status == Post.Status.FAILED or (post.status == Post.Status.PENDING and post.attempts_made == 0)


def as_seen(post: Post) -> str:
    """A fingerprint that changes when somebody else edits the caption."""
    return hashlib.sha256(f"{post.caption_edited} {post.caption}".encode()).hexdigest()[:20]


def overtaken(post: Post, seen: str) -> bool:
    """Has somebody changed the stored caption since a form was filled with it?"""
    return bool(seen) and seen != as_seen(post)


@again
def reword(post: Post, text: str, *, now: datetime) -> bool:
    """Store an editor's caption, or take it back when empty. False when a worker was faster: then nothing changed.

    ``post`` is as it was read: a caption that another editor has stored since stays too. An item that was approved
    with other words waits for approval again.
    """
    if not may_reword(post):
        return False
    with transaction.atomic():
        # All posts before their item, as whoever claims them does.
        rows = Post.objects.select_for_update().filter(item=post.item_id).order_by("pk").values_list("pk", *_AS_READ)
        held = {pk: tuple(columns) for pk, *columns in rows}
        # Compared here: MariaDB and MySQL take letters of another case and one emoji and another for the same.
        if held.get(post.pk) != tuple(getattr(post, name) for name in _AS_READ):
            return False
        Post.objects.filter(pk=post.pk).update(caption=text, caption_edited=bool(text))
        if (post.caption if post.caption_edited else "") != text:
            approving.reworded(post, now=now)
    return True
