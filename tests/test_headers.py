"""What every answer tells browsers: which scripts may run, and that the site is to be had by https only."""

import subprocess
import sys

import pytest
from django.conf import settings

from tests.support.environment import ROOT, documented

pytestmark = pytest.mark.django_db
_POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-eval'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: https: http:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


@pytest.mark.parametrize(
    "path",
    ["/admin/login/", "/admin/", "/api/docs/", "/api/schema/", "/media/nothing.svg", "/static/autopost/admin.css"],
)
def test_every_answer_says_where_its_parts_may_come_from(admin_client, path):
    answer = admin_client.get(path)
    told = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert told == _POLICY


def test_the_page_of_the_api_holds_no_script_of_its_own(client):
    page = client.get("/api/docs/").content.decode()
    assert page.count("<script") == page.count("<script src=") > 1
    assert client.get("/api/docs/?script=")["Content-Type"].startswith("application/javascript")


def test_no_page_of_ours_handles_events_in_its_markup():
    pages = [*(ROOT / "templates").rglob("*.html")]
    assert len(pages) > 20
    found = [page.name for page in pages for word in ("onclick=", "onsubmit=", "onchange=") if word in page.read_text()]
    assert found == []


@pytest.mark.parametrize(("seconds", "told"), [(2_592_000, "max-age=2592000"), (0, None)])
def test_browsers_are_told_to_keep_to_https_by_an_answer_that_came_by_it(client, settings, seconds, told):
    settings.SECURE_HSTS_SECONDS = seconds
    assert client.get("/admin/login/", secure=True).get("Strict-Transport-Security") == told
    assert client.get("/admin/login/").get("Strict-Transport-Security") is None


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({"PUBLIC_BASE_URL": "https://desk.test"}, 2_592_000),
        ({"PUBLIC_BASE_URL": "http://desk.test"}, 0),
        ({"PUBLIC_BASE_URL": "https://desk.test", "HSTS_SECONDS": "0"}, 0),
    ],
)
def test_only_a_site_that_is_https_says_so(monkeypatch, given, seconds):
    if (ROOT / ".env").exists():
        pytest.skip("a .env of this machine speaks for what is not given")
    for name in documented():
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    asked = "from autopost_site import settings; print(settings.SECURE_HSTS_SECONDS)"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(told.stdout) == seconds


def test_a_public_address_in_another_script_is_used_as_browsers_and_platforms_send_it(monkeypatch):
    monkeypatch.setenv("DEBUG", "false")
    monkeypatch.setenv("PUBLIC_BASE_URL", "https://bücher.example/wärts/")
    for name, value in {"SECRET_KEY": "long", "CREDENTIALS_KEY": "A" * 43 + "=", "ALLOWED_HOSTS": ""}.items():
        monkeypatch.setenv(name, value)
    asked = "from autopost_site import settings as s; print(s.PUBLIC_BASE_URL, s.ALLOWED_HOSTS[-1])"
    told = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["https://xn--bcher-kva.example/w%C3%A4rts", "xn--bcher-kva.example"]


def test_cookies_of_an_https_site_never_travel_in_the_open():
    assert settings.SESSION_COOKIE_HTTPONLY and settings.SESSION_COOKIE_SAMESITE == "Lax"
