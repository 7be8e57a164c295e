"""A server that says exactly what a test tells it to, byte for byte, and remembers what it was asked."""

import contextlib
import json
import socket
import socketserver
import ssl
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from benchmarks.wire import certificate
from tests.support.servers import free_port

#: Where nobody listens.
closed_port = free_port


@dataclass(frozen=True)
class Asked:
    """One request as it came in; header names are lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes = field(repr=False, default=b"")

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


def answer(status: int = 200, content: object = None, *, body: bytes | None = None, **headers: str) -> bytes:
    """A whole HTTP answer. ``content`` is sent as JSON unless ``body`` is given; keyword names become headers."""
    body = json.dumps(content).encode() if body is None else body
    named = {"Content-Type": "application/json", "Content-Length": str(len(body)), "Connection": "close"}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Said\r\n{lines}\r\n".encode() + body


#: Answers that stop half-way: after each of them a creating call may or may not have done its work.
HALF_ANSWERS = {
    "hung up without a word": b"",
    "half a status line": b"HTTP/1.1 20",
    "headers only": b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n",
    "body cut short": b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 400\r\n\r\n{"id": "1',
    "chunk cut short": b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{"id": "1_2", "ok',
    "no HTTP at all": b"220 mail.example ESMTP ready\r\n",
    "not JSON": answer(body=b"<html>Everything is fine.</html>", Content_Type="text/html"),
    "JSON cut short": answer(body=b'{"id": "1_2"'),
    "an empty object": answer(content={}),
    "an empty list": answer(content=[]),
    "nothing at all": answer(body=b""),
    "null": answer(body=b"null"),
}


class RawServer(socketserver.ThreadingTCPServer):
    """Gives the answers in turn, the last one for ever. ``pause``: seconds before each answer.

    ``stays``: keeps the connection open after an answer and reads on, as servers do.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, *answers: bytes, pause: float = 0, stays: bool = False) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.answers, self.pause, self.stays = list(answers), pause, stays
        self.asked: list[Asked] = []
        self.connections = 0
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def next_answer(self) -> bytes:
        with self.lock:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def __enter__(self) -> "RawServer":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who hung up first is part of the test."""


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.server.connections += 1
        while (asked := self._read()) is not None:
            self.server.asked.append(asked)
            time.sleep(self.server.pause)
            self.wfile.write(self.server.next_answer())
            self.wfile.flush()
            if not self.server.stays:
                return

    def finish(self) -> None:
        super().finish()
        # An orderly end, so that the caller sees "closed" and not "reset".
        self.request.shutdown(socket.SHUT_RDWR)

    def _read(self) -> Asked | None:
        first = self.rfile.readline().decode("latin-1").split()
        if len(first) != 3:
            return None
        headers = {}
        while (line := self.rfile.readline().strip()) != b"":
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.strip().lower()] = value.strip()
        body = self.rfile.read(int(headers.get("content-length", 0)))
        return Asked(first[0], first[1], headers, body)


@contextlib.contextmanager
def listening(converse):
    """A port whose connections are handed to ``converse`` and closed after it."""

    class Conversation(socketserver.BaseRequestHandler):
        def handle(self):
            with contextlib.suppress(OSError):
                converse(self.request)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation) as server:
        # Else closing would wait for a conversation that never ends.
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def own_certificate(folder) -> ssl.SSLContext:
    """A server's context with a certificate for 127.0.0.1, made and signed by itself and kept in ``own.pem``."""
    certificate.written(folder / "own.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem")
    return context
