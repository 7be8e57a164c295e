"""The admin's own files: served without a step to collect them, and from the collected folder where there is one."""

import gzip
import re
import warnings
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.templatetags.static import static
from django.test import Client, override_settings

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


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """What `manage.py collectstatic` makes, by a site in production."""
    folder = tmp_path_factory.mktemp("gathered")
    with override_settings(STATIC_ROOT=folder, DEBUG=False):
        call_command("collectstatic", interactive=False, verbosity=0)
        yield folder


def test_what_is_collected_is_hashed_packed_and_kept_for_ever(gathered):
    name = static("autopost/admin.css")
    assert re.fullmatch(r"/static/autopost/admin\.[0-9a-f]{12}\.css", name)
    answer = Client().get(name, headers={"Accept-Encoding": "gzip"})
    packed = b"".join(answer.streaming_content)
    assert (answer["Content-Encoding"], "immutable" in answer["Cache-Control"]) == ("gzip", True)
    assert gzip.decompress(packed) == (gathered / name.removeprefix("/static/")).read_bytes()
    # A page that was opened before an upgrade asks by the name it knows, and others link without a hash.
    assert b"".join(Client().get("/static/autopost/admin.css").streaming_content) == gzip.decompress(packed)


def test_a_page_names_the_collected_files(gathered, db):
    page = Client().get("/admin/login/").content.decode()
    own = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page)
    assert own and [name for name in own if not re.search(r"\.[0-9a-f]{12}\.", name)] == []
    assert all(got(name) for name in own)


def test_without_collected_files_pages_name_them_as_they_are(collected):
    with override_settings(STATIC_ROOT=collected, DEBUG=False):
        assert static("autopost/admin.css") == "/static/autopost/admin.css"
