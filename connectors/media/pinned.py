"""A connection to an address that was checked, cut off at its deadline.

No proxy is used even where the environment names one: a proxy would resolve the name again, out of our sight.
"""

import contextlib
import functools
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from urllib.parse import quote_from_bytes, urljoin

import certifi

from connectors.media.guard import MediaRefused, Target

CONNECT_SECONDS = 5


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

    def why(self, fault: Exception) -> str:
        """What people read of it: the same where its watch is first and where the socket's own time-out is."""
        late = self.was_cut.is_set() or isinstance(fault, TimeoutError)
        return "it took too long" if late else str(fault) or type(fault).__name__

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


def led_on(url: str, location: str) -> str:
    """Where a redirect leads from there, to be judged by the guard. Raises MediaRefused when nobody can read that."""
    try:
        return urljoin(url, location)
    except ValueError as fault:
        raise MediaRefused(f"The picture's address leads on to one that cannot be read: {fault}.") from fault


def as_sent(location: str) -> str:
    """What a server meant that wrote other letters than ASCII: http.client reads every byte as one letter."""
    raw = location.encode("latin-1")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return quote_from_bytes(raw, safe=bytes(range(0x80)))
