"""One guarded download: connected to a checked address, bounded in bytes and in seconds, redirects judged one by one.

No proxy is used even where the environment names one: a proxy would resolve the name again, out of our sight.
"""

import contextlib
import functools
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from urllib.parse import quote_from_bytes, urljoin

import certifi

from connectors.errors import TransientError
from connectors.media.guard import MediaRefused, Target, check
from connectors.texts.ascii_links import ascii_link

MOST_REDIRECTS = 3
CONNECT_SECONDS = 5
_CHUNK = 64 * 1024
_HEADERS = {
    "User-Agent": "Autopost/1 (+self-hosted)",
    "Accept": "image/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
}


def download(url: str, *, max_bytes: int, allowed_hosts: Iterable[str] = (), timeout: float = 20) -> tuple[bytes, str]:
    """What stands at the address, and at which one in the end, in ASCII.

    It is at most ``max_bytes`` and comes in at most ``timeout`` seconds, all redirects included; only the resolver is
    outside the time limit. Raises MediaRefused (guard, size, HTTP 3xx/4xx) or TransientError (network, HTTP 5xx, 408
    and 429, too slow).
    """
    allowed_hosts = tuple(allowed_hosts)
    deadline = time.monotonic() + timeout
    for _hop in range(MOST_REDIRECTS + 1):
        target = check(url, allowed_hosts=allowed_hosts)
        found = _one_hop(target, max_bytes=max_bytes, deadline=deadline)
        if isinstance(found, bytes):
            return found, ascii_link(url)
        url = urljoin(url, found)
    raise MediaRefused(f"{target.shown} is not fetched: it leads on through more than {MOST_REDIRECTS} redirects.")


def _one_hop(target: Target, *, max_bytes: int, deadline: float) -> bytes | str:
    """The content, or the address of the next hop."""
    connection = Pinned(target, deadline)
    try:
        with cut_off_at(deadline, connection):
            connection.request("GET", target.resource, headers=headers(target))
            response = connection.answer = connection.getresponse()
            if response.status in (301, 302, 303, 307, 308) and response.headers["Location"]:
                return as_sent(response.headers["Location"])
            check_status(response.status, target)
            content = _read(response, target, max_bytes=max_bytes)
        if connection.was_cut.is_set():
            raise TimeoutError("it took too long")
        return content
    except (OSError, http.client.HTTPException) as fault:
        said = "it took too long" if connection.was_cut.is_set() else (str(fault) or type(fault).__name__)
        raise TransientError(f"{target.shown} could not be downloaded: {said}.") from fault
    finally:
        connection.hang_up()


def as_sent(location: str) -> str:
    """What a server meant that wrote other letters than ASCII: http.client reads every byte as one letter."""
    raw = location.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote_from_bytes(raw, safe=bytes(range(0x80)))


def headers(target: Target) -> dict[str, str]:
    """What a download is asked for with."""
    return {**_HEADERS, "Host": target.host_header}


def check_status(status: int, target: Target) -> None:
    """Raise what a status other than 200 means."""
    if status in (408, 425, 429) or status >= 500:
        raise TransientError(f"{target.shown} answered HTTP {status}.", http_status=status)
    if status != 200:
        raise MediaRefused(f"{target.shown} answered HTTP {status} instead of a picture.", http_status=status)


def _read(response: http.client.HTTPResponse, target: Target, *, max_bytes: int) -> bytes:
    too_big = MediaRefused(f"{target.shown} is larger than {max_bytes:,} bytes, the most we download.")
    if (response.length or 0) > max_bytes:
        raise too_big
    content = bytearray()
    while chunk := response.read(_CHUNK):
        content += chunk
        if len(content) > max_bytes:
            raise too_big
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    return bytes(content)


class Pinned(http.client.HTTPConnection):
    """Connects to the addresses that were checked; the certificate must still be the host's."""

    def __init__(self, target: Target, deadline: float) -> None:
        super().__init__(target.host, target.port)
        self.was_cut = threading.Event()
        self.line: socket.socket | None = None
        self.answer: http.client.HTTPResponse | None = None
        self._target = target
        self._deadline = deadline

    def connect(self) -> None:
        """Try the checked addresses one after the other; raises the last one's OSError."""
        fault: OSError = TimeoutError("it took too long")
        for ip in self._target.ips:
            left = self._deadline - time.monotonic()
            if left <= 0:
                break
            try:
                self.line = socket.create_connection((ip, self.port), timeout=min(CONNECT_SECONDS, left))
                break
            except OSError as error:
                fault = error
        if self.line is None:
            raise fault
        self.line.settimeout(max(0.1, self._deadline - time.monotonic()))
        if self._target.scheme == "https":
            self.line = _tls().wrap_socket(self.line, server_hostname=self.host)
        self.sock = self.line

    def cut(self) -> None:
        """Let go of the line, from another thread; whoever reads from it gets an end or an error."""
        self.was_cut.set()
        if self.line is not None:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(self.line, socket.SHUT_RDWR)

    def hang_up(self) -> None:
        """Be done with it. An answer that was not read to its end would keep the line open."""
        if self.answer is not None:
            self.answer.close()
        self.close()
        if self.line is not None:
            self.line.close()


@functools.cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certifi.where())


@contextlib.contextmanager
def cut_off_at(deadline: float, connection: Pinned) -> Iterator[None]:
    """Cut the line at the deadline: a socket's own time-out restarts with every byte, so a drip outlives it."""
    watch = threading.Timer(max(0.0, deadline - time.monotonic()), connection.cut)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
