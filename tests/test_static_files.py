"""The admin's own files: served without a step to collect them, and from the collected folder where there is one."""

import warnings
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client

ICON = "/static/autopost/icon.svg"


@pytest.fixture
def collected(settings, tmp_path):
    """A folder for collected files that is not there yet."""
    settings.STATIC_ROOT = tmp_path / "staticfiles"
    return settings.STATIC_ROOT


def got(path: str) -> bytes:
    answer = Client().get(path)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def test_a_site_that_never_collected_its_files_serves_them_and_is_not_warned(collected):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        WSGIHandler()
        assert got(ICON) == Path(finders.find("autopost/icon.svg")).read_bytes()
    assert not collected.exists()


@pytest.mark.parametrize("debug", [False, True])
def test_collected_files_are_served_too(settings, collected, debug):
    settings.DEBUG = debug
    collected.mkdir()
    (collected / "only-collected.txt").write_text("here")
    assert got("/static/only-collected.txt") == b"here"
