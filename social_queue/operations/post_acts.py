"""What people may do with posts, many in one transaction: for each a sentence why it was left alone, or nothing."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import islice

from django.utils.translation import gettext as _

from social_queue import approvals, fenced, states
from social_queue.alerts import ledger
from social_queue.models import Post, PostStatus
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings import kick
from social_queue.workings.deadlocks import again, atomic

#: Posts in one transaction: enough that its end costs little, few enough that nobody waits long for their rows.
_TOGETHER = 250

#: ``act(posts)`` gives a reason, or nothing, for each.
Act = Callable[[list[Post]], list[str]]


def each(posts: Iterable[Post], act: Act, press: Pressing) -> Done:
    """Do it to every post; note in ``press`` what the taken ones were."""
    done, rest = Done(), iter(posts)
    while together := list(islice(rest, _TOGETHER)):
        before = [press.look(post) for post in together]
        for post, was, reason in zip(together, before, act(together), strict=True):
            done.add(reason)
            if not reason:
                press.took(post, was)
    if done.taken:
        kick.kick_if_due(press.due, now=press.now)
    return done


def retry(posts: list[Post], press: Pressing) -> list[str]:
    """Failed posts are pending again, worded afresh."""
    overtaken = approvals.overtaken({post.item_id: post.item for post in posts}.values())
    reasons = [_why_not_retried(post, overtaken) for post in posts]
    return _move(posts, reasons, PostStatus.PENDING, press.now, lambda post: _afresh(post, press.due))


def retry_or_hurry(posts: list[Post], press: Pressing) -> list[str]:
    """Failed posts are tried again, pending ones are due."""
    failed = [post for post in posts if post.status == PostStatus.FAILED]
    others = [post for post in posts if post.status != PostStatus.FAILED]
    reasons = dict(zip([post.pk for post in failed], retry(failed, press), strict=True))
    reasons |= zip([post.pk for post in others], hurry(others, press), strict=True)
    return [reasons[post.pk] for post in posts]


@again
def hurry(posts: list[Post], press: Pressing) -> list[str]:
    """Pending posts are due."""
    values = {"not_before": press.due, "slot_at": None}
    waiting = [post for post in posts if post.status == PostStatus.PENDING]
    with atomic(*waiting):
        held = {
            post.pk: fenced.write(post.pk, values, status=post.status, attempt=post.attempts_made) for post in waiting
        }
        for post in waiting:
            if held[post.pk]:
                post.not_before, post.slot_at = press.due, None
    left = {post.pk: "" if held.get(post.pk) else why_left(post) for post in posts}
    return [_("was changed meanwhile") if held.get(post.pk) is False else left[post.pk] for post in posts]


def cancel(posts: list[Post], now: datetime, *, but: Collection[str] = ()) -> list[str]:
    """Posts will not go out. ``but``: of these statuses they are left alone."""
    may = {status for status, to in states.ARROWS if to == PostStatus.CANCELLED} - set(but)
    reasons = ["" if post.status in may else why_left(post) for post in posts]
    return _move(posts, reasons, PostStatus.CANCELLED, now, lambda post: {})


def why_left(post: Post) -> str:
    """Why an act leaves a post alone: what it is."""
    return _("is %(status)s") % {"status": post.get_status_display()}


def _why_not_retried(post: Post, overtaken: Collection[int]) -> str:
    if post.status != PostStatus.FAILED:
        return _("is %(status)s, not failed") % {"status": post.get_status_display()}
    return _("was changed after it was approved: approve it again") if post.item_id in overtaken else ""


def _afresh(post: Post, due: datetime) -> dict[str, object]:
    fields: dict[str, object] = {
        "not_before": due,
        "slot_at": None,
        "failures_in_row": 0,
        "waiting_since_at": None,
        "error": "",
        "error_kind": "",
    }
    # Whoever retries has usually changed a template, the item or the account: link, draft and caption are made afresh.
    fields |= {"draft_ref": "", "short_link": "", "tracked_url": ""}
    return fields if post.caption_edited else fields | {"caption": ""}


@again
def _move(
    posts: Sequence[Post], reasons: list[str], to: str, now: datetime, fields: Callable[[Post], dict[str, object]]
) -> list[str]:
    """Those without a reason; the alerts about them end with it."""
    moves = [
        states.Move(post, to, post.attempts_made, fields(post))
        for post, reason in zip(posts, reasons, strict=True)
        if not reason
    ]
    with atomic(*(step.post for step in moves)):
        moved = dict(zip([step.post.pk for step in moves], states.move_all(moves), strict=True))
        ledger.resolve_posts([step.post for step in moves if moved[step.post.pk]], now=now)
    return [
        reason or ("" if moved[post.pk] else _("was changed meanwhile"))
        for post, reason in zip(posts, reasons, strict=True)
    ]
