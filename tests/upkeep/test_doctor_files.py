"""`doctor` tries the files that settings name, not only their folders."""

import os

import pytest
from django.utils import timezone

from social_queue.upkeep import doctor
from social_queue.workings import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticking():
    now = timezone.now()
    heartbeat.beat("tick", now=now)
    return now


@pytest.fixture
def refused(monkeypatch):
    """``refused(path)``: from now on nobody may write there, which a test that runs as root can't bring about."""
    closed = set()
    real = os.access
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: str(path) not in closed and real(path, mode))
    return lambda path: closed.add(str(path))


def _names(setting: str, now) -> list[str]:
    return [words for words in doctor.problems(now) if words.startswith(setting)]


@pytest.mark.parametrize("setting", ["LOG_FILE", "CLICK_SPOOL"])
@pytest.mark.parametrize("name", ["kept.log", "folder"])
def test_a_file_that_can_not_be_written_is_named(ticking, settings, tmp_path, refused, setting, name):
    path = tmp_path / name
    path.mkdir() if name == "folder" else path.write_text("")
    setattr(settings, setting, str(path))
    if name != "folder":
        assert _names(setting, ticking) == []
        refused(path)
    [sentence] = _names(setting, ticking)
    assert str(path) in sentence


@pytest.mark.parametrize(
    ("setting", "lock"),
    [("LOG_FILE", ".__kept.lock"), ("CLICK_SPOOL", "kept.writing"), ("CLICK_SPOOL", "kept.booking")],
)
def test_a_lock_that_belongs_to_somebody_else_is_named(ticking, settings, tmp_path, refused, setting, lock):
    setattr(settings, setting, str(tmp_path / "kept.log"))
    (tmp_path / lock).write_text("")
    assert _names(setting, ticking) == []
    refused(tmp_path / lock)
    [sentence] = _names(setting, ticking)
    assert lock in sentence


def test_looking_makes_no_file(ticking, settings, tmp_path):
    settings.LOG_FILE, settings.CLICK_SPOOL = str(tmp_path / "a.log"), str(tmp_path / "var" / "clicks.jsonl")
    doctor.problems(ticking)
    assert list(tmp_path.iterdir()) == []
