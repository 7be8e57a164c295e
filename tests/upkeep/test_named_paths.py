"""Files and folders that settings name: where they are whoever asks, and what none of them may be."""

import os
import subprocess
import sys

import pytest

from tests.support import environment

ROOT = environment.ROOT
_PRINT = (
    "from autopost_site import settings as s; "
    "print(s.MEDIA_ROOT, s.CLICK_SPOOL, s.LOG_FILE, s.DATABASES['default']['NAME'])"
)


def _start(*, cwd=ROOT, **given: str) -> subprocess.CompletedProcess:
    kept = {key: value for key, value in os.environ.items() if key not in environment.documented()}
    told = kept | {"PYTHONPATH": str(ROOT)} | given
    return subprocess.run(
        [sys.executable, "-c", _PRINT], env=told, cwd=cwd, capture_output=True, text=True, check=False
    )


def test_a_relative_path_is_beside_manage_py_wherever_one_stands(tmp_path):
    given = {"MEDIA_ROOT": "kept", "CLICK_SPOOL": "late/clicks.jsonl", "LOG_FILE": "a.log"}
    started = _start(cwd=tmp_path, DATABASE_URL="sqlite:///rel.sqlite3", **given)
    expected = [ROOT / "kept", ROOT / "late" / "clicks.jsonl", ROOT / "a.log", ROOT / "rel.sqlite3"]
    assert started.stdout.split() == [str(path) for path in expected], started.stderr


def test_a_database_in_memory_stays_there(tmp_path):
    assert _start(cwd=tmp_path, DATABASE_URL="sqlite://:memory:").stdout.split()[-1] == ":memory:"


@pytest.mark.parametrize("root", [ROOT, ROOT.parent, "/"], ids=["the code", "above it", "everything"])
def test_a_media_root_that_holds_the_code_is_refused(root):
    started = _start(MEDIA_ROOT=str(root))
    assert "The setting MEDIA_ROOT can't be used" in started.stderr and "manage.py" in started.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///{0}/private/autopost.sqlite3"),
        ("CLICK_SPOOL", "{0}/var/clicks.jsonl"),
        ("LOG_FILE", "{0}/autopost.log"),
    ],
)
@pytest.mark.parametrize("shown", ["data", "leads/there"])
def test_a_media_root_that_holds_what_strangers_must_not_see_is_refused(tmp_path, name, value, shown):
    (tmp_path / "data" / "private").mkdir(parents=True)
    (tmp_path / "leads").mkdir()
    (tmp_path / "leads" / "there").symlink_to(tmp_path / "data")
    started = _start(MEDIA_ROOT=str(tmp_path / shown), **{name: value.format(tmp_path / "data")})
    assert "The setting MEDIA_ROOT can't be used" in started.stderr and name in started.stderr


def test_what_is_beside_the_pictures_is_not_within(tmp_path):
    (tmp_path / "media-old").mkdir()
    given = {"CLICK_SPOOL": f"{tmp_path}/media-old/clicks.jsonl", "LOG_FILE": f"{tmp_path}/media.log"}
    assert _start(MEDIA_ROOT=str(tmp_path / "media"), **given).returncode == 0


@pytest.mark.parametrize("name", ["CLICK_SPOOL", "LOG_FILE"])
def test_a_folder_where_a_file_is_meant_is_refused(tmp_path, name):
    started = _start(**{name: str(tmp_path)})
    assert f"The setting {name} can't be used: {tmp_path} is a folder" in started.stderr


def test_a_file_where_the_folder_of_pictures_is_meant_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    assert "The setting MEDIA_ROOT can't be used" in _start(MEDIA_ROOT=str(tmp_path / "file")).stderr
