"""Hosts of a trial: process groups with folders, a name, a clock and a cable to the database of their own."""

import contextlib
import os
import signal
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ground import ROOT, child
from tests.support.cable import Cable

#: Clocks of real hosts differ by as much.
_OFF_S = (0.0, 0.4, -0.4)


@dataclass
class Host:
    """One of them, with a cluster that can be started, killed, frozen and thawed as a whole."""

    name: str
    env: dict[str, str]
    home: Path
    off_s: float
    cable: Cable | None = None
    cluster: subprocess.Popen | None = None

    def __post_init__(self) -> None:
        (self.home / "media").mkdir(parents=True)
        self._clock = self.home / "clock"
        self._clock.write_bytes(struct.pack("<d", self.off_s))
        self.env = self.env | {
            "MEDIA_ROOT": str(self.home / "media"),
            "CLICK_SPOOL": str(self.home / "clicks.jsonl"),
            "LOG_FILE": str(self.home / "autopost.log"),
            "WORKER_NAME": self.name,
            "HOST_CLOCK": str(self._clock),
            "PYTHONPATH": str(ROOT / "benchmarks" / "chaos" / "host_clock"),
        }
        if self.cable:
            before, _, name = self.env["DATABASE_URL"].rpartition("/")
            self.env["DATABASE_URL"] = f"{before.rpartition(':')[0]}:{self.cable.port}/{name}"

    def start(self) -> None:
        """A cluster with the settings as they come."""
        self.cluster = child("manage.py", "qcluster", env=self.env)

    def kill(self) -> None:
        """The power goes off."""
        if self.cluster is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.cluster.pid, signal.SIGKILL)
            self.cluster.wait()

    def freeze(self) -> None:
        """As a virtual machine that is moved."""
        os.killpg(self.running, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on where it was."""
        os.killpg(self.running, signal.SIGCONT)

    @property
    def running(self) -> int:
        """The number of its process group."""
        if self.cluster is None:
            raise RuntimeError(f"{self.name} was not started")
        return self.cluster.pid

    def set_clock(self, off_s: float) -> None:
        """Its clock is off by so many seconds; processes that run see it at once."""
        with self._clock.open("r+b") as file:
            file.write(struct.pack("<d", off_s))


@contextlib.contextmanager
def hosts(count: int, env: dict[str, str], home: Path, *, port: int | None = None) -> Iterator[list[Host]]:
    """So many, not started; ``port``: the database's, to which each has a cable that can be cut."""
    cables = [Cable(port) for _ in range(count)] if port else [None] * count
    made = [
        Host(f"host-{number + 1}", env, home / f"host-{number + 1}", _OFF_S[number % 3], cable)
        for number, cable in enumerate(cables)
    ]
    try:
        yield made
    finally:
        for host in made:
            host.kill()
        for cable in filter(None, cables):
            cable.close()
