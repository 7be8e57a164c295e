"""A picture that has been looked at."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Picture:
    """What ``connectors.media.inspect`` learned about an image. ``width`` and ``height`` are as a viewer sees them."""

    content: bytes = field(repr=False)
    media_type: str
    width: int
    height: int
    #: The address it was found at in the end, all redirects followed; "" when it was not downloaded.
    found_at: str = ""
