"""The demonstration's own environment and processes: nothing of the developer's data is touched."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import requests

#: Marks a process that already runs in the demonstration's environment.
MARK = "AUTOPOST_DEMO"
PATIENCE = 60.0


class StageFault(RuntimeError):
    """The demonstration can't start here; the sentence says why and what to do."""


def environment(home: Path, *, port: int, sandbox_port: int) -> dict[str, str]:
    """The environment of every process of the demonstration; settings of a real installation are overruled."""
    empty = (
        "TELEGRAM_ALERT_BOT_TOKEN",
        "TELEGRAM_ALERT_CHAT_ID",
        "BITLY_TOKEN",
        "ALLOWED_HOSTS",
        "HEARTBEAT_URL",
        "MAIL_SERVER",
    )
    own = {
        MARK: "1",
        "DEBUG": "true",
        "SANDBOX": "true",
        "PORT": str(port),
        "SANDBOX_PORT": str(sandbox_port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{home / 'demo.sqlite3'}",
        "MEDIA_ROOT": str(home / "media"),
        "MEDIA_ALLOWED_HOSTS": f"127.0.0.1:{sandbox_port}",
        "LOG_FILE": str(home / "demo.log"),
        "SECRET_KEY": "only-for-the-demonstration-on-this-machine",
        "CREDENTIALS_KEY": "",
        "Q_BROKER": "orm",
        "LINK_MODE": "go",
        "CARDS": "needed",
    }
    addresses = ("FACEBOOK_API_URL", "INSTAGRAM_API_URL", "TELEGRAM_API_URL", "X_API_URL", "BITLY_API_URL")
    pages = ("META_LOGIN_URL", "INSTAGRAM_LOGIN_URL", "INSTAGRAM_TOKEN_URL")
    stand_in = dict.fromkeys((*addresses, *pages), f"http://127.0.0.1:{sandbox_port}")
    # Empty, so that the sandbox' own are used: nobody logs in through an app of the real installation here.
    apps = [f"{app}_{part}" for app in ("META_APP", "INSTAGRAM_APP") for part in ("ID", "SECRET")]
    unset = (*empty, *apps, "X_API_KEY", "X_API_SECRET")
    return os.environ | dict.fromkeys(unset, "") | own | stand_in


def clear(home: Path) -> None:
    """A fresh start, so that the wall and the rows can be compared one to one."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)


def refuse_taken_ports(ports: dict[str, int]) -> None:
    """Raises StageFault naming the setting whose port somebody else listens on."""
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as fault:
                raise StageFault(f"Port {port} is taken. Choose another: `make demo {name}={port + 1}`.") from fault


@contextlib.contextmanager
def processes(home: Path, commands: dict[str, list[str]]) -> Iterator[dict[str, subprocess.Popen]]:
    """Start each command with its output in ``home``/<name>.out; stop all of them, by their ids, at the end."""
    running: dict[str, subprocess.Popen] = {}
    try:
        for name, command in commands.items():
            with (home / f"{name}.out").open("wb") as out:
                running[name] = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
        yield running
    finally:
        for child in running.values():
            _signal(child, signal.SIGTERM)
        for child in running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=8)
        for child in running.values():
            # The whole group: django-q2's workers outlive a parent that had to be killed.
            _signal(child, signal.SIGKILL)


def wait_for(address: str, child: subprocess.Popen, name: str) -> None:
    """Wait until ``address`` answers at all. Raises StageFault when the process ends first or takes too long."""
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        if child.poll() is not None:
            raise StageFault(f"{name} ended at once (exit {child.returncode}): see .demo/{name}.out.")
        with contextlib.suppress(requests.RequestException):
            requests.get(address, timeout=2)
            return
        time.sleep(0.1)
    raise StageFault(f"{name} did not answer within {PATIENCE:.0f} seconds: see .demo/{name}.out.")


def manage(*words: str) -> list[str]:
    """The command line of one of our management commands."""
    return [sys.executable, "manage.py", *words]


def _signal(child: subprocess.Popen, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
