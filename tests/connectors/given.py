"""The media that a connector is given to send."""

from pathlib import Path

from connectors.base import Connector, OutgoingMedia
from connectors.sandbox.stage import films
from connectors.sandbox.stage.samples import sample

#: Every platform takes these.
_PICTURES = ("photo.jpg", "wide.jpg", "portrait.jpg")


def one(url: str = "", *, path: str = "", copy_url: str = "", alt: str = "") -> tuple[OutgoingMedia, ...]:
    """A single picture."""
    return (OutgoingMedia("image", url, path, copy_url, alt),)


def several(connector: Connector, kinds: str, *, folder: Path, url: str) -> tuple[OutgoingMedia, ...]:
    """Pictures (``i``) and videos (``v``) in this order, as delivery would hand them to this platform."""
    return tuple(_medium(connector, kind, place, folder=folder, url=url) for place, kind in enumerate(kinds))


def _medium(connector: Connector, kind: str, place: int, *, folder: Path, url: str) -> OutgoingMedia:
    limits = connector.limits
    name = "film.mp4" if kind == "v" else _PICTURES[place % len(_PICTURES)]
    by = limits.video.by if kind == "v" and limits.video else limits.media_by
    path = folder / f"{place}-{name}"
    path.write_bytes(sample(name)[0])
    where = {"url": f"{url}/_media/sample/{name}"} if by == "url" else {"path": str(path)}
    if kind == "v":
        film = films.inspect(path.read_bytes())
        seen = {"width": film.width, "height": film.height, "seconds": film.seconds, "bytes": film.size}
        return OutgoingMedia("video", alt=f"Film {place}", **where, **seen)
    return OutgoingMedia("image", alt=f"Picture {place}", **where)
