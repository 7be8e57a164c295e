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


class Unavailable(Exception):
    """A server can't be had here; the sentence says what is missing and what to type."""


#: The ports that the system hands out to whoever asks for any, and for the near end of each connection.
_HANDED_OUT = Path("/proc/sys/net/ipv4/ip_local_port_range")
_chance = random.SystemRandom()
#: Told to programs of this process already.
_told: set[int] = set()


def free_port() -> int:
    """A port of this machine that nobody listens on, for a program that is told one.

    One that the system hands out may be somebody else's before it is used: other tests ask for many a second.
    """
    others = [port for port in _beside_those_handed_out() if port not in _told]
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            # As servers do: what still lies about of one that has ended is in nobody's way.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", _chance.choice(others) if others else 0))
            port = int(probe.getsockname()[1])
            _told.add(port)
            return port


def _beside_those_handed_out() -> Iterator[int]:
    with contextlib.suppress(OSError):
        lowest, highest = map(int, _HANDED_OUT.read_text().split())
        yield from range(15_000, lowest)
        yield from range(highest + 1, 65_000)


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
