"""The arrows between the states of a post, and of what follows it."""

from social_queue.models import PostStatus

#: (from, to) and who may ask for it. Anything else is a fault of ours.
ARROWS: dict[tuple[str, str], str] = {
    (PostStatus.PENDING, PostStatus.PUBLISHING): "claim",
    (PostStatus.PUBLISHING, PostStatus.PUBLISHED): "the answer says so",
    (PostStatus.PUBLISHING, PostStatus.PENDING): "transient, rate limited, not ready, token invalid, account blocked",
    (PostStatus.PUBLISHING, PostStatus.FAILED): "rejected, failures exhausted, our fault before the point of no return",
    (PostStatus.PUBLISHING, PostStatus.UNKNOWN): "no answer, or the lease ran out, after the point of no return",
    (PostStatus.UNKNOWN, PostStatus.PUBLISHED): "found on the platform, late answer, or a human saw it",
    (PostStatus.UNKNOWN, PostStatus.PENDING): "proven absent, or a human says so, or the account allows re-sending",
    (PostStatus.UNKNOWN, PostStatus.FAILED): "proven absent, and failures exhausted",
    (PostStatus.UNKNOWN, PostStatus.CANCELLED): "an operator",
    (PostStatus.PENDING, PostStatus.CANCELLED): "an operator, or expires_at: too late",
    (PostStatus.FAILED, PostStatus.CANCELLED): "an operator",
    (PostStatus.PENDING, PostStatus.PUBLISHED): "late answer, while no newer attempt was claimed",
    (PostStatus.FAILED, PostStatus.PENDING): "an operator's retry",
    (PostStatus.PUBLISHED, PostStatus.RECALLED): "deleted on the platform",
}


class NoSuchArrow(ValueError):
    """A status change that is not in ARROWS."""
