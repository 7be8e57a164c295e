"""Whatever the site is started by: what can't be used is told in a line, nothing of Python's inside."""

import os
import shlex
import subprocess
import sys

import pytest

from tests.support.environment import ROOT, documented
from tests.support.servers import free_port

_PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
_BARE = "-m gunicorn autopost_site.wsgi --no-control-socket --log-level critical --bind 127.0.0.1:{port}"


def _python(line: str) -> str:
    """What a line of the Procfile hands to Python."""
    return line.removeprefix("exec .venv/bin/python ")


_DOORS = {
    **{name: _python(line) for name, line in _PROCFILE.items()},
    "bare gunicorn": _BARE,
    "runserver": "manage.py runserver {port}",
    "migrate": "manage.py migrate",
    "make run": "scripts/run.py",
}


def _start(words: str, **given: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in documented()}
    port = str(free_port())
    told = kept | {"DATABASE_URL": "sqlite://:memory:", "PORT": port} | given
    command = [sys.executable, *shlex.split(words.format(port=port))]
    return subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=120, check=False)


def _lines(ended: subprocess.CompletedProcess[str]) -> list[str]:
    assert ended.returncode not in (0, None)
    assert "Traceback" not in ended.stdout + ended.stderr, ended.stderr
    return [line for line in (ended.stdout + ended.stderr).splitlines() if line]


@pytest.mark.parametrize("door", _DOORS)
@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"LEASE_SECONDS": "100"}, "Q_TIMEOUT (180 s) must be less than LEASE_SECONDS (100 s)"),
        ({"TIME_ZONE": "Mars/Base"}, "The setting TIME_ZONE can't be used: 'Mars/Base' is not a time zone"),
    ],
    ids=["disagree", "unreadable"],
)
def test_every_door_tells_it_in_one_line(door, given, sentence):
    [line] = _lines(_start(_DOORS[door], **given))
    assert line.startswith(sentence) and ".env.example" in line


@pytest.mark.parametrize(
    ("setting", "value", "words"),
    [
        ("DATABASE_URL", "sqlite:///{0}/none/desk.sqlite3", "can't be used: the folder {0}/none is not there."),
        ("DATABASE_URL", "sqlite:///{0}/desk.sqlite3?foo=bar", "Look at DATABASE_URL"),
        ("DATABASE_URL", "sqlite:///{0}/desk.sqlite3", "Run `manage.py migrate`."),
        ("LOG_FILE", "{0}/none/a.log", "can't be used: the folder {0}/none is not there."),
        ("LOG_FILE", "/proc/version/a.log", "can't be used"),
        ("Q_BROKER", "redis://127.0.0.1:port", "has a port that is no number"),
    ],
)
def test_a_worker_without_what_it_needs_says_so_in_one_line(tmp_path, setting, value, words):
    [line] = _lines(_start(_DOORS["worker"], **{setting: value.format(tmp_path)}))
    assert words.format(tmp_path) in line


def test_a_file_of_settings_that_another_user_keeps_to_himself_is_named(tmp_path):
    """Root may read everything, so the refusal is made here."""
    (tmp_path / ".env").write_text("")
    (tmp_path / "refusing.py").write_text(
        "import builtins, errno, decouple, sys\n"
        "decouple.config.search_path = sys.path[0]\n"
        "def refuse(path, *rest, **more):\n"
        "    raise PermissionError(errno.EACCES, 'Permission denied', path)\n"
        "decouple.open = refuse\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "sys.argv = ['manage.py', 'check']\n"
        "import manage\n"
        "manage.main()\n"
    )
    [line] = _lines(_start(str(tmp_path / "refusing.py")))
    assert line.startswith(f"The file {tmp_path}/.env can't be read by this user: Permission denied.")


def test_what_asks_the_site_says_so_when_its_port_is_none(tmp_path):
    told = os.environ | {"PORT": "many"}
    for command in (["deploy/ticking", "180"], ["deploy/healthy", str(tmp_path / "alive")]):
        ended = subprocess.run(command, cwd=ROOT, env=told, capture_output=True, text=True, timeout=60, check=False)
        assert "many" in ended.stdout and ended.stderr == ""
