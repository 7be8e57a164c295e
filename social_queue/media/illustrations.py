"""The media of a post as its platform takes them: the item's own, fitted where they must be, or a generated card."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings

from connectors.base import Connector, Limits, OutgoingMedia
from connectors.declared import Kind
from connectors.errors import NotReady, Rejected, TransientError
from connectors.media import together
from connectors.media.guard import MediaRefused
from connectors.texts.ascii_links import ascii_link
from social_queue.media import cards, carried, fetched, judging, serving
from social_queue.media.carried import Medium
from social_queue.media.serving import Where
from social_queue.models import Post, QueueItem

logger = logging.getLogger(__name__)

#: A store that is away is asked again after so long; nothing of that is a failure of the post.
_STORE_AGAIN_S = 60
_TYPE_OF_ENDING = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif"}


def media_for(post: Post, connector: Connector, room: ExitStack) -> tuple[OutgoingMedia, ...]:
    """The post's media as this platform takes them, in order; files lie at hand until ``room`` is left.

    Raises Rejected with the platform's rule, TransientError where a file is not there now, or NotReady while the store
    can't be used: it may be, in a minute or on another host, and neither is the post's fault.
    """
    try:
        return _media_for(post, connector, room)
    except FileNotFoundError as fault:
        raise TransientError(
            f"The item's picture {post.item.image.name or ''} is not there. Do all hosts share MEDIA_ROOT or "
            "MEDIA_STORAGE? Else upload it again."
        ) from fault
    except OSError as fault:
        words = f"The item's picture can't be read or kept ({fault.strerror or fault}). It is tried again every minute."
        raise NotReady(words, retry_after=_STORE_AGAIN_S, draft=post.draft_ref) from fault


def will_have_picture(item: QueueItem, limits: Limits) -> bool:
    """Will a post of this item carry a picture? Decides which of a platform's two length limits holds."""
    return bool(item.image or item.image_url) or _gets_card(limits)


def limits_beside(item: QueueItem, limits: Limits) -> Limits:
    """The limits of a text beside what the item carries: several media may leave it less room."""
    if not carried.of(item):
        return limits
    return replace(limits, text_with_media=limits.longest(kinds_for(item, limits)))


def kinds_for(item: QueueItem, limits: Limits) -> tuple[Kind, ...]:
    """What a post of this item carries, as far as that is known without fetching anything."""
    kinds = [medium.kind for medium in carried.of(item)]
    if not kinds:
        return ("image",) if _gets_card(limits) else ()
    return tuple(kinds[: len(kinds) - together.left_out(kinds, limits)])


def _media_for(post: Post, connector: Connector, room: ExitStack) -> tuple[OutgoingMedia, ...]:
    item, limits = post.item, connector.limits
    held = carried.of(item)
    if not held:
        return _drawn(post, connector, room)
    # What is known to be refused is not fetched first.
    _refuse(held, connector)
    shown = held[: len(held) - together.left_out([medium.kind for medium in held], limits)]
    found = [_found(item, medium, limits, judging.name_of(held, at, medium.kind)) for at, medium in enumerate(shown)]
    # What must stay of the first picture was said of it alone.
    found[0] = (found[0][0], replace(found[0][1], focus=item.focus))
    seen = [medium for medium, _where in found]
    _refuse([*seen, *held[len(seen) :]], connector)
    return tuple(
        _outgoing(post, connector, room, medium=medium, where=where, what=judging.name_of(held, at, medium.kind))
        for at, (medium, where) in enumerate(found)
    )


def _outgoing(
    post: Post, connector: Connector, room: ExitStack, *, medium: Medium, where: Where, what: str
) -> OutgoingMedia:
    if not where.name:
        # Our trouble need not be the platform's: it fetches the address itself and says so when it can't.
        return OutgoingMedia(medium.kind, url=where.asked, alt=medium.alt)
    if medium.kind == "video":
        placed = serving.video(where, medium.file, connector, room)
    else:
        this = "this picture" if what == judging.THE_PICTURE else f"{what[0].lower()}{what[1:]}"
        placed = serving.picture(where, connector, room, text=post.caption, what=this)
    return replace(placed, alt=medium.alt)


def _refuse(media: Sequence[Medium], connector: Connector) -> None:
    for fault in judging.faults(media, connector.limits, connector.label):
        if fault.stops:
            raise Rejected(fault.message, code=fault.code)


def _found(item: QueueItem, medium: Medium, limits: Limits, what: str) -> tuple[Medium, Where]:
    """The medium with what was seen in it, and where it is."""
    if medium.name:
        return medium, Where(medium.name)
    url = ascii_link(medium.url)
    try:
        kept = fetched.fetch_once(item, medium.url)
    except TransientError as fault:
        unfit = _TYPE_OF_ENDING.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "") not in limits.media_types
        if limits.media_by == "bytes" or unfit:
            raise
        logger.warning("item %s goes out with its picture unseen: %s", item.pk, fault, extra={"item": item.pk})
        return medium, Where("", asked=url)
    except MediaRefused as fault:
        if what == judging.THE_PICTURE:
            raise
        raise MediaRefused(f"{what}: {fault.message}", http_status=fault.http_status) from fault
    return replace(medium, name=kept.name, file=kept.facts), Where(kept.name, kept.address, url)


def _drawn(post: Post, connector: Connector, room: ExitStack) -> tuple[OutgoingMedia, ...]:
    """The card that stands in for a picture; none where it needs none."""
    limits = connector.limits
    if _gets_card(limits):
        card = Where(_card(post.item, limits).name)
        drawn = serving.picture(card, connector, room, text=post.caption, what="this picture")
        return (replace(drawn, alt=post.item.title),)
    if limits.needs_media:
        raise Rejected(f"{connector.label} needs a picture, this item has none and picture cards are switched off.")
    return ()


def _gets_card(limits: Limits) -> bool:
    return settings.CARDS == "auto" or (settings.CARDS == "needed" and limits.needs_media)


def _card(item: QueueItem, limits: Limits) -> cards.CardFile:
    as_jpeg = "image/png" not in limits.media_types
    try:
        return cards.card_for(item.title, item.data, as_jpeg=as_jpeg)
    except ValueError as fault:
        # A value that can't be drawn ("rtp": "soon") costs the card that value, not the post its picture.
        logger.warning("item %s: its card is drawn from the title alone: %s", item.pk, fault, extra={"item": item.pk})
    try:
        return cards.card_for(item.title, {}, as_jpeg=as_jpeg)
    except ValueError as fault:
        raise Rejected(f"No picture card can be drawn: {fault}") from fault
