"""As much of a Redis server as a task queue needs, on a port that can be given up and taken again."""

import contextlib
import socketserver
import threading
from collections import defaultdict
from collections.abc import Iterator


class _Answers(socketserver.StreamRequestHandler):
    """https://redis.io/docs/latest/develop/reference/protocol-spec/"""

    def handle(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            while words := self._command():
                self.wfile.write(self._answer(words[0].upper(), words[1:]))

    def _command(self) -> list[bytes]:
        head = self.rfile.readline()
        words = []
        for _ in range(int(head[1:]) if head else 0):
            length = int(self.rfile.readline()[1:])
            words.append(self.rfile.read(length + 2)[:-2])
        return words

    def _answer(self, name: bytes, words: list[bytes]) -> bytes:
        lists, filled = self.server.lists, self.server.filled
        with filled:
            if name == b"RPUSH":
                lists[words[0]].append(words[1])
                filled.notify()
            if name in (b"RPUSH", b"LLEN"):
                return b":%d\r\n" % len(lists[words[0]])
            if name == b"BLPOP":
                filled.wait_for(lambda: lists[words[0]], timeout=float(words[1]))
                if not lists[words[0]]:
                    return b"_\r\n"
                parts = [words[0], lists[words[0]].pop(0)]
                return b"*2\r\n" + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        if name == b"HELLO":
            return b"%1\r\n$5\r\nproto\r\n:3\r\n"
        return b"+PONG\r\n" if name == b"PING" else b"+OK\r\n"


class FakeRedis(socketserver.ThreadingTCPServer):
    """``with FakeRedis() as server``; ``go_away`` hangs up on everybody and lets nobody in."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.lists, self.filled = defaultdict(list), threading.Condition()
        self.open: list = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """For Q_BROKER."""
        return f"redis://127.0.0.1:{self.server_address[1]}/0"

    def process_request(self, request, client_address) -> None:
        self.open.append(request)
        super().process_request(request, client_address)

    def go_away(self) -> None:
        """As a killed server does."""
        self.shutdown()
        self.server_close()
        for request in self.open:
            with contextlib.suppress(OSError):
                request.shutdown(2)


@contextlib.contextmanager
def fake_redis() -> Iterator[FakeRedis]:
    """A server that is gone after the block, if it was not before."""
    server = FakeRedis()
    try:
        yield server
    finally:
        server.go_away()
