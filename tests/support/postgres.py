"""A private PostgreSQL server for one run: on a free loopback port, in a temporary folder, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import ROOT
from tests.support.servers import Unavailable, end_of, free_port, short_home, stop

PACKAGES = ("postgresql",)
_START_WITHIN_S = 60
#: A throw-away server: nothing it holds must survive the power going off.
_OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "64MB",
    "max_connections": "300",
    "autovacuum_naptime": "5min",
    "checkpoint_timeout": "30min",
    "max_wal_size": "2GB",
    "jit": "off",
    "listen_addresses": "127.0.0.1",
}
_NAMES = ("initdb", "postgres")


@contextlib.contextmanager
def private_server(*, autovacuum: bool = True) -> Iterator[str]:
    """The server's address for DATABASE_URL while the block runs. Raises Unavailable.

    Without ``autovacuum`` nothing comes between what a test lays down and how that is read.
    """
    with _running(_OPTIONS | {"autovacuum": "on" if autovacuum else "off"}) as server:
        yield server.address


@contextlib.contextmanager
def restartable_server(home: Path | None = None) -> Iterator["Server"]:
    """The same, handed out itself and keeping what was committed when it is killed; ``home``: an empty folder."""
    with _running(_OPTIONS | {"synchronous_commit": "on", "full_page_writes": "on"}, home) as server:
        yield server


@contextlib.contextmanager
def _running(options: dict[str, str], home: Path | None = None) -> Iterator["Server"]:
    programs = _programs()
    with contextlib.nullcontext(home) if home else short_home() as place:
        server = Server(programs, place, options)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _programs() -> dict[str, str]:
    if importlib.util.find_spec("psycopg") is None:
        raise Unavailable("the driver psycopg is missing: make setup")
    for _ in range(2):
        found = {name: shutil.which(name, path=_path()) for name in _NAMES}
        if all(found.values()):
            return found
        subprocess.run([ROOT / "scripts" / "need-postgres"], check=False)
    raise Unavailable(f"the server is missing: sudo apt-get install {' '.join(PACKAGES)}")


def _path() -> str:
    """Debian keeps the server's programs in a folder a version, the newest first here, and in nobody's PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda place: place.parent.name.zfill(4))
    return os.pathsep.join([*map(str, reversed(versions)), os.environ.get("PATH", "")])


class Server:
    """A server that may be stopped, killed and started again on the same port and the same rows."""

    def __init__(self, programs: dict[str, str], home: Path, options: dict[str, str]) -> None:
        self._program, self._data, self._log = programs["postgres"], home / "data", home / "server.log"
        self._told = {"cwd": "/", **_owner(home)}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = free_port()
        self.address = f"postgres://autopost@127.0.0.1:{self.port}/autopost"
        install = [programs["initdb"], f"--pgdata={self._data}", "--auth=trust", "--username=autopost", "--no-sync"]
        with self._log.open("a") as out:
            words = [*install, "--encoding=UTF8", "--locale=C.UTF-8"]
            if subprocess.run(words, stdout=out, stderr=out, check=False, **self._told).returncode:
                raise Unavailable(f"initdb failed:\n{end_of(self._log)}")
        settings = options | {"port": str(self.port), "unix_socket_directories": str(home)}
        # Into its file, where ALTER SYSTEM can still change them; a command line would have the last word.
        with (self._data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def start(self) -> None:
        """Serve; returns when it does. Raises Unavailable."""
        with self._log.open("a") as out:
            words = [self._program, "-D", str(self._data)]
            self._process = subprocess.Popen(words, stdout=out, stderr=out, **self._told)
        _wait(self._process, self.port, self._log)

    def stop(self) -> None:
        """As an upgrade does it: a fast shutdown, where connections are ended, not waited for."""
        if self._process is not None:
            stop(self._process, by=signal.SIGINT)

    def kill(self) -> None:
        """As the kernel does when memory runs out: the server and, which it does not take with it, its processes."""
        assert self._process is not None
        parent = self._process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        self._process.kill()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(child), signal.SIGKILL)
        self._process.wait()


def _owner(home: Path) -> dict[str, object]:
    """Neither initdb nor the server runs as root: then folder and processes belong to a lesser user."""
    if os.geteuid() != 0:
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    who = known.get("postgres") or known["nobody"]
    os.chown(home, who.pw_uid, who.pw_gid)
    return {"user": who.pw_uid, "group": who.pw_gid, "extra_groups": []}


def _wait(server: subprocess.Popen, port: int, log: Path) -> None:
    import psycopg

    until = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(host="127.0.0.1", port=port, user="autopost", dbname="postgres").close()
            return
        time.sleep(0.1)
    raise Unavailable(f"the server did not start:\n{end_of(log)}")
