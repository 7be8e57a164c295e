"""A receiver of events with the habits of real ones: good, slow, rude, down for a while, gone."""

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(ThreadingHTTPServer):
    """``heard``: the bodies it took, in their order; ``asked``: (headers, raw body) of every request.

    ``answer`` says what the next request is answered: a status, or "hang up"; ``slow`` seconds it waits before.
    """

    def __init__(self, answer: Callable[[int], int | str] | int = 200, *, slow: float = 0.0) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.answer = answer if callable(answer) else lambda _number: answer
        self.slow, self.heard, self.asked = slow, [], []

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}/hook"

    def __enter__(self) -> "Receiver":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append((dict(self.headers), body))
        time.sleep(self.server.slow)
        answer = self.server.answer(len(self.server.asked))
        if answer == "hang up":
            self.connection.close()
            return
        if answer < 300:
            self.server.heard.append(json.loads(body))
        self.send_response(answer)
        self.send_header("Content-Length", "0")
        if 300 <= answer < 400:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def do_GET(self) -> None:
        self.server.asked.append((dict(self.headers), b"followed"))
        self.send_error(404)

    def log_message(self, *_words: object) -> None:
        """Tests look at ``heard``."""
