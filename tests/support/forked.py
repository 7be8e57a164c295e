"""Programs forked from a process that has Autopost imported; to the tests each is a ``subprocess.Popen``."""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Self

from tests.support.environment import ROOT

#: The server learns of a child's end by a descriptor that only Linux has, and not every Python for it.
POSSIBLE = hasattr(os, "pidfd_open") and hasattr(socket, "SOCK_SEQPACKET")


class Server:
    """The process that is forked: started for the first child, with that environment, and gone with this process.

    ``imports``: "autopost", or only "libraries"; see fork_server.
    """

    def __init__(self, environment: dict[str, str], imports: str = "autopost") -> None:
        self.environment, self._imports = environment, imports
        self._asking = threading.Lock()
        self._socket: socket.socket | None = None
        self.process: subprocess.Popen | None = None

    def start(self, words: list[str], environment: dict[str, str]) -> "Program":
        """A Python process that runs what stands behind ``python``."""
        message = json.dumps({"words": words, "environment": environment}).encode()
        ours, its = zip(os.pipe(), os.pipe(), os.pipe(), strict=True)
        try:
            with self._asking:
                self._socket = self._socket or self._started()
                socket.send_fds(self._socket, [message], its)
        finally:
            for end in its:
                os.close(end)
        return Program(words, *ours)

    def _started(self) -> socket.socket:
        ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            words = [sys.executable, "-m", "tests.support.fork_server", str(its.fileno()), self._imports]
            told = {"env": self.environment, "pass_fds": [its.fileno()], "stdin": subprocess.DEVNULL}
            self.process = subprocess.Popen(words, cwd=ROOT, **told)
        atexit.register(self._stop, ours)
        return ours

    def _stop(self, asked: socket.socket) -> None:
        asked.close()
        self.process.wait(timeout=20)


class Program:
    """A child of the server: what it says comes through pipes of ours, how it ended is told by the server."""

    def __init__(self, words: list[str], out: int, err: int, told: int) -> None:
        self.args, self.returncode = words, None
        self.stdout, self.stderr, self._told = open(out), open(err), open(told)  # noqa: SIM115 - as long as this
        self.pid = self._told_next()

    def _told_next(self) -> int:
        line = self._told.readline()
        if not line:
            raise RuntimeError("The process that children are forked from is gone; its error output says why.")
        return int(line)

    def _ended_within(self, seconds: float | None) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], seconds)[0]:
            self.returncode = self._told_next()
        return self.returncode

    def poll(self) -> int | None:
        """How it ended, or None while it runs."""
        return self._ended_within(0)

    def wait(self, timeout: float | None = None) -> int:
        """How it ended, once it has."""
        if self._ended_within(timeout) is None:
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """All that it says until it has ended."""
        until = time.monotonic() + (3600 if timeout is None else timeout)
        said = {self.stdout: b"", self.stderr: b""}
        speaking = set(said)
        while speaking:
            left = until - time.monotonic()
            if left <= 0:
                raise subprocess.TimeoutExpired(self.args, timeout or 0, said[self.stdout], said[self.stderr])
            for end in select.select(speaking, [], [], left)[0]:
                more = os.read(end.fileno(), 1 << 16)
                said[end] += more
                if not more:
                    speaking.remove(end)
        self.wait(max(0, until - time.monotonic()))
        return said[self.stdout].decode(), said[self.stderr].decode()

    def send_signal(self, sign: int) -> None:
        """As Popen: nothing is sent to what has ended."""
        if self.poll() is None:
            os.kill(self.pid, sign)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self.stdout.close()
        self.stderr.close()
        self.wait()
        self._told.close()
