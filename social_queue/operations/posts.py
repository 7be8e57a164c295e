"""What people may do with many posts: try again, hurry, cancel, restore."""

from collections.abc import Iterable
from datetime import datetime

from social_queue.models import Post, PostStatus
from social_queue.operations import post_acts
from social_queue.operations.changing import restoring
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing


def retry(posts: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Failed posts are tried again now, worded afresh, with their failures forgotten."""
    press = press or Pressing(now)
    return post_acts.each(posts, lambda together: post_acts.retry(together, press), press)


def requeue_now(posts: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Pending posts are due now, failed ones too; what is out, in flight or undecided stays."""
    press = press or Pressing(now)
    return post_acts.each(posts, lambda together: post_acts.retry_or_hurry(together, press), press)


def cancel(posts: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Pending, failed and undecided posts will not go out."""
    return post_acts.each(posts, lambda together: post_acts.cancel(together, now), press or Pressing(now))


def cancel_what_is_not_out(posts: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Pending and failed posts will not go out; an undecided one stays, since nobody looks for a cancelled one."""
    but = [PostStatus.UNKNOWN]
    return post_acts.each(posts, lambda together: post_acts.cancel(together, now, but=but), press or Pressing(now))


def restore(posts: Iterable[Post], *, now: datetime, press: Pressing | None = None) -> Done:
    """Cancelled posts wait for their time again, where nothing of them was tried and it is still to come."""
    return restoring.posts(posts, now=now, press=press)


def may_be_restored(post: Post, *, now: datetime) -> bool:
    """Is it cancelled, was never tried, and its time is still to come?"""
    return not restoring.why_not(post, now=now)
