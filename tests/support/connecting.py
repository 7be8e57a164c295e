"""One browser that goes to a platform, presses there and comes back; and what it reads of the desk's pages."""

import html
import re

from connectors.sandbox.stage import person
from tests.support.logging_in import decide

HOME = "http://127.0.0.1:8000"
BASE = "/admin/connect"
HARIAN, OLAHRAGA, LAMA = person.PAGES
GRAM = "17841400000000101"
#: What is found at each platform, and one of it that can be ticked.
FOUND = {
    "facebook": ([HARIAN, OLAHRAGA, LAMA], HARIAN),
    "instagram": ([GRAM], GRAM),
    "telegram": (["-1001000000001", "-1001000000002"], "-1001000000001"),
    "twitter": (["kabarharian"], "kabarharian"),
}


class Person:
    """One browser: goes to the platform, presses there, comes back."""

    def __init__(self, client) -> None:
        self.client = client

    def away(self, platform, choice="allow", /, way="", **fields):
        """The address that the platform sends this person back to."""
        gone = self.client.get(f"{BASE}/{platform}/start", {"way": way} if way else {})
        assert gone.status_code == 302, gone.content.decode()
        return decide(gone["Location"], choice, **fields).removeprefix(HOME)

    def back(self, address):
        """The page behind a callback, once its address is clean."""
        answer = self.client.get(address)
        assert answer.status_code == 302 and "?" not in answer["Location"]
        return self.client.get(answer["Location"])

    def find(self, platform, choice="allow", /, **fields):
        if platform == "telegram":
            data = {"bot_token": "4242:sandbox-bot", **fields}
            return self.client.post(f"{BASE}/telegram/start", data, follow=True)
        return self.back(self.away(platform, choice, **fields))

    def connect(self, page, *addresses):
        """Tick and press; the page that says what became of it."""
        platform = page.wsgi_request.path.split("/")[3]
        number = re.search(r'name="number" value="(\d+)"', page.content.decode())[1]
        data = {"number": number, "place": addresses}
        return self.client.post(f"{BASE}/{platform}/callback", data, follow=True)


def found(page):
    return re.findall(r'data-found="([^"]+)"', page.content.decode())


def trouble(page):
    return re.findall(r'data-trouble="([^"]+)"', page.content.decode())


def words(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))
