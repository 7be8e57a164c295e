"""What systemd itself says of the units, and that the watch may do behind its fences what it is for."""

import re
import time
from collections.abc import Callable

from scripts.guide.machine import Machine
from scripts.guide.shell import Failed

_PLACE = "/etc/systemd/system"
#: What `systemd-analyze security` calls 2.9, of 10.
_MOST_EXPOSED = "29"
#: WatchdogSec, TimeoutAbortSec, RestartSec, and a slow machine.
_FROZEN_S = 150
_WATCH = "autopost-watch.service"


def verify(machine: Machine, say: Callable[[str], None]) -> None:
    """No word from `systemd-analyze verify`, and exposed below 3. Raises Failed."""
    names = sorted(file.name for file in (machine.root / _PLACE.lstrip("/")).glob("autopost-*.*") if file.is_file())
    said = machine.run("systemd-analyze", "verify", *(f"{_PLACE}/{name}" for name in names))
    if said:
        raise Failed(f"systemd-analyze verify: {said}")
    for name in (name for name in names if name.endswith(".service")):
        words = ("systemd-analyze", "security", "--offline=true", f"--threshold={_MOST_EXPOSED}", f"{_PLACE}/{name}")
        say(f"     {name}: exposure {re.findall(r'level for [^ ]+ ([0-9.]+)', machine.run(*words))[-1]}")


def watch(machine: Machine) -> None:
    """It starts a worker again, told that even a tick of this moment is old. Raises Failed."""
    command = next(
        line for line in machine.run("systemctl", "cat", _WATCH).splitlines() if line.startswith("ExecStart=")
    )
    impatient = machine.root / f"{_PLACE}/{_WATCH}.d/walk.conf".lstrip("/")
    impatient.parent.mkdir()
    impatient.write_text(f"[Service]\nExecStart=\n{command.replace('ticking 180', 'ticking 0')}\n")
    before = _main_process(machine)
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", _WATCH)
    if _main_process(machine) == before:
        raise Failed(f"{_WATCH} did not start a silent worker again:\n{machine.run('journalctl', '-n', '20')}")
    impatient.unlink()
    impatient.parent.rmdir()
    machine.run("systemctl", "daemon-reload")


def frozen(machine: Machine, say: Callable[[str], None]) -> None:
    """A worker whose processes all stand still is started anew by systemd itself. Raises Failed."""
    before, began = _main_process(machine), time.monotonic()
    machine.run("systemctl", "kill", "--signal=STOP", "autopost-worker")
    while _main_process(machine) in (before, "0\n"):
        if time.monotonic() - began > _FROZEN_S:
            raise Failed("a frozen worker is not started again")
        time.sleep(1)
    say(f"     a frozen worker was started again after {time.monotonic() - began:.0f} s")


def _main_process(machine: Machine) -> str:
    return machine.run("systemctl", "show", "--property=MainPID", "--value", "autopost-worker")
