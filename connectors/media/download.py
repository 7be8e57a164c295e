"""One guarded download: to a checked address, bounded in bytes and in seconds, redirects judged one by one."""

import http.client
import io
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import IO

from connectors.errors import TransientError
from connectors.media.guard import MediaRefused, Target, check
from connectors.media.pinned import Pinned, as_sent, cut_off_at, led_on
from connectors.texts.ascii_links import ascii_link

MOST_REDIRECTS = 3
_CHUNK = 64 * 1024
_HEADERS = {
    "User-Agent": "Autopost/1 (+self-hosted)",
    "Accept": "image/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


@dataclass(frozen=True)
class Terms:
    """What is taken at most: so many bytes, in so many seconds."""

    bytes: int
    seconds: float


def download(url: str, *, max_bytes: int, allowed_hosts: Iterable[str] = (), timeout: float = 20) -> tuple[bytes, str]:
    """What stands at the address, and at which one in the end, in ASCII.

    It is at most ``max_bytes`` and comes in at most ``timeout`` seconds, all redirects included; only the resolver is
    outside the time limit. Raises as ``save``.
    """
    content, terms = io.BytesIO(), Terms(max_bytes, timeout)
    found_at = save(url, content, terms=lambda _start: terms, allowed_hosts=allowed_hosts)
    return content.getvalue(), found_at


def save(url: str, file: IO[bytes], *, terms: Callable[[bytes], Terms], allowed_hosts: Iterable[str] = ()) -> str:
    """Write what stands at the address into ``file``; returns at which one in the end, in ASCII.

    ``terms``: by the first bytes, none of them until they are there. Raises MediaRefused (guard, size, HTTP 3xx/4xx)
    or TransientError (network, HTTP 5xx, 408 and 429, too slow).
    """
    allowed_hosts = tuple(allowed_hosts)
    begun = time.monotonic()
    for _hop in range(MOST_REDIRECTS + 1):
        target = check(url, allowed_hosts=allowed_hosts)
        onward = _one_hop(target, file, terms, begun=begun)
        if onward is None:
            return ascii_link(url)
        url = led_on(url, onward)
    raise MediaRefused(f"{target.shown} is not fetched: it leads on through more than {MOST_REDIRECTS} redirects.")


def _one_hop(target: Target, file: IO[bytes], terms: Callable[[bytes], Terms], *, begun: float) -> str | None:
    """Where it leads on, or None once the content is in ``file``."""
    deadline = begun + terms(b"").seconds
    connection = Pinned(target, deadline)
    try:
        with cut_off_at(deadline, connection):
            connection.request("GET", target.resource, headers=_HEADERS | {"Host": target.host_header})
            response = connection.answer = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308) and response.headers["Location"]:
                return as_sent(response.headers["Location"])
            _check_status(response.status, target)
            start = response.read(_CHUNK)
        agreed = terms(start)
        with cut_off_at(begun + agreed.seconds, connection):
            _read(response, target, file, start=start, most=agreed.bytes)
        if connection.was_cut.is_set():
            raise TimeoutError("it took too long")
    except (OSError, http.client.HTTPException) as fault:
        raise TransientError(f"{target.shown} could not be downloaded: {connection.why(fault)}.") from fault
    finally:
        connection.hang_up()
    return None


def _check_status(status: int, target: Target) -> None:
    """Raise what a status other than 200 means."""
    if status in (408, 425, 429) or status >= 500:
        raise TransientError(f"{target.shown} answered HTTP {status}.", http_status=status)
    if status != 200:
        raise MediaRefused(f"{target.shown} answered HTTP {status} instead of a picture.", http_status=status)


def _read(response: http.client.HTTPResponse, target: Target, file: IO[bytes], *, start: bytes, most: int) -> None:
    received, chunk = 0, start
    too_big = MediaRefused(f"{target.shown} is larger than {most:,} bytes, the most we download.")
    if len(start) + (response.length or 0) > most:
        raise too_big
    while chunk:
        received += len(chunk)
        if received > most:
            raise too_big
        file.write(chunk)
        chunk = response.read(_CHUNK)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
