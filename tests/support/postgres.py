"""A private PostgreSQL server for one run: on a free loopback port, in a temporary folder, gone afterwards."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import ROOT
from tests.support.servers import Unavailable, end_of, free_port, stop

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
def private_server() -> Iterator[str]:
    """The server's address for DATABASE_URL while the block runs. Raises Unavailable."""
    programs = _programs()
    # Short: a socket's path may have 107 characters.
    home = Path(tempfile.mkdtemp(prefix="autopost-db-"))
    try:
        with _running(programs, home) as port:
            yield f"postgres://autopost@127.0.0.1:{port}/autopost"
    finally:
        shutil.rmtree(home, ignore_errors=True)


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


@contextlib.contextmanager
def _running(programs: dict[str, str], home: Path) -> Iterator[int]:
    data, log, owner = home / "data", home / "server.log", _owner(home)
    port = free_port()
    with log.open("w") as out:
        told = {"stdout": out, "stderr": out, "cwd": "/", **owner}
        install = [programs["initdb"], f"--pgdata={data}", "--auth=trust", "--username=autopost", "--no-sync"]
        if subprocess.run([*install, "--encoding=UTF8", "--locale=C.UTF-8"], check=False, **told).returncode:
            raise Unavailable(f"initdb failed:\n{end_of(log)}")
        settings = _OPTIONS | {"port": str(port), "unix_socket_directories": str(home)}
        # Into its file, where ALTER SYSTEM can still change them; a command line would have the last word.
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        server = subprocess.Popen([programs["postgres"], "-D", str(data)], **told)
    try:
        _wait(server, port, log)
        yield port
    finally:
        # A fast shutdown: connections are ended, not waited for.
        stop(server, by=signal.SIGINT)


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
