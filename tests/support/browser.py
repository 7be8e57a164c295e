"""Fixtures that drive a real headless Chromium; a test that uses them carries ``@pytest.mark.browser``."""

import os
import shutil

import pytest

WHAT_IS_MISSING = "There is no Chromium here: `apt-get install chromium`, or name one in CHROMIUM."
_VIEWPORT = {"width": 1440, "height": 900}
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


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
        # Inside a container Chromium has no sandbox of its own to use, and /dev/shm is small.
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def page(chrome, live_server):
    """An empty tab whose relative addresses mean the live server; a script that fails on the page fails the test."""
    context = chrome.new_context(base_url=live_server.url, viewport=_VIEWPORT, locale="en-GB")
    context.set_default_timeout(15_000)
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
def desk(page, editor):
    """A tab in which the editor has just logged in to the admin by typing."""
    log_in_on(page, editor)
    return page


def log_in_on(page, editor) -> None:
    """Type the editor's name and password."""
    page.goto("/admin/login/?next=/admin/")
    page.fill("#id_username", editor.username)
    page.fill("#id_password", "let me in")
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
