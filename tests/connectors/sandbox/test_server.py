"""The server itself: many callers at once, rude callers, starting and stopping."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from connectors.sandbox import Sandbox
from tests.connectors.sandbox_calls import graph_post, post_once, signed, x_post
from tests.support.servers import free_port
from tests.support.silence import PATIENT
from tests.support.waiting import until


def raw(sandbox, content):
    """What comes back for raw bytes; the connection is closed by the other end."""
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENT[1]) as connection:
        connection.sendall(content)
        return connection.recv(65536)


def test_many_callers_at_once_lose_nothing(sandbox):
    with ThreadPoolExecutor(40) as pool:
        posts = list(pool.map(lambda number: x_post(sandbox, f"desk{number % 7}", text=f"Number {number}"), range(200)))
    identifiers = {post.json()["data"]["id"] for post in posts}
    assert len(identifiers) == len(sandbox.wall) == 200
    assert len(sandbox.creating_calls("desk3")) == len([post for post in sandbox.wall if post.address == "desk3"])


def test_equal_texts_at_the_same_moment_go_out_once(sandbox):
    with ThreadPoolExecutor(20) as pool:
        codes = list(pool.map(lambda _: x_post(sandbox, text="Same").status_code, range(20)))
    assert sorted(codes) == [201] + [403] * 19
    assert len(sandbox.wall) == 1


def test_silent_connections_do_not_keep_others_waiting(sandbox):
    sandbox.scenario("1111", "drop_then_time_out")
    held = [_held(sandbox) for _ in range(30)]
    _until_asked(sandbox, 30)
    assert graph_post(sandbox, "102938/feed", message="Hi").status_code == 200
    assert all(caller.is_alive() for caller in held)
    sandbox.stop()
    for caller in held:
        caller.join(60)


def _held(sandbox):
    """Somebody who waits for an answer until the connection is closed."""

    def wait():
        with pytest.raises(requests.ConnectionError):
            requests.post(
                f"{sandbox.url}/v26.0/1111/feed", data={"message": "x", "access_token": "sandbox-t"}, timeout=600
            )

    caller = threading.Thread(target=wait)
    caller.start()
    return caller


def _until_asked(sandbox, times):
    until(lambda: len(sandbox.creating_calls("1111")) == times, "all callers are held")


def test_rude_callers_do_no_harm(sandbox, capfd):
    host, port = sandbox.url.removeprefix("http://").split(":")
    for content in (b"", b"POST /v26.0/1/feed HTTP/1.1\r\nContent-Length: 500\r\n\r\nmess", b"\x16\x03\x01\x02"):
        with socket.create_connection((host, int(port)), timeout=PATIENT[1]) as connection:
            connection.sendall(content)
    time.sleep(0.2)
    assert post_once(sandbox, "facebook", "102938").status_code == 200
    assert len(sandbox.wall) == 1
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"Content-Length: lots", b"411"),
        (b"Content-Length: 99999999999", b"413"),
    ],
)
def test_bodies_it_cannot_read_are_refused(sandbox, head, status):
    assert raw(sandbox, b"POST /v4/shorten HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n\r\n").split()[1] == status


@pytest.mark.parametrize(
    "content", ['{"text": "\\ud800"}', "[" * 5000, '{"text": "Hi", "message": 1}', "[1]", "null", ""]
)
def test_json_that_makes_no_sense_gets_an_answer_from_everybody(sandbox, content, capfd):
    header = {"Content-Type": "application/json"}
    for path in (
        "v26.0/1/feed?access_token=sandbox-t",
        "bot4242:sandbox-b/sendMessage",
        "v4/shorten",
        "_sandbox/faults",
    ):
        bearer = {"Authorization": "Bearer sandbox-b"} if path.startswith("v4") else {}
        answer = requests.post(f"{sandbox.url}/{path}", data=content, headers=header | bearer, timeout=PATIENT)
        assert answer.status_code in (200, 400), path
    answer = requests.post(f"{sandbox.url}/2/tweets", data=content, headers=header, auth=signed(), timeout=PATIENT)
    assert answer.status_code == 400
    assert sandbox.wall == []
    assert "Traceback" not in capfd.readouterr().err


def test_an_unknown_path_is_told_so(sandbox):
    answer = requests.get(f"{sandbox.url}/1.1/statuses/update.json", timeout=PATIENT)
    assert answer.status_code == 404
    assert "No pretended platform" in answer.json()["error"]


def test_latency_slows_platform_calls_down():
    with Sandbox(latency=0.2) as sandbox:
        began = time.monotonic()
        graph_post(sandbox, "102938/feed", message="Hi")
        assert time.monotonic() - began >= 0.2


def test_after_stopping_the_port_is_free_again_and_held_callers_are_let_go():
    port = free_port()
    sandbox = Sandbox(port).start()
    sandbox.scenario("1111", "drop_then_time_out")
    caller = _held(sandbox)
    _until_asked(sandbox, 1)
    sandbox.stop()
    caller.join(60)
    assert not caller.is_alive()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://127.0.0.1:{port}/", timeout=1)
    with Sandbox(port) as again:
        assert requests.get(f"{again.url}/wall.json", timeout=PATIENT).json()["posts"] == []


def test_it_serves_in_the_foreground_until_it_is_stopped():
    sandbox = Sandbox()
    server = threading.Thread(target=sandbox.serve_forever)
    server.start()
    while not sandbox.url:
        time.sleep(0.01)
    assert requests.get(f"{sandbox.url}/wall.json", timeout=PATIENT).status_code == 200
    sandbox.stop()
    server.join(60)
    assert not server.is_alive()
