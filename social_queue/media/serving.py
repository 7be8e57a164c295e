"""A picture or a video as a connector is given it: fitted, at hand on this host, and under which address."""

import hashlib
import ipaddress
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.conf import settings

from connectors.base import Connector, OutgoingMedia
from connectors.declared import Kind
from connectors.errors import Rejected
from connectors.media import fitting, inspect
from social_queue.media import files, shape
from social_queue.models import MediaFile


@dataclass(frozen=True)
class Where:
    """``name``: of our copy in the store. ``address``: in ASCII, where everybody else finds these very bytes, or "".

    ``asked``: the address that the item has, "" for an upload. ``focus``: see ``shape``.
    """

    name: str
    address: str = ""
    asked: str = ""
    focus: str = ""


@dataclass(frozen=True)
class _Fitted:
    """As a platform takes it: its name in the store, and where it lies on this host."""

    name: str
    path: str
    width: int = 0
    height: int = 0
    bytes: int = 0


def public_problem(connector: Connector) -> str:
    """Why the platform could not fetch a picture from us: a sentence, or "" when it could."""
    if not _is_private(settings.PUBLIC_BASE_URL) or _is_private(connector.api_base):
        return ""
    return (
        f"{connector.label} fetches pictures from PUBLIC_BASE_URL, but {settings.PUBLIC_BASE_URL} can't be reached "
        "from outside: set it to the public address of this site, or give the item the address of a picture that "
        "can go out as it stands there."
    )


def picture(where: Where, connector: Connector, room: ExitStack, *, text: str, what: str) -> OutgoingMedia:
    """Fitted where it must be. ``what``: how a sentence names it. Raises Rejected with the platform's rule."""
    fitted = _fitted(where, connector, room, what)
    return _placed("image", fitted, where, connector, needs_address=connector.needs_address(text))


def video(where: Where, facts: MediaFile | None, connector: Connector, room: ExitStack) -> OutgoingMedia:
    """As it is: whoever has no fitting video is told so, it is never made anew."""
    fitted = _Fitted(where.name, str(files.lent(where.name, room)))
    by = connector.limits.video.by if connector.limits.video else ""
    placed = _placed("video", fitted, where, connector, needs_address=by == "url")
    if facts is None:
        return placed
    return replace(placed, width=facts.width, height=facts.height, seconds=facts.seconds, bytes=facts.bytes)


def _placed(kind: Kind, fitted: _Fitted, where: Where, connector: Connector, *, needs_address: bool) -> OutgoingMedia:
    placed = OutgoingMedia(kind, path=fitted.path, width=fitted.width, height=fitted.height, bytes=fitted.bytes)
    if fitted.name != where.name or not where.address:
        return replace(placed, url=_ours(fitted.name, connector)) if needs_address else placed
    if not needs_address:
        by = connector.limits.video.by if kind == "video" and connector.limits.video else connector.limits.media_by
        return replace(placed, url="" if by == "bytes" else where.asked)
    ours = "" if public_problem(connector) else files.public_url(where.name)
    if where.address != where.asked and ours:
        # Not every platform follows where an address leads on.
        return replace(placed, url=ours)
    return replace(placed, url=where.address, copy_url=ours)


def _ours(name: str, connector: Connector) -> str:
    """Of a file that would rather be uploaded, which no firewall and no platform's cache can spoil."""
    if problem := public_problem(connector):
        raise Rejected(problem)
    return files.public_url(name)


def _fitted(where: Where, connector: Connector, room: ExitStack, what: str) -> _Fitted:
    """The file itself when the platform takes it as it is, else a converted copy named after its content.

    A file whose name does not end as its content is gets a copy, too: a web server would call it something else.
    """
    name = where.name
    found = inspect.inspect(files.read(name))
    try:
        content, media_type = fitting.fitting(found, connector.limits, **shape.fit(where.focus))
    except ValueError as fault:
        raise Rejected(f"{connector.label} does not take {what}: {fault}") from fault
    ending = files.ENDINGS[media_type]
    width, height = found.width, found.height
    if content != found.content or PurePosixPath(name).suffix != ending:
        digest = hashlib.sha256(content).hexdigest()
        name = f"fitted/{digest[:2]}/{digest}{ending}"
        if not files.there(name):
            files.write_whole(name, content)
        width = height = 0
    return _Fitted(name, str(files.at_hand(name, content, room)), width, height, len(content))


def _is_private(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".lan"))
