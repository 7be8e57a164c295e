"""A small web server on this machine for the length of a ``with``: the base of the pretended hosts beside it."""

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class LocalHost(ThreadingHTTPServer):
    """Listens on a free port of 127.0.0.1; ``asked`` is what its handler noted of every request."""

    def __init__(self, answering: type[BaseHTTPRequestHandler]) -> None:
        super().__init__(("127.0.0.1", 0), answering)
        self.asked: list = []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()


class Answering(BaseHTTPRequestHandler):
    """A handler that says whole answers and is quiet: tests look at ``asked``."""

    def say(self, status: int, content: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # whoever asked may have had enough
            self.wfile.write(content)

    def log_message(self, *_words: object) -> None:
        """Nothing."""
