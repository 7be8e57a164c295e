"""Which part of a thread is to have another text."""

from social_queue.models import Part, Post
from social_queue.operations.correcting.asking import NotNow
from social_queue.operations.following import shown
from social_queue.sentences import said

#: The post itself among its parts.
ITSELF = 1


class NoSuchPart(ValueError):
    """The thread has no part of this number; the message is a sentence that goes on after the field's name."""


def part_of(post: Post, number: int) -> Part | None:
    """The follow-up of this number; None for the post itself. Raises NoSuchPart, or NotNow of what is not laid yet."""
    if number == ITSELF:
        return None
    rows = {row.number: row for row in shown.of(post)}
    if number not in rows:
        raise NoSuchPart(said("must be one of %(known)s.", known=", ".join(map(str, rows))))
    part = rows[number].part
    if part is None:
        raise NotNow(said("It is not out: what is still to follow is changed with its item, by follow_ups."))
    return part
