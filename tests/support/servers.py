"""What the private database servers have in common: a free port, a log to quote, and an end."""

import contextlib
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class Unavailable(Exception):
    """A server can't be had here; the sentence says what is missing and what to type."""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


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
