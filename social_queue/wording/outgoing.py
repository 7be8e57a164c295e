"""From a claimed post to what its connector is given: link, caption and picture, fixed before anything is sent."""

from contextlib import ExitStack
from copy import copy
from dataclasses import replace
from datetime import datetime

from connectors.base import Connector, Outgoing, OutgoingMedia
from connectors.errors import Rejected
from social_queue import follow_ups
from social_queue.media import illustrations
from social_queue.models import Attempt, Post, QueueItem
from social_queue.wording import captions, labels, links
from social_queue.wording.faults import CaptionFault
from social_queue.wording.templates.finding import Shelf
from social_queue.wording.utm import UtmFault

#: The columns of a post that are fixed at its first claim, the draft that is made of them, and where it goes.
FROZEN = ("caption", "variant", "short_link", "tracked_url", "draft_ref", "sent_to")


def word(post: Post, connector: Connector, shelf: Shelf | None, room: ExitStack) -> Outgoing:
    """The post as plain data, ready for ``connector``; its picture lies on this host until ``room`` is left.

    Raises Rejected, naming the rule, when it can't be worded.
    """
    freeze(post, shelf)
    media = illustrations.media_for(post, connector, room)
    if len(media) == 1:
        media = (replace(media[0], alt=alternative_text(post.item)),)
    return outgoing(post, *media)


def as_sent(post: Post, text: str, connector: Connector, room: ExitStack) -> Outgoing:
    """A post that is out as it went there with this text, as far as another text for it needs to know.

    Its media have no files, and an address only where the text is so long that they hang above it by that.
    """
    then = copy(post)
    then.caption = text
    if connector.needs_address(text):
        return outgoing(then, *illustrations.media_for(then, connector, room))
    return outgoing(then, *(OutgoingMedia(kind) for kind in illustrations.kinds_for(post.item, connector.limits)))


def alternative_text(item: QueueItem) -> str:
    """What the item's only picture shows, in words."""
    # meta.alt_text is where it stood before it had a field.
    return item.alt_text or str(item.meta.get("alt_text") or item.title)


def outgoing(post: Post, *media: OutgoingMedia) -> Outgoing:
    """The frozen words of a post; reconcile needs no more than these."""
    with_link = follow_ups.in_caption(post.account)
    return Outgoing(
        text=post.caption,
        link=post.short_link if with_link else "",
        marker=post.short_link if with_link and post.short_link in post.caption else "",
        media=media,
        ai=labels.is_made(post.item) or None,
        sent_at=_first_sent(post) if post.attempts_made > 1 or post.status == Post.Status.UNKNOWN else None,
    )


def _first_sent(post: Post) -> datetime | None:
    sent = Attempt.objects.filter(post=post, sent_at__isnull=False).order_by("number")
    return sent.values_list("sent_at", flat=True).first()


def freeze(post: Post, shelf: Shelf | None = None) -> None:
    """Fix link and caption at the first claim; later attempts reuse them letter for letter.

    They stand on ``post`` only: whoever delivers it writes them with its next step, `begin_sending` or the outcome.
    Raises Rejected with the platform's rule, or the template's name and line.
    """
    if post.caption and post.short_link and not post.caption_edited:
        return
    try:
        link = links.link_for(post)
        worded = captions.render(post, link=link.short, shelf=shelf)
    except (CaptionFault, UtmFault) as fault:
        raise Rejected(str(fault), code=getattr(fault, "code", "link")) from fault
    post.caption, post.variant = worded.text, worded.variant
    post.short_link, post.tracked_url = link.short, link.tracked
