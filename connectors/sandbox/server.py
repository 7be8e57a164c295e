"""The local server: one port, a thread a connection, and the handle by which tests and commands hold it."""

import contextlib
import socket
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from connectors.sandbox.routes import answer_for
from connectors.sandbox.stage import x_links
from connectors.sandbox.stage.bodies import Unreadable, read_body
from connectors.sandbox.stage.exchange import Exchange, wait_for_the_caller_to_leave
from connectors.sandbox.stage.wire import Answer, HangUp, Request, Silence
from connectors.sandbox.stage.world import Call, Names, Posting, World, now


class _Handler(BaseHTTPRequestHandler):
    """Reads one request, lets the platform answer, writes the answer or loses it on purpose."""

    protocol_version = "HTTP/1.1"
    server_version = "AutopostSandbox"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 120
    server: "_Server"

    def _serve(self) -> None:
        world = self.server.world
        body = self._body()
        if body is None:
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, body)
        exchange = Exchange(world, request, Call(self.command, request.path, now()))
        try:
            self._write(answer_for(exchange), exchange)
        except HangUp:
            self._close()
        except Silence:
            with contextlib.suppress(OSError):
                wait_for_the_caller_to_leave(self.connection, world.stopping)
            self._close()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = _serve

    def _body(self) -> bytes | None:
        try:
            return read_body(self.rfile, self.headers)
        except Unreadable as refusal:
            self._bounce(refusal.status)
            return None

    def _bounce(self, status: int) -> None:
        self.close_connection = True
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.send_header("Connection", "close")
        self.end_headers()

    def _write(self, answer: Answer, exchange: Exchange) -> None:
        exchange.call.status = answer.status
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _close(self) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing: the calls are kept and shown by /_sandbox/calls.json."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(self, address: tuple[str, int], world: World) -> None:
        self.world = world
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller who hangs up is no error; anything else is one of ours and is shown."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class Sandbox:
    """The pretended platforms on one local port; ``port=0`` takes a free one.

    ``latency``: seconds that every platform call takes longer. ``names``: what the wall calls accounts. Use as a
    context manager, or ``start`` and ``stop``.
    """

    def __init__(
        self, port: int = 0, *, host: str = "127.0.0.1", latency: float = 0.0, names: Names | None = None
    ) -> None:
        self.world = World(latency, names)
        self._address = (host, port)
        self._server: _Server | None = None

    def start(self) -> "Sandbox":
        """Listen; returns itself. OSError when the port is taken."""
        server = self._open()
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True, name="sandbox").start()
        return self

    def serve_forever(self) -> None:
        """Listen in this thread until ``stop`` is called elsewhere or Ctrl-C is pressed."""
        server = self._server or self._open()
        try:
            server.serve_forever(0.01)
        finally:
            server.server_close()

    def _open(self) -> "_Server":
        x_links.get_ready()
        self.world.stopping.clear()
        self._server = _Server(self._address, self.world)
        host, port = self._server.socket.getsockname()[:2]
        self.world.url = f"http://{host}:{port}"
        return self._server

    def stop(self) -> None:
        """Stop listening and let go of every held connection; harmless when not started."""
        self.world.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> "Sandbox":
        return self.start()

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Scheme, host and port: what stands for every vendor's own address."""
        return self.world.url

    @property
    def wall(self) -> list[Posting]:
        """What is really out, oldest first; a copy."""
        with self.world.lock:
            return list(self.world.wall)

    @property
    def calls(self) -> list[Call]:
        """Every call made to a platform, oldest first; a copy."""
        with self.world.lock:
            return list(self.world.calls)

    def creating_calls(self, address: str | None = None) -> list[Call]:
        """The calls that could have created a post, answered well or not, at one address or at all."""
        return [call for call in self.calls if call.creates and address in (None, call.address)]

    def scenario(self, address: str, name: str, times: int | None = None, *, seconds: float | None = None) -> None:
        """Give an address a bad day: for its next ``times`` calls, or (None) until it is set to ``ok``."""
        self.world.scenarios.set(address, name, times=times, seconds=seconds)

    def faults(self, rates: Mapping[str, float], *, latency: float | None = None, seed: int | None = None) -> None:
        """Let creating calls fail at random, e.g. ``{"accept_then_500": 0.05}``; see ``scenarios.FAULTS``."""
        self.world.scenarios.set_faults(rates, seed=seed)
        if latency is not None:
            self.world.latency = latency

    def reset(self) -> None:
        """Empty the wall and forget calls, drafts, scenarios and faults."""
        self.world.reset()
