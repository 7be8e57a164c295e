"""How the pretended platforms come by a picture: downloaded or uploaded, then really looked at."""

import io
import warnings
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import requests
from PIL import Image

from connectors.sandbox.stage.samples import placeholder

#: Hosts reserved for documentation (RFC 2606 and 6761): nothing is there, so a picture is drawn instead.
_RESERVED_ENDINGS = ("example.com", "example.net", "example.org", "example", "test", "invalid")
_MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "WEBP": "image/webp",
                "TIFF": "image/tiff", "BMP": "image/bmp", "MPO": "image/mpo"}  # fmt: skip
#: By these names the platforms' fetchers are let in or shut out.
META_AGENT = "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"
TELEGRAM_AGENT = "TelegramBot (like TwitterBot)"
LARGEST_DOWNLOAD = 32 * 1024 * 1024
#: (connect, read) in seconds: the vendors are impatient too.
TIME_OUT = (2, 5)


class Unfetchable(Exception):
    """Nothing could be downloaded from this address; ``slow`` when it took too long."""

    def __init__(self, reason: str, *, slow: bool = False) -> None:
        super().__init__(reason)
        self.slow = slow


class NotAPicture(Exception):
    """The bytes are no picture that can be read."""


@dataclass(frozen=True)
class Picture:
    """A picture and what was seen in it. ``format`` is Pillow's word: JPEG, PNG, ..."""

    content: bytes = field(repr=False)
    format: str
    width: int
    height: int
    animated: bool = False

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES.get(self.format, "application/octet-stream")

    @property
    def size(self) -> int:
        return len(self.content)

    @property
    def ratio(self) -> float:
        return self.width / self.height


def inspect(content: bytes) -> Picture:
    """Look at the bytes; raises NotAPicture when they cannot be read to the end."""
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(content)) as image:
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Picture(
                content, image.format or "", image.width, image.height, getattr(image, "is_animated", False)
            )
            image.load()
            return picture
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise NotAPicture(str(error)) from error


def is_http_url(url: str) -> bool:
    """Is this an absolute http(s) address with a host?"""
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and " " not in url
    except ValueError:
        return False


def is_reserved(url: str) -> bool:
    """Does the address point at a host that exists only in documentation?"""
    host = (urlsplit(url).hostname or "").lower().rstrip(".")
    return any(host == ending or host.endswith(f".{ending}") for ending in _RESERVED_ENDINGS)


def fetch(url: str, *, agent: str, follow: bool = True, largest: int = LARGEST_DOWNLOAD) -> bytes:
    """Download what is at the address (or draw it, for a documentation host); raises Unfetchable."""
    if not is_http_url(url):
        raise Unfetchable("not an http address")
    if is_reserved(url):
        return placeholder(url)
    session = requests.Session()
    session.headers["User-Agent"] = agent
    # A proxy is for the world outside; what runs on this machine is asked directly.
    session.trust_env = urlsplit(url).hostname not in ("127.0.0.1", "localhost", "::1")
    try:
        with session, session.get(url, timeout=TIME_OUT, stream=True, allow_redirects=follow) as response:
            if response.status_code != 200:
                raise Unfetchable(f"HTTP {response.status_code}")
            return _read(response, largest)
    except requests.Timeout as error:
        raise Unfetchable("timed out", slow=True) from error
    except (requests.RequestException, ValueError) as error:
        raise Unfetchable("no connection") from error


def _read(response: requests.Response, largest: int) -> bytes:
    content = bytearray()
    for chunk in response.iter_content(65536):
        content += chunk
        if len(content) > largest:
            raise Unfetchable("too large")
    return bytes(content)
