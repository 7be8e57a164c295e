"""Whether an account is still the place that a post went to: ids and lists of posts are of one place alone."""

from social_queue.models import Post
from social_queue.sentences import said

#: Begins the id of a post that a human saw: nobody knows what the platform calls it.
SEEN = "seen-"


def why_not_ours(post: Post) -> str:
    """Why the post's id is not to be used; "" where it is surely that of this post."""
    if (post.external_id or "").startswith(SEEN):
        return said("A person has seen it there, and nobody knows its id on the platform.")
    if is_elsewhere(post):
        # The same id may be somebody else's post there.
        return said("It was posted to %(place)s, and its account is another place now.", place=post.sent_to)
    return ""


def why_not_to_be_asked(post: Post) -> str:
    """Why the account can't be asked whether this post is out; "" where it can: another place does not have it."""
    if is_elsewhere(post):
        return said(
            "It was sent to %(place)s, and its account is another place now: a person has to look there.",
            place=post.sent_to,
        )
    return ""


def is_elsewhere(post: Post) -> bool:
    """Was it last sent to another place than the account is now? Where it went was not always written down."""
    return post.sent_to not in ("", post.account.address)
