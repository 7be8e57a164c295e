"""A deadline on reading a request's body, so that slow callers can't hold all threads of the web server.

The server's own time-out never meets a caller who sends a byte now and then, and one read waits until it has all it
asked for. So a thread ends the socket's reading side: the read that waits comes back short, and its caller gets
the reason. Under servers that hand out no socket (tests, ``runserver``) bodies are read as ever.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings

#: So much must arrive within BODY_TIMEOUT. Of larger uploads the rest may take longer, at so many bytes a second.
_FIRST, _A_SECOND = 1024 * 1024, 64 * 1024
_LOOK_EVERY_S = 0.25


class BodyDeadline:
    """Wraps the site: each request's body is read against the clock."""

    def __init__(self, application: Callable) -> None:
        self._application = application

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        """The site's answer."""
        line = environ.get("gunicorn.socket")
        announced = environ.get("CONTENT_LENGTH") or environ.get("HTTP_TRANSFER_ENCODING")
        if line is None or announced in (None, "0"):
            return self._application(environ, start_response)
        length = environ.get("CONTENT_LENGTH") or "0"
        expected = int(length) if length.isdecimal() else 0
        timed = TimedBody(environ["wsgi.input"], line, seconds=settings.BODY_TIMEOUT, expected=expected)
        environ["wsgi.input"] = timed
        try:
            return self._application(environ, start_response)
        finally:
            timed.done()


class TimedBody:
    """A body that must arrive in time. Reading raises TimeoutError when it did not, OSError for a broken one."""

    def __init__(self, body: Any, line: socket.socket, *, seconds: float, expected: int) -> None:
        self._body, self._line, self._seconds, self._expected = body, line, seconds, expected
        self._begun, self._received, self._late = time.monotonic(), 0, False
        self._is_watched = False

    def read(self, size: int | None = None) -> bytes:
        """At most so many bytes."""
        missing = max(0, self._expected - self._received)
        wanted = missing if size is None or size < 0 else min(size, missing)
        return self._timed(self._body.read, size, least=wanted)

    def readline(self, size: int | None = None) -> bytes:
        """One line of it."""
        return self._timed(self._body.readline, size)

    def readlines(self, hint: int | None = None) -> list[bytes]:
        """All its lines."""
        return self.read().splitlines(keepends=True)

    def __iter__(self):
        return iter(self.readline, b"")

    def done(self) -> None:
        """Nobody reads any more."""
        if self._is_watched:
            _watch.end(self)

    def _timed(self, take: Callable[[int | None], bytes], size: int | None, *, least: int = 0) -> bytes:
        if not self._is_watched:
            self._is_watched = True
            _watch.begin(self)
        try:
            taken = take(size)
        except Exception as fault:
            # The server has exceptions of its own for a chunk without a proper size and for a caller who hung up.
            raise self._in_our_words() from fault
        self._received += len(taken)
        if 0 < self._expected <= self._received:
            self.done()
        # Whoever hangs up half-way leaves half a form, which must not be taken for a whole one.
        if self._late or len(taken) < least:
            raise self._in_our_words()
        return taken

    def _in_our_words(self) -> OSError:
        self._body.failed = True  # for the server: what comes next on this line may be the rest of it
        late = "The body did not arrive in time."
        return TimeoutError(late) if self._late else OSError("The body was not sent as it was announced.")

    def is_late(self) -> bool:
        """Is its time over? Then its socket is read no more. Asked by the watch alone."""
        allowed = self._seconds + max(0, self._received - _FIRST) / _A_SECOND
        if self._begun + allowed > time.monotonic():  # much that came meanwhile bought it time
            return False
        self._late = True
        # Whoever hung up has ended the reading too.
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RD)
        return True


class _Watch:
    """One thread for all bodies that this process reads at the moment; without any it sleeps."""

    def __init__(self) -> None:
        self._bodies: set[TimedBody] = set()
        self._guard = threading.Lock()
        self._begun = threading.Condition(self._guard)
        self._thread: threading.Thread | None = None
        self._is_busy = self._some_came = False

    def begin(self, body: TimedBody) -> None:
        """Look at this one too."""
        with self._guard:
            self._bodies.add(body)
            if self._thread is None or not self._thread.is_alive():  # none lives on in a child
                self._thread = threading.Thread(target=self._look_for_ever, name="bodies", daemon=True)
                self._thread.start()
            elif not self._is_busy:
                self._begun.notify()
            self._is_busy = self._some_came = True

    def end(self, body: TimedBody) -> None:
        """It is read, or nobody reads it any more."""
        with self._guard:
            self._bodies.discard(body)

    def _look_for_ever(self) -> None:
        with self._guard:
            while True:
                # Waking it costs more than reading a small body: while some come it looks by the clock.
                if not self._is_busy:
                    self._begun.wait()
                self._begun.wait(_LOOK_EVERY_S)
                self._bodies = {body for body in self._bodies if not body.is_late()}
                self._is_busy, self._some_came = self._some_came or bool(self._bodies), False


_watch = _Watch()
