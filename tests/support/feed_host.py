"""A server of feeds with the habits of real ones: it remembers dates, leads on, packs, stalls, and is down."""

import gzip
import time
from email.utils import formatdate
from xml.sax.saxutils import escape

from tests.support.local_host import Answering, LocalHost


def rss(*numbers: int, title: str = "Feed", words: str = "Entry", date: str = "") -> bytes:
    """An RSS feed with these entries, in this order."""
    items = "".join(
        f"<item><title>{words} {number}</title><link>https://site.example/{number}</link><guid>g{number}</guid>"
        f"<pubDate>{date or formatdate(1_790_000_000 + 3600 * number)}</pubDate></item>"
        for number in numbers
    )
    return f'<rss version="2.0"><channel><title>{escape(title)}</title>{items}</channel></rss>'.encode()


class FeedHost(LocalHost):
    """``pages``: path → bytes, a status, or a path that it leads on to (with ``moves`` as the status).

    ``asked``: the headers of every request, by path; with ``remembers`` an ETag is given and obeyed.
    """

    def __init__(self, pages: dict[str, bytes | int | str] | None = None) -> None:
        super().__init__(_Answering)
        self.pages: dict[str, bytes | int | str] = dict(pages or {})
        self.remembers, self.packs, self.moves, self.slow = False, False, 301, 0.0
        self.media_type = "application/rss+xml"
        #: What follows behind a packed page.
        self.trails = b""


class _Answering(Answering):
    server: FeedHost

    def do_GET(self) -> None:
        host, path = self.server, self.path.partition("?")[0]
        host.asked.append((path, {name.lower(): value for name, value in self.headers.items()}))
        page = host.pages.get(path, 404)
        time.sleep(host.slow)
        if isinstance(page, int):
            return self.say(page)
        if isinstance(page, str):
            return self.say(host.moves, Location=page)
        tag = f'"{hash(page)}"'
        if host.remembers and self.headers.get("If-None-Match") == tag:
            return self.say(304)
        more = {"ETag": tag, "Last-Modified": formatdate(1_790_000_000, usegmt=True)} if host.remembers else {}
        if host.packs:
            page, more = gzip.compress(page) + host.trails, more | {"Content-Encoding": "gzip"}
        return self.say(200, page, **{"Content-Type": host.media_type}, **more)
