"""Callers who take their time, over real sockets, under the web server that production uses."""

import json
import socket
import threading
import time
from contextlib import ExitStack, closing

import pytest
import requests

from autopost_site import slow_bodies
from social_queue.access import keys
from social_queue.models import QueueItem, WebhookLog
from tests.factories import make_account
from tests.support.webserver import serving

pytestmark = pytest.mark.django_db(transaction=True)

#: What the server of these tests allows; far below the product's own.
ALLOWED_S = 2
#: Without a limit each of these callers would take longer.
PATIENCE_S = 60
GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p"}


@pytest.fixture(scope="module")
def server(django_db_setup):
    """One process of four threads, which waits two seconds for a body."""
    with serving(workers=1, threads=4, BODY_TIMEOUT=str(ALLOWED_S)) as port:
        yield port


@pytest.fixture
def bot():
    return keys.issue("bot")[1]


def _head(path: str, *, length: int | None, key: str = "", kind: str = "application/json", cookie: str = "") -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}"]
    lines += [f"Content-Length: {length}"] if length is not None else ["Transfer-Encoding: chunked"]
    lines += [f"Authorization: Bearer {key}"] if key else []
    lines += [f"Cookie: {cookie}"] if cookie else []
    return "\r\n".join([*lines, "", ""]).encode()


def _drip(port: int, head: bytes, piece: bytes, *, every: float = 0.3) -> tuple[int, dict, float]:
    """Send a piece now and then until there is an answer: (status, its JSON, seconds that it took)."""
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as line:
        line.sendall(head)
        stop = threading.Event()
        dripping = threading.Thread(target=_keep_dripping, args=(line, piece, every, stop))
        dripping.start()
        try:
            answer = _answer(line)
        finally:
            stop.set()
            dripping.join()
    status = int(answer.split(b" ", 2)[1])
    assert b"\r\nConnection: close\r\n" in answer, "it is read no more, so nothing more may be sent on it"
    body = answer.partition(b"\r\n\r\n")[2]
    return status, json.loads(body) if body.startswith(b"{") else {}, time.monotonic() - begun


def _keep_dripping(line: socket.socket, piece: bytes, every: float, stop: threading.Event) -> None:
    while not stop.wait(every):
        try:
            line.sendall(piece)
        except OSError:
            return


def _answer(line: socket.socket) -> bytes:
    got = b""
    while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < _length(got):
        piece = line.recv(65536)
        if not piece:
            break
        got += piece
    return got


def _length(got: bytes) -> int:
    named = [row for row in got.lower().split(b"\r\n") if row.startswith(b"content-length:")]
    return int(named[0].partition(b":")[2]) if named else 0


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (_head("/api/autopost/webhook/nobody", length=1000), b"x"),
        (_head("/api/autopost/webhook/nobody", length=1024 * 1024), b"x" * 500),
        (_head("/api/autopost/webhook/nobody", length=None), b"1\r\nx\r\n"),
        (_head("/api/autopost/webhook/nobody", length=None), b"1"),
    ],
    ids=["bytes", "pieces", "chunks", "half a chunk's size"],
)
def test_a_delivery_that_drips_is_told_so_in_time_and_leaves_no_row(server, head, piece):
    status, body, seconds = _drip(server, head, piece)
    assert (status, body["error"]["code"]) == (408, "too_slow")
    assert ALLOWED_S * 0.9 < seconds < PATIENCE_S
    assert not WebhookLog.objects.exists()


def test_a_generator_that_drips_is_told_so_too(server, bot):
    status, body, _ = _drip(server, _head("/api/autopost/ingest", length=1000, key=bot), b"x")
    assert (status, body["error"]["code"]) == (408, "too_slow")
    assert not QueueItem.objects.exists()


def test_a_form_that_drips_is_not_taken_for_whole(server):
    form = b"csrfmiddlewaretoken=" + b"a" * 32 + b"&username=admin&password=x"
    head = _head("/admin/login/", length=5000, kind="application/x-www-form-urlencoded", cookie=f"csrftoken={'a' * 32}")
    status, _body, seconds = _drip(server, head + form, b"x")
    assert status == 403
    assert seconds < PATIENCE_S


def test_whoever_sends_with_a_pause_within_the_time_is_served(server, bot):
    make_account("facebook", slug="fb-page")
    raw = json.dumps(GOOD).encode()
    with ExitStack() as held:
        line, answer = _in_two_pieces(held, server, _head("/api/autopost/ingest", length=len(raw), key=bot), raw)
        assert answer.startswith(b"HTTP/1.1 201")
        time.sleep(ALLOWED_S * 1.5)  # the deadline is over with the request: the line may be used again
        line.sendall(_head("/api/autopost/ingest", length=len(raw), key=bot) + raw)
        assert _answer(line).startswith(b"HTTP/1.1 201")


def _in_two_pieces(held: ExitStack, port: int, head: bytes, raw: bytes) -> tuple[socket.socket, bytes]:
    """The line and the answer. Where this machine made the pause too long, it is sent once more."""
    for _try in range(10):
        line = held.enter_context(closing(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)))
        begun = time.monotonic()
        line.sendall(head + raw[:10])
        time.sleep(ALLOWED_S / 4)
        line.sendall(raw[10:])
        answer = _answer(line)
        if time.monotonic() - begun < ALLOWED_S:
            break
    return line, answer


def test_a_dozen_slow_callers_do_not_keep_others_out(server):
    with ExitStack() as held:
        for _ in range(12):
            line = held.enter_context(closing(socket.create_connection(("127.0.0.1", server), timeout=PATIENCE_S)))
            line.sendall(_head("/api/autopost/webhook/nobody", length=1000) + b"x")
        # Twelve callers on four threads are three rounds.
        answer = requests.get(f"http://127.0.0.1:{server}/health?ready", timeout=PATIENCE_S)
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/autopost/webhook/nobody", "/api/autopost/ingest"])
def test_whoever_hangs_up_half_way_has_sent_nothing(server, bot, path):
    raw = json.dumps(GOOD).encode()
    with socket.create_connection(("127.0.0.1", server), timeout=PATIENCE_S) as line:
        line.sendall(_head(path, length=len(raw) + 1, key=bot) + raw)
        line.shutdown(socket.SHUT_WR)
        assert _answer(line).startswith(b"HTTP/1.1 400")
    assert not WebhookLog.objects.exists() and not QueueItem.objects.exists()


@pytest.mark.parametrize("size", [b"zz", b"-5", b"", b"5;=", b"5 5", b"ffffffffffffffffffffff\r\nx"])
def test_a_chunk_without_a_proper_size_is_the_callers_fault(server, size):
    with socket.create_connection(("127.0.0.1", server), timeout=PATIENCE_S) as line:
        line.sendall(_head("/api/autopost/webhook/nobody", length=None) + size + b"\r\n\r\n")
        line.shutdown(socket.SHUT_WR)
        answer = _answer(line)
    assert answer.split(b" ", 2)[1] == b"400"
    assert b'"unreadable"' in answer
    assert not WebhookLog.objects.exists()


def test_reading_bodies_takes_one_thread_however_many_there_are():
    before = threading.active_count()
    with ExitStack() as held:
        for _ in range(20):
            ours, theirs = (held.enter_context(closing(line)) for line in socket.socketpair())
            theirs.sendall(b"half")
            body = slow_bodies.TimedBody(ours.makefile("rb"), ours, seconds=60, expected=8)
            held.callback(body.done)
            assert body.read(4) == b"half"
        assert threading.active_count() <= before + 1
