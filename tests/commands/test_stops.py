"""What a command says that can't go on: what happened and what to do, and nothing of Python's inside."""

import os
import re
import socket
import subprocess
import sys

import pytest

from tests.support import environment

ROOT = environment.ROOT


def _run(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in environment.documented()}
    return subprocess.run(
        [sys.executable, *words],
        cwd=ROOT,
        env=kept | {"DATABASE_URL": "sqlite://:memory:"} | given,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("words", [("manage.py", "dispatch"), ("scripts/run.py",)], ids=["a command", "make run"])
@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"TIME_ZONE": "Mars"}, "The setting TIME_ZONE can't be used: 'Mars' is not a time zone such as Asia/Jakarta."),
        ({"DEBUG": "false"}, "SECRET_KEY must be set when DEBUG is false: any long random text, kept secret."),
    ],
    ids=["unknown", "missing"],
)
def test_a_wrong_setting_is_told_in_a_sentence_alone(words, setting, sentence):
    ended = _run(*words, **setting)
    assert ended.returncode == 1
    assert ended.stderr.startswith(sentence) and ended.stderr.count("\n") == 1, ended.stderr
    assert ".env.example" in ended.stderr


def test_times_that_do_not_agree_are_told_in_a_sentence_alone():
    ended = _run("manage.py", "dispatch", LEASE_SECONDS="100")
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
    assert ended.stderr.startswith("Q_TIMEOUT (180 s) must be less than LEASE_SECONDS (100 s)")


@pytest.mark.parametrize("command", ["dispatch", "migrate", "recall --item 1", "create_api_key generator"])
def test_a_database_that_is_away_is_told_in_a_sentence(command, tmp_path):
    (away := tmp_path / "desk.sqlite3").write_text("This is no database, and too long to be the beginning of one. " * 2)
    ended = _run("manage.py", *command.split(), DATABASE_URL=f"sqlite:///{away}")
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False), ended.stderr
    assert re.search(r"^The database can't be used: .+\. Look at DATABASE_URL.+\.$", ended.stderr, re.MULTILINE)


def test_a_database_server_that_is_away_is_told_on_one_line():
    pytest.importorskip("psycopg")
    ended = _run("manage.py", "retry_failed", DATABASE_URL="postgres://desk:a-secret@127.0.0.1:1/desk")
    assert (ended.returncode, ended.stderr.count("\n"), "a-secret" in ended.stderr) == (1, 1, False), ended.stderr
    assert ended.stderr.endswith("? Look at DATABASE_URL and whether the server runs.\n")


def test_tables_that_are_missing_are_told_with_the_command_that_makes_them(tmp_path):
    ended = _run("manage.py", "retry_failed", DATABASE_URL=f"sqlite:///{tmp_path}/desk.sqlite3")
    assert (ended.returncode, "Traceback" in ended.stderr) == (1, False), ended.stderr
    assert "no such table" in ended.stderr and "Run `manage.py migrate`." in ended.stderr


def test_whoever_wants_the_traceback_gets_it():
    assert "Traceback" in _run("manage.py", "dispatch", "--traceback", TIME_ZONE="Mars").stderr


def test_a_port_that_is_taken_is_told_with_what_to_type_next():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = _run("scripts/run.py", PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"Port {port} is taken") and "`make run PORT=" in ended.stderr, ended.stderr
