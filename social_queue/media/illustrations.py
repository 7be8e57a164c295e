"""The picture of a post: the item's own, fitted to the platform when it must be, or a generated card."""

import hashlib
import ipaddress
import logging
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from connectors.base import Connector, Limits
from connectors.errors import Rejected, TransientError
from connectors.media import fitting, inspect
from connectors.media.picture import Picture
from connectors.texts.ascii_links import ascii_link
from social_queue.media import cards, fetched, files
from social_queue.models import Post, QueueItem

logger = logging.getLogger(__name__)

_TYPE_OF_ENDING = {".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif"}


@dataclass(frozen=True)
class Illustration:
    """Where the picture is: a public address in ASCII, a local file, both, or (both empty) there is none.

    ``copy_url``: our public address of the same file, for a platform that cannot take it from ``url``.
    """

    url: str = ""
    path: str = ""
    copy_url: str = ""


def picture_for(post: Post, connector: Connector) -> Illustration:
    """The picture as this platform takes it. Raises Rejected with the platform's rule, or TransientError."""
    item, limits = post.item, connector.limits
    if item.image:
        return _own_file(Path(item.image.path), connector, text=post.caption)
    if item.image_url:
        return _from_address(item, connector, text=post.caption)
    if _gets_card(limits):
        return _own_file(Path(_card(item, limits).path), connector, text=post.caption)
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


def _from_address(item: QueueItem, connector: Connector, *, text: str) -> Illustration:
    url, limits = ascii_link(item.image_url), connector.limits
    try:
        kept = fetched.fetch_once(item)
    except TransientError as fault:
        if limits.media_by == "bytes" or _TYPE_OF_ENDING.get(_ending(url), "") not in limits.media_types:
            raise
        # Our trouble need not be the platform's: it fetches the address itself and says so when it can't.
        logger.warning("item %s goes out with its picture unseen: %s", item.pk, fault, extra={"item": item.pk})
        return Illustration(url=url)
    fitted, copy = _fitted(kept.path, connector), str(kept.path)
    if fitted != kept.path or not kept.address:
        return _served(fitted, connector, text=text)
    if limits.media_by == "bytes":
        return Illustration(path=copy)
    if not connector.needs_address(text):
        return Illustration(url=url, path=copy)
    ours = "" if public_problem(connector) else files.public_url(kept.path)
    if kept.address != url and ours:
        # Not every platform follows where an address leads on.
        return Illustration(url=ours, path=copy)
    return Illustration(url=kept.address, path=copy, copy_url=ours)


def _own_file(path: Path, connector: Connector, *, text: str) -> Illustration:
    return _served(_fitted(path, connector), connector, text=text)


def _served(path: Path, connector: Connector, *, text: str) -> Illustration:
    """A file of ours: uploaded, which no firewall and no platform's cache can spoil, unless only an address will do."""
    if not connector.needs_address(text):
        return Illustration(path=str(path))
    if problem := public_problem(connector):
        raise Rejected(problem)
    return Illustration(url=files.public_url(path), path=str(path))


def _fitted(path: Path, connector: Connector) -> Path:
    """``path`` itself when the platform takes it as it is, else a converted copy named after its content.

    A file whose name does not end as its content is gets a copy, too: a web server would call it something else.
    """
    picture = _inspect(path)
    try:
        content, media_type = fitting.fitting(picture, connector.limits, how=settings.PICTURE_FIT)
    except ValueError as fault:
        raise Rejected(f"{connector.label} does not take this picture: {fault}") from fault
    if content == picture.content and path.suffix == files.ENDINGS[media_type]:
        return path
    name = hashlib.sha256(content).hexdigest()
    target = Path(settings.MEDIA_ROOT) / "fitted" / name[:2] / f"{name}{files.ENDINGS[media_type]}"
    if not target.exists():
        files.write_whole(target, content)
    return target


def _inspect(path: Path) -> Picture:
    try:
        return inspect.inspect(path.read_bytes())
    except OSError as fault:
        # Not for good: a shared folder may be mounted late or away for a moment, and another host may see it.
        why = "is not there" if isinstance(fault, FileNotFoundError) else f"can't be read ({fault.strerror})"
        raise TransientError(
            f"The item's picture {path.name} {why}. Do all hosts share MEDIA_ROOT? Else upload it again."
        ) from fault


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
    return Path(urlsplit(url).path).suffix.lower()


def _is_private(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".lan"))
