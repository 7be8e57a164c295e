"""The picture of a post: the item's own, fitted to the platform when it must be, or a generated card."""

import hashlib
import ipaddress
import logging
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings

from connectors.base import Connector, Limits
from connectors.errors import NotReady, Rejected, TransientError
from connectors.media import fitting, inspect
from connectors.texts.ascii_links import ascii_link
from social_queue.media import cards, fetched, files, shape
from social_queue.models import Post, QueueItem

logger = logging.getLogger(__name__)

#: A store that is away is asked again after so long; nothing of that is a failure of the post.
_STORE_AGAIN_S = 60
_TYPE_OF_ENDING = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif"}


@dataclass(frozen=True)
class Illustration:
    """Where the picture is: a public address in ASCII, a file on this host, both, or (both empty) there is none.

    ``copy_url``: our public address of the same file, for a platform that cannot take it from ``url``.
    """

    url: str = ""
    path: str = ""
    copy_url: str = ""


def picture_for(post: Post, connector: Connector, room: ExitStack) -> Illustration:
    """The picture as this platform takes it; files lie at hand until ``room`` is left.

    Raises Rejected with the platform's rule, TransientError where a file is not there now, or NotReady while the store
    can't be used: it may be, in a minute or on another host, and neither is the post's fault.
    """
    try:
        return _picture_for(post, connector, room)
    except FileNotFoundError as fault:
        raise TransientError(
            f"The item's picture {post.item.image.name or ''} is not there. Do all hosts share MEDIA_ROOT or "
            "MEDIA_STORAGE? Else upload it again."
        ) from fault
    except OSError as fault:
        words = f"The item's picture can't be read or kept ({fault.strerror or fault}). It is tried again every minute."
        raise NotReady(words, retry_after=_STORE_AGAIN_S, draft=post.draft_ref) from fault


def _picture_for(post: Post, connector: Connector, room: ExitStack) -> Illustration:
    item, limits = post.item, connector.limits
    if item.image:
        return _served(_fitted(str(item.image.name), connector, room, item.focus), connector, text=post.caption)
    if item.image_url:
        return _from_address(item, connector, room, text=post.caption)
    if _gets_card(limits):
        return _served(_fitted(_card(item, limits).name, connector, room), connector, text=post.caption)
    if limits.needs_media:
        raise Rejected(f"{connector.label} needs a picture, this item has none and picture cards are switched off.")
    return Illustration()


def will_have_picture(item: QueueItem, limits: Limits) -> bool:
    """Will a post of this item carry a picture? Decides which of a platform's two length limits holds."""
    return bool(item.image or item.image_url) or _gets_card(limits)


def public_problem(connector: Connector) -> str:
    """Why the platform could not fetch a picture from us: a sentence, or "" when it could."""
    if not _is_private(settings.PUBLIC_BASE_URL) or _is_private(connector.api_base):
        return ""
    return (
        f"{connector.label} fetches pictures from PUBLIC_BASE_URL, but {settings.PUBLIC_BASE_URL} can't be reached "
        "from outside: set it to the public address of this site, or give the item the address of a picture that "
        "can go out as it stands there."
    )


def _gets_card(limits: Limits) -> bool:
    return settings.CARDS == "auto" or (settings.CARDS == "needed" and limits.needs_media)


def _from_address(item: QueueItem, connector: Connector, room: ExitStack, *, text: str) -> Illustration:
    url, limits = ascii_link(item.image_url), connector.limits
    try:
        kept = fetched.fetch_once(item)
    except TransientError as fault:
        if limits.media_by == "bytes" or _TYPE_OF_ENDING.get(_ending(url), "") not in limits.media_types:
            raise
        # Our trouble need not be the platform's: it fetches the address itself and says so when it can't.
        logger.warning("item %s goes out with its picture unseen: %s", item.pk, fault, extra={"item": item.pk})
        return Illustration(url=url)
    fitted = _fitted(kept.name, connector, room, item.focus)
    if fitted.name != kept.name or not kept.address:
        return _served(fitted, connector, text=text)
    copy = fitted.path
    if limits.media_by == "bytes":
        return Illustration(path=copy)
    if not connector.needs_address(text):
        return Illustration(url=url, path=copy)
    ours = "" if public_problem(connector) else files.public_url(kept.name)
    if kept.address != url and ours:
        # Not every platform follows where an address leads on.
        return Illustration(url=ours, path=copy)
    return Illustration(url=kept.address, path=copy, copy_url=ours)


@dataclass(frozen=True)
class _Fitted:
    """A picture as a platform takes it: its name in the store, and where it lies on this host."""

    name: str
    path: str


def _served(fitted: _Fitted, connector: Connector, *, text: str) -> Illustration:
    """A file of ours: uploaded, which no firewall and no platform's cache can spoil, unless only an address will do."""
    if not connector.needs_address(text):
        return Illustration(path=fitted.path)
    if problem := public_problem(connector):
        raise Rejected(problem)
    return Illustration(url=files.public_url(fitted.name), path=fitted.path)


def _fitted(name: str, connector: Connector, room: ExitStack, focus: str = "") -> _Fitted:
    """The file itself when the platform takes it as it is, else a converted copy named after its content.

    A file whose name does not end as its content is gets a copy, too: a web server would call it something else.
    """
    picture = inspect.inspect(files.read(name))
    try:
        content, media_type = fitting.fitting(picture, connector.limits, **shape.fit(focus))
    except ValueError as fault:
        raise Rejected(f"{connector.label} does not take this picture: {fault}") from fault
    ending = files.ENDINGS[media_type]
    if content != picture.content or PurePosixPath(name).suffix != ending:
        digest = hashlib.sha256(content).hexdigest()
        name = f"fitted/{digest[:2]}/{digest}{ending}"
        if not files.there(name):
            files.write_whole(name, content)
    return _Fitted(name, str(files.at_hand(name, content, room)))


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


def _ending(url: str) -> str:
    return PurePosixPath(urlsplit(url).path).suffix.lower()


def _is_private(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".lan"))
