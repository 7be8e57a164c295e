"""From a part to what its connector is given: the text, and the messages that it hangs under."""

from datetime import datetime

from connectors.texts.following import FollowUp
from social_queue.models import Attempt, Part, PostStatus


def of(part: Part) -> FollowUp:
    """The part as plain data. What was skipped, or has no id that is known, is nobody's parent."""
    root = str(part.post.external_id)
    thread = Part.objects.filter(post=part.post_id).exclude(pk=part.pk).exclude(external_id="").order_by("number")
    others = list(thread.filter(status=PostStatus.PUBLISHED).values_list("number", "external_id"))
    before = [identifier for number, identifier in others if number < part.number]
    return FollowUp(
        text=part.text,
        parent=before[-1] if before else root,
        root=root,
        sent_at=_first_sent(part) if part.attempts_made > 1 or part.status == PostStatus.UNKNOWN else None,
        others=tuple(identifier for _number, identifier in others),
    )


def _first_sent(part: Part) -> datetime | None:
    sent = Attempt.objects.filter(post=part.post_id, part_number=part.number, sent_at__isnull=False)
    return sent.order_by("number").values_list("sent_at", flat=True).first()
