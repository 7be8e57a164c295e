"""A private MariaDB server for one run: on a free loopback port, in a temporary folder, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import ROOT
from tests.support.servers import Unavailable, end_of, free_port, stop

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
    # Short: a socket's path may have 107 characters.
    home = Path(tempfile.mkdtemp(prefix="autopost-db-"))
    try:
        with _running(programs, home) as port:
            yield f"mysql://root@127.0.0.1:{port}/autopost"
    finally:
        shutil.rmtree(home, ignore_errors=True)


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


@contextlib.contextmanager
def _running(programs: dict[str, str], home: Path) -> Iterator[int]:
    data, log, user = home / "data", home / "server.log", _owner(home)
    with log.open("w") as out:
        install = [programs["mariadb-install-db"], "--no-defaults", f"--datadir={data}", "--skip-test-db", *user]
        done = subprocess.run(
            [*install, "--auth-root-authentication-method=normal"], stdout=out, stderr=out, check=False
        )
        if done.returncode:
            raise Unavailable(f"mariadb-install-db failed:\n{end_of(log)}")
        port = free_port()
        server = subprocess.Popen(
            [programs["mariadbd"], "--no-defaults", f"--datadir={data}", f"--socket={home / 's'}", f"--port={port}",
             "--bind-address=127.0.0.1", f"--pid-file={home / 'pid'}", f"--tmpdir={home}", *user, *_OPTIONS],
            stdout=out,
            stderr=out,
        )  # fmt: skip
    try:
        _wait(server, port, log)
        yield port
    finally:
        stop(server)


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
