"""One guarded GET of a document: conditional, bounded in bytes (unpacked too) and in seconds, redirects judged alone.

A 304 has no body: https://www.rfc-editor.org/rfc/rfc9110.html#name-304-not-modified
"""

import http.client
import time
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.errors import TransientError
from connectors.media.guard import MediaRefused, Target, check
from connectors.media.pinned import Pinned, as_sent, cut_off_at, led_on

MOST_REDIRECTS = 5
_CHUNK = 64 * 1024
_AGAIN = (408, 425, 429)
_FOR_GOOD = (301, 308)
_HEADERS = {"User-Agent": "Autopost/1 (+self-hosted)", "Accept-Encoding": "gzip", "Connection": "close"}


@dataclass(frozen=True)
class Document:
    """What stands at the address; ``status`` is 200, or 304 when it is what the caller has."""

    status: int
    #: Where it stood in the end.
    url: str
    content: bytes = b""
    #: Names in lower case.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Where it has moved for good; "" when the address is right as it is.
    moved_to: str = ""


def read(
    url: str, *, headers: Mapping[str, str], max_bytes: int, allowed_hosts: Iterable[str] = (), timeout: float = 20
) -> Document:
    """The document, in at most ``timeout`` seconds with all redirects; only the resolver is outside that limit.

    Raises MediaRefused (guard, size, HTTP 3xx/4xx, with its status) or TransientError (network, 5xx, 408, 425, 429).
    """
    allowed, deadline, moved_to, all_for_good = tuple(allowed_hosts), time.monotonic() + timeout, "", True
    for _hop in range(MOST_REDIRECTS + 1):
        target = check(url, allowed_hosts=allowed)
        status, answer, content = _one_hop(target, headers, max_bytes=max_bytes, deadline=deadline)
        if status in (200, 304):
            return Document(status, url, content, answer, moved_to)
        url = led_on(url, as_sent(answer["location"]))
        all_for_good = all_for_good and status in _FOR_GOOD
        moved_to = url if all_for_good else moved_to
    raise MediaRefused(f"{target.shown} leads on through more than {MOST_REDIRECTS} redirects.")


def _one_hop(
    target: Target, headers: Mapping[str, str], *, max_bytes: int, deadline: float
) -> tuple[int, dict[str, str], bytes]:
    """(200, headers, content), (304, headers, nothing) or (3xx, headers with a location, nothing)."""
    connection = Pinned(target, deadline)
    try:
        with cut_off_at(deadline, connection):
            connection.request("GET", target.resource, headers={**_HEADERS, **headers, "Host": target.host_header})
            response = connection.answer = connection.getresponse()
            told = {name.lower(): value for name, value in response.headers.items()}
            if response.status in (301, 302, 303, 307, 308) and told.get("location"):
                return response.status, told, b""
            _check_status(response.status, target)
            content = b"" if response.status == 304 else _body(response, target, max_bytes=max_bytes)
        if connection.was_cut.is_set():
            raise TimeoutError("it took too long")
        return response.status, told, content
    except (OSError, http.client.HTTPException) as fault:
        raise TransientError(f"{target.shown} could not be read: {connection.why(fault)}.") from fault
    finally:
        connection.hang_up()


def _check_status(status: int, target: Target) -> None:
    if status in _AGAIN or status >= 500:
        raise TransientError(f"{target.shown} answered HTTP {status}.", http_status=status)
    if status not in (200, 304):
        raise MediaRefused(f"{target.shown} answered HTTP {status}.", http_status=status)


def _body(response: http.client.HTTPResponse, target: Target, *, max_bytes: int) -> bytes:
    packed = response.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity", "gzip", "x-gzip"):
        raise MediaRefused(f"{target.shown} answered packed as {packed[:20]}, which nobody asked for.")
    # 16 more means that a gzip header stands before the data: https://docs.python.org/3/library/zlib.html
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS) if "gzip" in packed else None
    content, received = bytearray(), 0
    while chunk := response.read(_CHUNK):
        received += len(chunk)
        try:
            content += unpack.decompress(chunk, max_bytes + 1 - len(content)) if unpack else chunk
        except zlib.error as fault:
            raise MediaRefused(f"{target.shown} says that it is packed, and can't be unpacked.") from fault
        # What comes behind the packed data, or is packed nothing, makes no content, and is held all the same.
        if max(received, len(content)) > max_bytes:
            raise MediaRefused(f"{target.shown} is larger than {max_bytes:,} bytes, the most we read.")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(content)
