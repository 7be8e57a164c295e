"""What the private database servers have in common: a free port, a log to quote, and an end."""

import contextlib
import random
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: Below what Linux, macOS and the BSDs give, and above what services have.
#: https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html
_NEVER_GIVEN = (20_000, 32_000)
#: Told to programs of this process already.
_told: set[int] = set()


class Unavailable(Exception):
    """A server can't be had here; the sentence says what is missing and what to type."""


def free_port() -> int:
    """A port of this machine that nobody listens on, for a program that is told one.

    None of those that the system gives whoever asks for any: until the program has started, another test may.
    """
    while True:
        port = random.SystemRandom().randrange(*_NEVER_GIVEN)
        if port in _told:
            continue
        with socket.socket() as probe, contextlib.suppress(OSError):
            # As servers do: what still lies about of one that has ended is in nobody's way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            _told.add(port)
            return port


@contextlib.contextmanager
def short_home() -> Iterator[Path]:
    """A folder for its files, with a short name, since a socket's path may have 107 characters; gone afterwards."""
    home = Path(tempfile.mkdtemp(prefix="autopost-db-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def stop(server: subprocess.Popen, *, by: signal.Signals = signal.SIGTERM) -> None:
    """End the server, if need be by force."""
    server.send_signal(by)
    try:
        server.wait(timeout=20)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def end_of(log: Path) -> str:
    """The last lines of its log."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
