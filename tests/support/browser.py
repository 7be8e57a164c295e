"""Fixtures that drive a real headless Chromium; a test that uses them carries ``@pytest.mark.browser``."""

import os
import shutil

import pytest
from django.conf import settings
from django.test import Client

WHAT_IS_MISSING = "There is no Chromium here: `apt-get install chromium`, or name one in CHROMIUM."
_VIEWPORT = {"width": 1440, "height": 900}
#: Debian's. The first lacks what shows pages on a screen, and takes a quarter less of the processor.
PACKAGES = ("chromium-headless-shell", "chromium")
#: Inside a container Chromium has no sandbox of its own to use, and /dev/shm is small. The headless shell fits letters
#: to the grid of pixels, which makes them wider than where pages are shown on a screen.
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--font-render-hinting=none"]
#: Where pytest-django's live server listens.
_HOST = "localhost"
_NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable")

#: What a page looks like depends on its theme, what it says on its language, and nothing on both.
in_both_looks = pytest.mark.parametrize(("theme", "language"), [("light", "en"), ("dark", "id")])


def chromium() -> str | None:
    """Where Debian's (or another) Chromium is, or None."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)


@pytest.fixture(scope="session")
def chrome():
    """One headless Chromium for the whole run, as Playwright's Browser."""
    if not chromium():
        pytest.skip(WHAT_IS_MISSING)
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous door runs an event loop in this thread; Django would refuse to touch the database in it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chrome, live_server):
    """An empty tab whose relative addresses mean the live server; a script that fails on the page fails the test."""
    context = chrome.new_context(base_url=live_server.url, viewport=_VIEWPORT, locale="en-GB")
    context.set_default_timeout(60_000)
    page = context.new_page()
    faults = []
    page.on("pageerror", lambda fault: faults.append(f"{fault}: {fault.stack}"))
    yield page
    context.close()
    assert not faults, f"Scripts failed on the page: {faults}"


@pytest.fixture
def editor(django_user_model):
    """A superuser named editor with the password "let me in"."""
    return django_user_model.objects.create_superuser("editor", "editor@example.com", "let me in")


@pytest.fixture
def desk(page, editor, live_server):
    """A tab in which the editor is logged in to the admin, and has opened no page yet."""
    log_in_on(page, editor, live_server.url)
    return page


def log_in_on(page, editor, address: str) -> None:
    """Begin the editor's session; that it can be typed is shown by test_log_in, and costs three pages more."""
    client = Client()
    client.force_login(editor)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def speak(page, language: str) -> None:
    """From the next page on the desk speaks it, whatever the browser asks for."""
    name = settings.LANGUAGE_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": language, "domain": _HOST, "path": "/"}])
