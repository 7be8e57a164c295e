"""A private MariaDB server for one run: on a free loopback port, in a temporary folder, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import ROOT
from tests.support.servers import Unavailable, end_of, free_port, short_home, stop

#: Without the packages around it: those would start a server of the whole machine.
PACKAGES = ("mariadb-server-core", "mariadb-client-core")
_START_WITHIN_S = 60
#: A throw-away server: nothing it holds must survive the power going off.
_OPTIONS = [
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=32M",
    "--performance-schema=OFF",
    "--max-connections=300",
    "--character-set-server=utf8mb4",
    "--skip-name-resolve",
]


@contextlib.contextmanager
def private_server() -> Iterator[str]:
    """The server's address for DATABASE_URL while the block runs. Raises Unavailable."""
    programs = _programs()
    with short_home() as home:
        server = Server(programs, home, *_OPTIONS)
        try:
            server.start()
            yield server.address
        finally:
            server.stop()


def _programs() -> dict[str, str]:
    if importlib.util.find_spec("MySQLdb") is None:
        raise Unavailable("the driver mysqlclient is missing: `make setup` says how to get it")
    for _ in range(2):
        found = {name: shutil.which(name, path=_PATH) for name in ("mariadbd", "mariadb-install-db")}
        if all(found.values()):
            return found
        subprocess.run([ROOT / "scripts" / "need-debian", *PACKAGES], check=False)
    raise Unavailable(f"the server is missing: sudo apt-get install {' '.join(PACKAGES)}")


_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class Server:
    """A server that may be stopped, killed and started again on the same port and the same rows."""

    def __init__(self, programs: dict[str, str], home: Path, *options: str) -> None:
        self._program, self._home, self._options = programs["mariadbd"], home, options
        self._user, self._log, self._process = _owner(home), home / "server.log", None
        self.port = free_port()
        self.address = f"mysql://root@127.0.0.1:{self.port}/autopost"
        install = [programs["mariadb-install-db"], "--no-defaults", f"--datadir={home / 'data'}", "--skip-test-db"]
        words = [*install, *self._user, "--auth-root-authentication-method=normal"]
        with self._log.open("a") as out:
            if subprocess.run(words, stdout=out, stderr=out, check=False).returncode:
                raise Unavailable(f"mariadb-install-db failed:\n{end_of(self._log)}")

    def start(self) -> None:
        """Serve; returns when it does. Raises Unavailable."""
        home = self._home
        with self._log.open("a") as out:
            self._process = subprocess.Popen(
                [self._program, "--no-defaults", f"--datadir={home / 'data'}", f"--socket={home / 's'}",
                 f"--port={self.port}", "--bind-address=127.0.0.1", f"--pid-file={home / 'pid'}", f"--tmpdir={home}",
                 *self._user, *self._options],
                stdout=out,
                stderr=out,
            )  # fmt: skip
        _wait(self._process, self.port, self._log)

    def stop(self) -> None:
        """As an upgrade does it."""
        if self._process is not None:
            stop(self._process)

    def kill(self) -> None:
        """As the kernel does when memory runs out."""
        self._process.kill()
        self._process.wait()


@contextlib.contextmanager
def restartable_server(home: Path | None = None) -> Iterator[Server]:
    """The same as ``private_server``, handed out itself and keeping what was committed when it is killed.

    ``home``: an empty folder for it.
    """
    with contextlib.nullcontext(home) if home else short_home() as place:
        server = Server(_programs(), place, *_OPTIONS, "--innodb-flush-log-at-trx-commit=2")
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _owner(home: Path) -> list[str]:
    """mariadbd does not serve as root: then the folder and the server belong to a lesser user."""
    if os.geteuid() != 0:
        return []
    names = {entry.pw_name for entry in pwd.getpwall()}
    name = "mysql" if "mysql" in names else "nobody"
    shutil.chown(home, name)
    return [f"--user={name}"]


def _wait(server: subprocess.Popen, port: int, log: Path) -> None:
    import MySQLdb

    until = time.monotonic() + _START_WITHIN_S
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(MySQLdb.Error):
            MySQLdb.connect(host="127.0.0.1", port=port, user="root").close()
            return
        time.sleep(0.1)
    raise Unavailable(f"the server did not start:\n{end_of(log)}")
