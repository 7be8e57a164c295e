"""Things of a trial that can be taken away: servers, and a disk so small that it can be filled."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from tests.support.servers import free_port, stop


class Server(Protocol):
    """A database or broker that can be taken away."""

    def start(self) -> None:
        """Be there."""

    def stop(self) -> None:
        """As an upgrade does it."""

    def kill(self) -> None:
        """As the kernel does it."""


class Redis:
    """A Redis server of the trial's own, which keeps nothing."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        """Serve."""
        program = shutil.which("redis-server")
        if program is None:
            raise SystemExit("This fault needs redis-server: sudo apt-get install redis-server")
        words = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd="/tmp")

    def stop(self) -> None:
        """As an upgrade does it."""
        if self._process is not None:
            stop(self._process)

    def kill(self) -> None:
        """With all tasks that wait in it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextlib.contextmanager
def small_disk(megabytes: int, place: Path) -> Iterator[Path]:
    """A file system of that size; mounting one is root's."""
    place.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=777", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(words, check=False).returncode:
        raise SystemExit("This fault mounts a small file system (tmpfs), which only root may.")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)
