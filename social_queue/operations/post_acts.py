"""What people may do with one post: each says in a sentence why it left the post alone, or nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from social_queue import states
from social_queue.alerts import ledger
from social_queue.models import Post, PostStatus
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic


def each(posts: Iterable[Post], act: Callable[[Post], str], press: Pressing) -> Done:
    """Do it to every post; note in ``press`` what the taken ones were."""
    done = Done()
    for post in posts:
        before = press.look(post)
        reason = act(post)
        done.add(reason)
        if not reason:
            press.took(post, before)
    if done.taken:
        kick.kick_if_due(press.due, now=press.now)
    return done


@again
def retry(post: Post, press: Pressing) -> str:
    """A failed post is pending again, worded afresh; else the reason why not."""
    if post.status != PostStatus.FAILED:
        return _("is %(status)s, not failed") % {"status": post.get_status_display()}
    fields = {
        "not_before": press.due,
        "slot_at": None,
        "failures_in_row": 0,
        "waiting_since_at": None,
        "error": "",
        "error_kind": "",
    }
    # Whoever retries has usually changed a template, the item or the account: link, draft and caption are made afresh.
    fields |= {"draft_ref": "", "short_link": "", "tracked_url": ""}
    if not post.caption_edited:
        fields["caption"] = ""
    with atomic(post):
        if not states.move(post, PostStatus.PENDING, attempt=post.attempts_made, **fields):
            return _("was changed meanwhile")
        ledger.resolve_post(post, now=press.now)
    return ""


def hurry(post: Post, press: Pressing) -> str:
    """A pending post is due; else the reason why not."""
    if post.status != PostStatus.PENDING:
        return why_left(post)
    rows = Post.objects.filter(pk=post.pk, status=PostStatus.PENDING, attempts_made=post.attempts_made)
    if not rows.update(not_before=press.due, slot_at=None):
        return _("was changed meanwhile")
    post.not_before, post.slot_at = press.due, None
    return ""


@again
def cancel(post: Post, now: datetime) -> str:
    """A post will not go out; else the reason why not."""
    if (post.status, PostStatus.CANCELLED) not in states.ARROWS:
        return why_left(post)
    with atomic(post):
        if not states.move(post, PostStatus.CANCELLED, attempt=post.attempts_made):
            return _("was changed meanwhile")
        ledger.resolve_post(post, now=now)
    return ""


def why_left(post: Post) -> str:
    """Why an act leaves a post alone: what it is."""
    return _("is %(status)s") % {"status": post.get_status_display()}
