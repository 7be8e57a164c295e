"""The media that a connector is given to send."""

from connectors.base import OutgoingMedia


def one(url: str = "", *, path: str = "", copy_url: str = "", alt: str = "") -> tuple[OutgoingMedia, ...]:
    """A single picture."""
    return (OutgoingMedia("image", url, path, copy_url, alt),)
