"""The API over real sockets, under the web server that production uses."""

import socket
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from social_queue.access import keys
from social_queue.models import Post, QueueItem
from tests.factories import make_account
from tests.support.webserver import serving

pytestmark = pytest.mark.django_db(transaction=True)

GOOD = {"title": "Gates of Olympus", "link": "https://example.com/p"}
#: Seconds; the machine may be busy with other tests.
PATIENCE = 60
DATA = {"game": "Gates", "window": "19:00-21:00"}


@pytest.fixture(scope="module")
def server(django_db_setup):
    """The site under gunicorn, two processes of four threads, on the database of the tests."""
    with serving(workers=2, threads=4) as port:
        yield f"http://127.0.0.1:{port}"


@pytest.fixture
def address(server):
    """The API's address, with one account to post to."""
    make_account("facebook", slug="fb-page")
    return f"{server}/api/autopost"


@pytest.fixture
def bot():
    """Headers of a key that may do everything."""
    return {"Authorization": f"Bearer {keys.issue('bot')[1]}"}


def test_a_generator_pushes_reads_changes_and_cancels(address, bot):
    made = requests.post(f"{address}/ingest", json=GOOD | {"publish_at": "2036-01-01"}, headers=bot, timeout=PATIENCE)
    assert made.status_code == 201
    row = f"{address}/queue/{made.json()['id']}"
    assert requests.get(row, headers=bot, timeout=PATIENCE).json()["status"] == "ready"
    assert requests.patch(row, json={"title": "New"}, headers=bot, timeout=PATIENCE).json()["title"] == "New"
    assert requests.post(f"{row}/cancel", headers=bot, timeout=PATIENCE).json()["status"] == "cancelled"
    assert requests.get(f"{address}/queue", headers=bot, timeout=PATIENCE).json()["results"][0]["title"] == "New"


def test_many_processes_lay_one_key_down_once(address, bot):
    def push(_):
        sent = GOOD | {"data": DATA}
        return requests.post(f"{address}/ingest", json=sent, headers=bot | {"Idempotency-Key": "k"}, timeout=PATIENCE)

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(push, range(24)))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert sum("Idempotent-Replay" in answer.headers for answer in answers) == 23
    assert len({answer.text for answer in answers}) == 1
    assert (QueueItem.objects.count(), Post.objects.count()) == (1, 1)


def test_many_processes_let_a_key_that_comes_with_a_known_reference_stand_for_one_body(address, bot):
    known = GOOD | {"reference": "r1"}

    def push(body, key):
        headers = bot | {"Idempotency-Key": key}
        return requests.post(f"{address}/ingest", json=body, headers=headers, timeout=PATIENCE)

    first = push(known, "k0")
    for turn in range(4):
        bodies = [known, GOOD | {"title": f"Other {turn}"}] * 4
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda body, turn=turn: push(body, f"k-{turn}"), bodies))
        same, others = ({answer.status_code for answer in answers[begin::2]} for begin in (0, 1))
        assert (same, others) in (({200}, {422}), ({422}, {200, 201}))
        assert push(GOOD | {"title": "A third"}, f"k-{turn}").json()["error"]["code"] == "idempotency_key_reused"
    again = push(known, "k0")
    assert (again.status_code, again.headers["Idempotent-Replay"], again.text) == (200, "true", first.text)


def test_many_processes_queue_the_same_thing_once(address, bot):
    def push(_):
        return requests.post(f"{address}/ingest", json=GOOD | {"data": DATA}, headers=bot, timeout=PATIENCE).json()[
            "status"
        ]

    with ThreadPoolExecutor(12) as pool:
        statuses = list(pool.map(push, range(24)))
    assert sorted(statuses) == ["ready"] + ["skipped"] * 23
    assert Post.objects.count() == 1


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 8 * 1024 * 1024])
def test_too_large_a_body_gets_its_answer(address, bot, size):
    answer = requests.post(
        f"{address}/ingest", data=b" " * size, headers=bot | {"Content-Type": "application/json"}, timeout=PATIENCE
    )
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"


def test_too_large_a_body_is_refused_before_it_is_sent(address, bot):
    host, port = address.split("/")[2].split(":")
    head = f"POST /api/autopost/ingest HTTP/1.1\r\nHost: {host}\r\nAuthorization: {bot['Authorization']}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {100 * 1024 * 1024}\r\n\r\n"
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as line:
        line.sendall(head.encode())
        assert line.recv(100).startswith(b"HTTP/1.1 413")


def test_a_chunked_body_is_asked_for_its_length(address, bot):
    answer = requests.post(
        f"{address}/ingest",
        data=iter([b"{", b"}"]),
        headers=bot | {"Content-Type": "application/json"},
        timeout=PATIENCE,
    )
    assert answer.status_code == 411
    assert answer.json()["error"]["code"] == "length_required"


def test_an_empty_body_is_malformed(address, bot):
    for kind in ({"Content-Type": "application/json"}, {}):
        answer = requests.post(f"{address}/ingest", data=b"", headers=bot | kind, timeout=PATIENCE)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "malformed")
