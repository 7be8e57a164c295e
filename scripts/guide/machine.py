"""A bare Debian with a systemd of its own, on this machine: a root by debootstrap in namespaces of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scripts.guide.shell import Failed, Shell

PROJECT = Path(__file__).resolve().parents[2]
#: What a server has on which somebody logs in: Debian's smallest, its init, and sudo.
_BARE = "ca-certificates,systemd,systemd-sysv,dbus,sudo,iproute2"
_NAMESPACES = ("--pid", "--mount", "--uts", "--ipc", "--net", "--cgroup", "--fork")
_SILENT = "DEBIAN_FRONTEND=noninteractive PIP_CERT=/etc/ssl/certs/ca-certificates.crt"
#: apt-get and pip need the world, everything else lives in a network of its own, where no port is taken.
_SUDO = """#!/bin/sh
case "$1" in
    apt-get | */pip) exec /usr/bin/sudo nsenter --net=/run/outside env {settings} "$@" ;;
    *) exec /usr/bin/sudo "$@" ;;
esac
"""


@dataclass(frozen=True)
class Source:
    """What a machine is made of: a suite of Debian, or a tar of a root that was made before; and where it lies."""

    suite: str
    place: str
    base: str = ""
    for_pip: str = ""


class Machine:
    """It runs until the block that made it ends; ``root`` is where its files lie."""

    def __init__(self, root: Path, log: Path) -> None:
        self.root, self.log = root, log
        self._group = _groups() / f"autopost-{root.name}"
        self._group.mkdir()
        boot = [str(Path(__file__).with_name("boot.sh")), str(root), str(self._group), str(os.getpid())]
        enter = f'echo $$ >"{self._group}/cgroup.procs"; exec unshare "$@"'
        with log.open("a") as out:
            self._outer = subprocess.Popen(
                ["sh", "-c", enter, "sh", *_NAMESPACES, "sh", *boot],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        self.init = self._wait_for_init()

    def _wait_for_init(self) -> int:
        until = time.monotonic() + 60
        while time.monotonic() < until and self._outer.poll() is None:
            children = Path(f"/proc/{self._outer.pid}/task/{self._outer.pid}/children").read_text().split()
            if children:
                state = subprocess.run(
                    ["nsenter", "-a", "-r", "-w", "-t", children[0], "systemctl", "is-system-running", "--wait"],
                    capture_output=True, text=True, check=False,
                )  # fmt: skip
                if state.stdout.strip() in ("running", "degraded"):
                    return int(children[0])
            time.sleep(0.3)
        raise Failed(f"the machine did not start:\n{self.log.read_text()[-2000:]}")

    def run(self, *words: str, check: bool = True) -> str:
        """What a program of the machine says, run there by root. Raises Failed."""
        done = subprocess.run(
            ["nsenter", "-a", "-r", "-w", "-t", str(self.init), *words], capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise Failed(f"{' '.join(words)}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def start_in_its_network(self, *words: str) -> subprocess.Popen:
        """A program of this machine that sees nothing of that one but its network."""
        words = ("nsenter", "--net", "-t", str(self.init), *words)
        return subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def shell(self) -> Shell:
        """A terminal of it, for somebody who may use sudo."""
        path = "PATH=/usr/local/bin:/usr/bin:/bin"
        place = ("HOME=/home/keeper", "USER=keeper", "TERM=dumb", "LANG=C.UTF-8", path)
        bash = ("bash", "--noprofile", "--norc", "--noediting", "-i")
        enter = ("nsenter", "-a", "-r", "-w", "-t", str(self.init), "setpriv", "--reuid=keeper", "--regid=keeper")
        words = [*enter, "--init-groups", "env", "-i", "-C", "/home/keeper", *place, *bash]
        return Shell(words, self.log, self.root / "home/keeper", seen_as="/home/keeper")

    def stop(self) -> None:
        """Pull the plug: with its first process all others of it end, and its mounts."""
        with contextlib.suppress(ProcessLookupError, AttributeError):
            os.kill(self.init, signal.SIGKILL)
        self._outer.kill()
        self._outer.wait()
        until = time.monotonic() + 10
        while self._group.exists() and time.monotonic() < until:  # the last processes take a moment to be gone
            for folder in sorted([self._group, *self._group.rglob("*/")], key=lambda path: -len(path.parts)):
                with contextlib.suppress(OSError):
                    folder.rmdir()
            time.sleep(0.1)


@contextlib.contextmanager
def bare(source: Source, log: Path) -> Iterator[Machine]:
    """A machine that nobody has touched yet, with somebody called keeper on it."""
    root = Path(tempfile.mkdtemp(prefix="autopost-guide-", dir=source.place))
    machine = None
    try:
        _fill(root, source, log)
        machine = Machine(root, log)
        machine.run("useradd", "--create-home", "--shell", "/bin/bash", "keeper")
        machine.run("nsenter", "--net=/run/outside", "apt-get", "update", "-q")
        yield machine
    finally:
        if machine:
            machine.stop()
        subprocess.run(["rm", "-rf", "--one-file-system", str(root)], check=False)


def _fill(root: Path, source: Source, log: Path) -> None:
    words = ["debootstrap", "--variant=minbase", f"--include={_BARE}", source.suite, str(root)]
    words = ["tar", "--extract", "--file", source.base, "--directory", str(root)] if source.base else words
    with log.open("a") as out:
        if subprocess.run(words, stdout=out, stderr=out, check=False).returncode:
            raise Failed(f"{words[0]} failed:\n{log.read_text()[-2000:]}")
    root.chmod(0o755)
    for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):
        (root / name).unlink(missing_ok=True)
        shutil.copy(f"/{name}", root / name)
    (root / "etc/hostname").write_text("guide\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost guide post.example.com\n")
    wrapper = root / "usr/local/bin/sudo"
    wrapper.write_text(_SUDO.format(settings=f"{_SILENT} {source.for_pip}"))
    wrapper.chmod(0o755)
    (root / "etc/sudoers.d/keeper").write_text("keeper ALL=(ALL:ALL) NOPASSWD: ALL\n")


def _groups() -> Path:
    """Where the second version of control groups is mounted, alone or beside the first."""
    kinds = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    found = [place for _, place, kind, *_ in kinds if kind == "cgroup2"]
    if not found:
        raise Failed("systemd needs control groups of version 2, and none are mounted here.")
    return Path(found[0])
