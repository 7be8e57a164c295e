"""A server of feeds with the habits of real ones: it remembers dates, leads on, packs, stalls, and is down."""

import contextlib
import gzip
import threading
import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape


def rss(*numbers: int, title: str = "Feed", words: str = "Entry", date: str = "") -> bytes:
    """An RSS feed with these entries, in this order."""
    items = "".join(
        f"<item><title>{words} {number}</title><link>https://site.example/{number}</link><guid>g{number}</guid>"
        f"<pubDate>{date or formatdate(1_790_000_000 + 3600 * number)}</pubDate></item>"
        for number in numbers
    )
    return f'<rss version="2.0"><channel><title>{escape(title)}</title>{items}</channel></rss>'.encode()


class FeedHost(ThreadingHTTPServer):
    """``pages``: path → bytes, a status, or a path that it leads on to (with ``moves`` as the status).

    ``asked``: the headers of every request, by path; with ``remembers`` an ETag is given and obeyed.
    """

    def __init__(self, pages: dict[str, bytes | int | str] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.pages: dict[str, bytes | int | str] = dict(pages or {})
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.remembers, self.packs, self.moves, self.slow, self.media_type = (
            False,
            False,
            301,
            0.0,
            "application/rss+xml",
        )

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> "FeedHost":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()


class _Answering(BaseHTTPRequestHandler):
    server: FeedHost

    def do_GET(self) -> None:
        host, path = self.server, self.path.partition("?")[0]
        host.asked.append((path, {name.lower(): value for name, value in self.headers.items()}))
        page = host.pages.get(path, 404)
        time.sleep(host.slow)
        if isinstance(page, int):
            return self._say(page)
        if isinstance(page, str):
            return self._say(host.moves, Location=page)
        tag = f'"{hash(page)}"'
        if host.remembers and self.headers.get("If-None-Match") == tag:
            return self._say(304)
        more = {"ETag": tag, "Last-Modified": formatdate(1_790_000_000, usegmt=True)} if host.remembers else {}
        if host.packs:
            page, more = gzip.compress(page), more | {"Content-Encoding": "gzip"}
        return self._say(200, page, **{"Content-Type": host.media_type}, **more)

    def _say(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever asked may have had enough
            self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Quiet."""
