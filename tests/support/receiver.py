"""A receiver of events with the habits of real ones: good, slow, rude, down for a while, gone."""

import json
import time
from collections.abc import Callable

from tests.support.local_host import Answering, LocalHost


class Receiver(LocalHost):
    """``heard``: the bodies it took, in their order; ``asked``: (headers, raw body) of every request.

    ``answer`` says what the next request is answered: a status, or "hang up"; ``slow`` seconds it waits before.
    """

    def __init__(self, answer: Callable[[int], int | str] | int = 200, *, slow: float = 0.0) -> None:
        super().__init__(_Answering)
        self.answer = answer if callable(answer) else lambda _number: answer
        self.slow, self.heard = slow, []

    @property
    def url(self) -> str:
        return f"{super().url}/hook"


class _Answering(Answering):
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
        self.say(answer, **({"Location": "/elsewhere"} if 300 <= answer < 400 else {}))

    def do_GET(self) -> None:
        self.server.asked.append((dict(self.headers), b"followed"))
        self.send_error(404)
