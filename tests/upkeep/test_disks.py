"""A disk that is full is said, instead of "all is well" while nothing can be written."""

import threading
import time

import pytest
from django.utils import timezone

from metrics import prometheus
from social_queue import tasks
from social_queue.upkeep import disks, doctor, health_report
from social_queue.workings import heartbeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticking():
    now = timezone.now()
    heartbeat.beat("tick", now=now)
    return now


@pytest.mark.parametrize(("free_mib", "word", "ok"), [(10, "full", False), (500, "low", True), (5000, "ok", True)])
def test_health_and_doctor_say_how_much_is_left(ticking, monkeypatch, free_mib, word, ok):
    monkeypatch.setattr(disks, "_left", lambda folder: free_mib * 2**20)
    told = health_report.report(ticking)
    assert (told["disk"], told["ok"]) == (word, ok)
    assert any(f"Only {free_mib} MiB are free" in words for words in doctor.problems(ticking)) is (word != "ok")


@pytest.mark.parametrize(("free_mib", "word", "ok"), [(10, "full", False), (500, "low", True), (5000, "ok", True)])
def test_a_host_without_a_web_process_says_it_by_its_workers(ticking, monkeypatch, settings, free_mib, word, ok):
    settings.WORKER_NAME = "far"
    with monkeypatch.context() as there:
        there.setattr(disks, "_left", lambda folder: free_mib * 2**20)
        tasks.pulse()
    settings.WORKER_NAME = "here"
    told = health_report.report(ticking)
    assert [(row["name"], row["disk"]) for row in told["worker"]["clusters"]] == [("far", word)]
    assert (told["disk"], told["ok"]) == ("ok", ok)
    said = [words for words in doctor.problems(ticking) if f"Only {free_mib} MiB" in words and "far" in words]
    assert bool(said) is (word != "ok")
    [family] = [one for one in prometheus.Desk(ticking).collect() if one.name == "autopost_worker_disk_free_bytes"]
    assert [(sample.labels["worker"], sample.value) for sample in family.samples] == [("far", free_mib * 2**20)]


def test_a_share_that_hangs_stops_no_pulse(ticking, monkeypatch, settings):
    settings.WORKER_NAME = "far"
    released = threading.Event()
    monkeypatch.setattr(disks, "least", lambda: released.wait(60) and 1)
    began = time.monotonic()
    for _ in range(2):
        tasks.pulse()
    assert time.monotonic() - began < 20
    assert list(heartbeat.clusters()) == ["far"] and heartbeat.rooms() == {}
    released.set()
    disks._Look.thread.join(20)
    monkeypatch.undo()
    settings.WORKER_NAME = "far"
    tasks.pulse()
    assert heartbeat.rooms()["far"] > 0


def test_the_folders_are_those_that_are_written(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media" / "not yet there"
    settings.CLICK_SPOOL = str(tmp_path / "clicks" / "clicks.jsonl")
    settings.LOG_FILE = str(tmp_path / "log" / "autopost.log")
    for name in ("media", "clicks", "log"):
        (tmp_path / name).mkdir()
    assert {tmp_path / name for name in ("media", "clicks", "log")} <= set(disks.folders())
    assert all(disks._left(folder) > 0 for folder in disks.folders())


def test_doctor_names_a_spool_that_cannot_be_written(ticking, settings, monkeypatch):
    settings.CLICK_SPOOL = "/proc/clicks.jsonl"
    monkeypatch.setattr(doctor.os, "access", lambda place, mode: str(place) != "/proc")
    assert any("CLICK_SPOOL" in words for words in doctor.problems(ticking))


def test_clicks_wait_where_the_service_may_write():
    """The guide sets MEDIA_ROOT; the code beside manage.py belongs to root there."""
    import os
    import subprocess
    import sys

    from tests.support.environment import ROOT

    told = {name: value for name, value in os.environ.items() if name != "CLICK_SPOOL"}
    told["MEDIA_ROOT"] = "/var/lib/autopost/media"
    words = [sys.executable, "-c", "from autopost_site import settings; print(settings.CLICK_SPOOL)"]
    done = subprocess.run(words, cwd=ROOT, env=told, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "/var/lib/autopost/var/clicks.jsonl"
