"""Photographs the desk for docs/screens: every page on a desktop and a phone, light and dark, English and Indonesian.

It starts `manage.py demo` on PORT and SANDBOX_PORT, logs in as the demonstration does, and stops it again. Needs
Chromium. Names of pages as arguments photograph those alone.
"""

import contextlib
import io
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.support.browser import FLAGS, WHAT_IS_MISSING, chromium
from tests.support.environment import ROOT

FOLDER = ROOT / "docs" / "screens"
#: {name of the file: address}; ``{item}`` is the newest item, ``{account}`` the first account, the rest is in _SOUGHT.
PAGES = {
    "today": "/admin/",
    "calendar": "/admin/queue/calendar/",
    "review": "/admin/queue/review/",
    "composer": "/admin/queue/queueitem/add/?from={item}",
    "item": "/admin/queue/queueitem/{item}/change/",
    "items": "/admin/queue/queueitem/",
    "album": "/admin/queue/queueitem/{album}/change/",
    "thread": "/admin/queue/post/{thread}/change/",
    "recall": "/admin/queue/queueitem/{album}/change/",
    "label": "/admin/queue/queueitem/add/?from={label}",
    "approvals": "/admin/queue/approvals/",
    "posts": "/admin/queue/post/",
    "accounts": "/admin/queue/platformaccount/",
    "account": "/admin/queue/platformaccount/{account}/change/",
    "connect": "/admin/connect/",
    "wording": "/admin/metrics/clicktotal/wordings/",
    "repeats": "/admin/queue/series/",
    "import": "/admin/queue/import/",
    "alerts": "/admin/queue/alert/",
    "me": "/admin/me/",
    "activity": "/admin/queue/activity/",
}
#: What is pressed before a page is photographed.
_PRESSED = {"recall": "[data-act=recall]", "label": "[data-view=look]"}
#: {name in an address: the table, and what of a sample's title finds its row}.
_SOUGHT = {
    "album": ("queueitem", "Tiga sudut kota"),
    "thread": ("post", "How we count"),
    "label": ("queueitem", "ronde malam"),
}
#: {suffix of the file: how the browser is set}. Each page in all of them would be 200 pictures nobody looks at.
LOOKS = {
    "": {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB"},
    "-dark": {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "color_scheme": "dark"},
    "-phone": {"viewport": {"width": 390, "height": 844}, "locale": "en-GB", "is_mobile": True, "has_touch": True},
    "-phone-id": {
        "viewport": {"width": 390, "height": 844},
        "locale": "id-ID",
        "is_mobile": True,
        "has_touch": True,
        "color_scheme": "dark",
    },
}
_QUALITY = 72
_READY = "Ctrl-C stops everything."


def main(only: list[str]) -> int:
    """Write the pictures; 1 when a page did not answer 200."""
    if not chromium():
        sys.exit(WHAT_IS_MISSING)
    if unknown := set(only) - set(PAGES):
        sys.exit(f"There is no page called {', '.join(sorted(unknown))}; known are {', '.join(PAGES)}.")
    FOLDER.mkdir(exist_ok=True)
    names = only or list(PAGES)
    with demonstration() as (site, *log_in), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        missing: set[str] = set()
        for suffix in LOOKS:
            missing |= {*_photograph(browser, names, site=site, suffix=suffix, log_in=log_in)}
        browser.close()
    for name in sorted(missing):
        sys.stderr.write(f"{name}: {PAGES[name]} did not answer 200\n")
    return 1 if missing else 0


@contextlib.contextmanager
def demonstration() -> Iterator[tuple[str, ...]]:
    """`manage.py demo` while it runs; the address, name and password that it prints. It stops its own processes."""
    words = [sys.executable, "manage.py", "demo"]
    running = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        printed = ""
        while _READY not in printed and (line := running.stdout.readline() if running.stdout else ""):
            printed += line
        found = re.search(r"(http\S+?)/admin/ +log in as (\S+) / (\S+)", printed)
        if not found:
            sys.exit("The demonstration did not come up; `make demo` says why.")
        yield found.groups()
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(timeout=60)


def _photograph(browser: Browser, names: list[str], *, site: str, suffix: str, log_in: list[str]) -> list[str]:
    context = browser.new_context(base_url=site, device_scale_factor=1, reduced_motion="reduce", **LOOKS[suffix])
    page = _logged_in(context, log_in)
    found = {"item": _first(page, "queueitem"), "account": _first(page, "platformaccount")}
    found |= {name: _first(page, *sought) for name, sought in _SOUGHT.items()}
    missing = []
    for name in names:
        answer = page.goto(PAGES[name].format(**found))
        if answer is None or answer.status != 200:
            missing.append(name)
            continue
        page.wait_for_load_state("networkidle")
        if name in _PRESSED and page.locator(_PRESSED[name]).first.is_visible():
            page.locator(_PRESSED[name]).first.click()
            page.wait_for_load_state("networkidle")
        picture = Image.open(io.BytesIO(page.screenshot()))
        picture.convert("RGB").save(FOLDER / f"{name}{suffix}.webp", quality=_QUALITY, method=6)
        sys.stdout.write(f"docs/screens/{name}{suffix}.webp\n")
    context.close()
    return missing


def _logged_in(context: BrowserContext, log_in: list[str]) -> Page:
    page = context.new_page()
    page.goto("/admin/login/?next=/admin/")
    page.fill("#id_username", log_in[0])
    page.fill("#id_password", log_in[1])
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")
    return page


def _first(page: Page, model: str, title: str = "") -> str:
    page.goto(f"/admin/queue/{model}/?{urlencode({'q': title})}" if title else f"/admin/queue/{model}/")
    link = page.locator(f"main a[href*='/queue/{model}/'][href*='/change/']").first.get_attribute("href") or ""
    return link.split(f"/{model}/")[1].split("/")[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
