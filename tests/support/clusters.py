"""Real clusters of workers, each in a process group of its own."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.workings import heartbeat
from tests.support import children
from tests.support.environment import ROOT

#: Where the moment of a process's start stands behind its name, in ticks of the system's clock.
_STARTED = 19


@contextlib.contextmanager
def clusters() -> Iterator[Callable[..., subprocess.Popen]]:
    """``start(**settings)`` starts one with this test's settings; all are gone after the block."""
    started = []

    def start(**more: str) -> subprocess.Popen:
        told = {"Q_WORKERS": "2", "LOG_LEVEL": "warning", "PULSE_SECONDS": "1", "WORKER_NAME": "this-host"} | more
        words = [sys.executable, "manage.py", "qcluster"]
        started.append(subprocess.Popen(words, cwd=ROOT, env=children.environment(**told), start_new_session=True))
        return started[-1]

    try:
        yield start
    finally:
        for process in started:
            with contextlib.suppress(ProcessLookupError):  # also what it has left behind
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def let_another_host_wait() -> None:
    """Somebody else waits for what comes due, for as long as a test lasts and a clock may be ahead."""
    longest = dispatch.ROLE_HOLD + heartbeat.MOST_AHEAD + heartbeat.SILENCE - timedelta(seconds=1)
    heartbeat.take_role(dispatch.WAITING_ROLE, now=timezone.now(), hold=longest, holder="another-host:1")


def until(happened: Callable[[], object], *, seconds: float, what: str) -> None:
    """Wait for it, and fail with ``what`` when it takes longer."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds, what
        time.sleep(0.1)


def guard(process: subprocess.Popen) -> int:
    """The number of the process that guards a cluster's workers."""
    return children_of(process.pid)[0]


def workers(process: subprocess.Popen, number: int = 2) -> list[int]:
    """Those of a cluster of so many: the first that its guard starts."""
    return children_of(guard(process))[:number]


def children_of(pid: int) -> list[int]:
    """Those that it has started and that are there, the oldest first: numbers begin anew behind the largest."""
    theirs = {process: told for process, told in _told().items() if told[1] == str(pid)}
    return sorted(theirs, key=lambda process: (int(theirs[process][_STARTED]), process))


def members(group: int) -> list[int]:
    """Those of its group of processes that have not ended, whoever looks after them by now."""
    told = _told().items()
    return sorted(process for process, (state, _parent, of, *_rest) in told if of == str(group) and state != "Z")


def _told() -> dict[int, list[str]]:
    """{process: its state, parent, group …}, read from /proc: a bare machine has no ps."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            # "pid (name) state ppid …"; the name may hold anything: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
            found[int(process.name)] = (process / "stat").read_text().rpartition(")")[2].split()
    return found


def stands_still(pid: int) -> bool:
    """Has it been stopped, rather than only told to?"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def is_over(pid: int) -> bool:
    """Has it ended, whether or not somebody has looked yet?"""
    try:
        told = Path(f"/proc/{pid}/stat").read_text()
    except OSError:  # also in the middle of reading
        return True
    return told.rpartition(")")[2].split()[0] == "Z"
