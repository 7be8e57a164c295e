"""What gunicorn promises of its connections, kept by the worker that hands them back by itself."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from types import SimpleNamespace

import pytest
from gunicorn.config import Config
from gunicorn.http import wsgi
from gunicorn.workers.gthread import ThreadWorker

from autopost_site.serving.in_one_piece import InOnePiece
from autopost_site.serving.worker import Worker
from tests.support.webserver import serving

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_S = 60
_ASK = b"GET /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


@pytest.fixture(scope="module")
def server(django_db_setup):
    """One process of two threads."""
    with serving(workers=1, threads=2) as port:
        yield port


def _line(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)


def _answer(line: socket.socket) -> tuple[bytes, bytes]:
    """The head and the body of one answer that tells its length."""
    got = b""
    while b"\r\n\r\n" not in got or len(got.partition(b"\r\n\r\n")[2]) < _length(got):
        piece = line.recv(65536)
        assert piece, got
        got += piece
    head, _, body = got.partition(b"\r\n\r\n")
    return head, body


def _length(got: bytes) -> int:
    return int(got.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])


def test_more_connections_than_threads_are_all_served_again_and_again(server):
    def ask(_number):
        with closing(_line(server)) as line:
            heads = []
            for _ in range(20):
                line.sendall(_ASK)
                heads.append(_answer(line)[0])
            return heads

    with ThreadPoolExecutor(12) as callers:
        heads = [head for found in callers.map(ask, range(12)) for head in found]
    assert len(heads) == 240
    assert {head.split(b"\r\n")[0] for head in heads} == {b"HTTP/1.1 404 Not Found"}
    assert all(b"Connection: keep-alive" in head for head in heads)


def test_requests_that_come_in_one_piece_are_all_answered(server):
    with closing(_line(server)) as line:
        line.sendall(_ASK * 5 + _ASK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        got = b"".join(iter(lambda: line.recv(65536), b""))
    assert got.count(b"HTTP/1.1 404 Not Found\r\n") == 6


@pytest.mark.parametrize("body", [b"", b"x" * 20_000])
def test_a_body_that_nobody_read_is_not_taken_for_a_request(server, body):
    ask = b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: %d\r\n\r\n" % len(body)
    with closing(_line(server)) as line:
        for _ in range(3):
            line.sendall(ask + body)
            assert _answer(line)[0].startswith(b"HTTP/1.1 404")
        line.sendall(_ASK)
        assert _answer(line)[0].startswith(b"HTTP/1.1 404")


@pytest.mark.parametrize(
    ("how", "body"),
    [
        (b"Content-Length: 100000", b"x" * 100_000),
        (b"Transfer-Encoding: chunked", (b"2710\r\n" + b"x" * 10_000 + b"\r\n") * 10 + b"0\r\n\r\n"),
    ],
    ids=["of a known length", "in chunks"],
)
def test_what_is_closed_because_too_much_of_a_body_was_not_read_is_said_to_be(server, how, body):
    ask = b"POST /nowhere HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n\r\n" % how
    with closing(_line(server)) as line:
        line.sendall(ask + body)
        assert b"\r\nConnection: close\r\n" in _answer(line)[0]
        assert line.recv(1) == b""


def test_a_head_without_a_body_comes_at_once(server):
    with closing(_line(server)) as line:
        for _ in range(3):
            line.sendall(_ASK.replace(b"GET", b"HEAD"))
            got = b""
            while not got.endswith(b"\r\n\r\n"):
                got += line.recv(65536)
            assert got.count(b"HTTP/1.1 404") == 1


def test_a_connection_that_says_nothing_more_is_closed_in_time(django_db_setup):
    with serving(workers=1, threads=2, keep_alive=1) as port, closing(_line(port)) as line:
        line.sendall(_ASK)
        _answer(line)
        began = time.monotonic()
        assert line.recv(1) == b""
        assert time.monotonic() - began < 20


def test_a_file_and_pieces_without_a_length_come_whole(tmp_path):
    told = _told(lambda answer: (answer.start_response("200 OK", []), answer.write(b"one"), answer.write(b"two")))
    head, _, body = told.partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == b"3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"
    file = tmp_path / "file"
    file.write_bytes(b"0123456789" * 1000)

    def send(answer):
        answer.start_response("200 OK", [("Content-Length", "10000")])
        with file.open("rb") as opened:
            answer.write_file(wsgi.FileWrapper(opened))

    assert _told(send).partition(b"\r\n\r\n")[2] == file.read_bytes()


def test_who_asks_for_the_head_gets_it_without_the_body_and_nobody_is_warned(tmp_path, caplog):
    """Django answers HEAD with the body, for the server to leave out; whoever watches /health asks so every minute."""
    file = tmp_path / "file"
    file.write_bytes(b"{}")

    def send(answer):
        answer.start_response("200 OK", [("Content-Length", "2")])
        with file.open("rb") as opened:
            answer.write_file(wsgi.FileWrapper(opened))

    told = [
        _told(lambda answer: (answer.start_response("200 OK", [("Content-Length", "2")]), answer.write(b"{}")), "HEAD"),
        _told(send, "HEAD"),
    ]
    assert [b"Content-Length: 2" in one and one.endswith(b"\r\n\r\n") for one in told] == [True, True]
    assert caplog.messages == []


def _told(write, method: str = "GET") -> bytes:
    """What is sent by an answer that ``write`` writes."""
    here, there = socket.socketpair()
    request = SimpleNamespace(method=method, version=(1, 1), should_close=lambda: False)
    with closing(there):
        with closing(here):
            answer = InOnePiece(request, here, Config())
            write(answer)
            answer.close()
        return b"".join(iter(lambda: there.recv(65536), b""))


def test_head_and_body_are_sent_by_one_call():
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    request = SimpleNamespace(method="GET", version=(1, 1), should_close=lambda: False)
    with closing(here), closing(there):
        answer = InOnePiece(request, here, Config())
        answer.start_response("202 Accepted", [("Content-Length", "2")])
        answer.write(b"{}")
        answer.close()
        assert there.recv(65536).endswith(b"\r\n\r\n{}")


def test_what_it_puts_in_the_place_of_gunicorns_own_is_still_called_so():
    for mine, theirs in ((Worker, ThreadWorker), (InOnePiece, wsgi.Response)):
        new = {name for name in vars(mine) if callable(vars(mine)[name])} - {"_answer", "_is_handed_back", "_send_head"}
        assert {name for name in new if not hasattr(theirs, name)} == set()
