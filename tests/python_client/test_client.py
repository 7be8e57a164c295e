"""The Python client against a real server, over a socket that breaks, and killed in the middle."""

import hashlib
import json
import random
import socket
import subprocess
import sys
import threading
from collections import Counter
from urllib.parse import urlsplit

import pytest
from autopost_client import Autopost, AutopostError, BadWebhook, Unreachable, Unsendable, verify_webhook
from autopost_client.uploads import FileBody
from django.utils import timezone

from benchmarks.doors import killed_client
from social_queue.delivery import dispatch
from social_queue.events import sending
from social_queue.models import Event, QueueItem
from tests.factories import make_item
from tests.support.clock import Clock, within_a_minute
from tests.support.environment import ROOT
from tests.support.receiver import Receiver
from tests.support.videos import large

pytestmark = pytest.mark.django_db(transaction=True)


class Breaking:
    """Hands requests on to the server, and hangs up after some of them before the answer is through."""

    def __init__(self, url: str, hang_up) -> None:
        self.upstream = (urlsplit(url).hostname, urlsplit(url).port)
        self.hang_up, self.asked = hang_up, 0
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.door.getsockname()[1]}"

    def close(self) -> None:
        self.door.close()

    def _serve(self) -> None:
        while True:
            try:
                caller, _ = self.door.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(caller,), daemon=True).start()

    def _one(self, caller: socket.socket) -> None:
        with caller, socket.create_connection(self.upstream) as server:
            request = b""
            while b"\r\n\r\n" not in request:
                request += caller.recv(65536)
            head, _, body = request.partition(b"\r\n\r\n")
            length = next(
                (int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0
            )
            while len(body) < length:
                body += caller.recv(65536)
            head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"connection"))
            server.sendall(head + b"\r\nConnection: close\r\n\r\n" + body)
            answer = b""
            while piece := server.recv(65536):
                answer += piece
            self.asked += 1
            if not self.hang_up(self.asked):
                caller.sendall(answer)


@pytest.fixture
def breaking(desk):
    made = []

    def make(hang_up) -> Breaking:
        made.append(Breaking(desk[0], hang_up))
        return made[-1]

    yield make
    for one in made:
        one.close()


def test_ten_lines_queue_look_and_cancel(desk):
    client = Autopost(*desk)
    queued = client.enqueue(title="Gates", link="https://example.com/p", publish_at="2030-01-01T00:00:00Z")
    assert [post["account"] for post in queued["posts"]] == ["fb-page", "tg-news"]
    assert client.item(queued["id"])["title"] == "Gates"
    assert client.preview(title="Gates", link="https://example.com/p")[0]["limit"] > 0
    assert [row["slug"] for row in client.accounts()] == ["fb-page", "tg-news"]
    assert client.cancel(queued["id"])["status"] == "cancelled"
    assert [item["id"] for item in client.items(status="cancelled")] == [queued["id"]]


def test_what_waits_is_changed_and_what_repeats_is_ended(desk):
    client = Autopost(*desk)
    repeat = {"rrule": "FREQ=WEEKLY;BYDAY=MO"}
    moment = "2030-01-07T09:00:00Z"
    queued = client.enqueue(title="Gates", link="https://example.com/p", publish_at=moment, repeat=repeat)
    for _time in range(2):
        assert client.change(queued["id"], title="Doors")["title"] == "Doors"
    with pytest.raises(AutopostError) as refused:
        client.change(queued["id"], title="")
    assert refused.value.codes == {"title": ["empty"]}
    [series] = client.series()
    assert client.cancel_series(series["id"])["cancelled_at"]
    assert client.item(queued["id"])["status"] == "cancelled"


def test_every_enqueue_has_a_key_of_its_own(desk):
    client = Autopost(*desk)
    for _time in range(2):
        client.enqueue(title="Gates", link="https://example.com/p")
    assert QueueItem.objects.count() == 2


@pytest.mark.parametrize("key", ["日本", "café", "a\nb", " x ", "k" * 200, 7])
def test_a_key_may_be_of_any_letters(desk, key):
    client, item = Autopost(*desk, tries=1), {"title": "Gates", "link": "https://example.com/p"}
    one = client.enqueue(**item, idempotency_key=key)
    assert client.enqueue(**item, idempotency_key=key) == one
    several, again = (client.enqueue_many([item] * 12, idempotency_key=key) for _ in range(2))
    assert [row["id"] for row in several] == [row["id"] for row in again]
    assert QueueItem.objects.count() == 13


@pytest.mark.parametrize(
    "act",
    [
        lambda url, key: Autopost(url, "schlüssel→x").accounts(),
        lambda url, key: Autopost(url, "a\n").accounts(),
        lambda url, key: Autopost("nowhere", key).accounts(),
        lambda url, key: Autopost(url, key).enqueue(title="T", link="https://example.com", data={"rtp": float("nan")}),
        lambda url, key: Autopost(url, key).enqueue(title="T", link="https://example.com", data={"rtp": {1}}),
    ],
    ids=["letters of a key", "line in a key", "no address", "no number", "no JSON"],
)
def test_what_fits_into_no_request_is_said_at_once(desk, act, monkeypatch):
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(Unsendable, match="can't be sent"):
        act(*desk)
    assert waits == []


def test_all_pages_are_read(desk):
    for _item in range(7):
        make_item()
    assert len(list(Autopost(*desk).items(page_size=3))) == 7


def test_answers_that_get_lost_make_no_second_item(desk, breaking, monkeypatch):
    monkeypatch.setattr("autopost_client.transport._pause", lambda _turn: 0.01)
    chance = random.Random(7)
    line = breaking(lambda _number: chance.random() < 0.4)
    client = Autopost(line.url, desk[1], tries=30)
    for number in range(15):
        client.enqueue(title=f"Item {number}", link="https://example.com/")
    assert line.asked > 15
    assert Counter(QueueItem.objects.values_list("title", flat=True)) == {f"Item {number}": 1 for number in range(15)}


def test_what_is_not_safe_is_not_said_twice(desk, breaking):
    line = breaking(lambda _number: True)
    with pytest.raises(Unreachable):
        Autopost(line.url, desk[1]).retry(1)
    assert line.asked == 1


def test_a_refusal_says_what_is_wrong_in_words_and_codes(desk):
    with pytest.raises(AutopostError) as refused:
        Autopost(*desk).enqueue(title="", link="nowhere")
    fault = refused.value
    assert (fault.status, fault.code) == (400, "invalid")
    assert fault.codes == {"title": ["empty"], "link": ["bad_address"]}
    assert fault.request_id


@pytest.mark.parametrize("slug", ["fb-page", "tg-news"])
def test_what_is_out_and_what_follows_it_get_another_text(desk, sandbox, media_root, settings, slug):
    settings.UNDO_SECONDS = 0
    client = Autopost(*desk)
    made = client.enqueue(title="Gates", link="https://example.com/", channels=[slug], follow_ups=[{"text": "Old"}])
    post, clock = made["posts"][0]["id"], Clock()
    clock.forward(seconds=1)
    while dispatch.drain(clock=clock).get("published"):
        clock.forward(seconds=1)
    answer = client.correct(post, "New: {link}", part=2)
    assert answer["parts"][1]["correction"]["caption"].startswith("New: http") and answer["correction"] is None
    assert client.correct(post, "The post itself")["correction"]["caption"].startswith("The post itself")
    for _each in range(2):
        clock.forward(minutes=1)
        dispatch.drain(clock=clock)
    first, below = sandbox.wall
    assert first.text.startswith("The post itself") and below.text.startswith("New: http")
    with pytest.raises(AutopostError) as refused:
        client.correct(post, "x", part=7)
    assert refused.value.codes == {"part": ["not_a_choice"]}


def test_too_many_is_waited_out(desk, settings):
    settings.API_RATE_LIMIT = 1
    client = Autopost(*desk, tries=1)
    with within_a_minute():
        client.accounts()
        with pytest.raises(AutopostError) as refused:
            client.accounts()
    assert refused.value.code == "throttled"


def test_events_go_on_where_the_reader_stopped(desk):
    client = Autopost(*desk)
    Event.objects.bulk_create(Event(type="item.posted", data={"item": {"id": place}}) for place in range(250))
    seen = []
    for event in client.events():
        seen.append(event)
        if len(seen) == 120:
            break
    seen += list(client.events(after=seen[-1]["sequence"]))
    assert [event["data"]["item"]["id"] for event in seen] == list(range(250))


def test_a_told_event_is_verified(desk, settings):
    with Receiver() as receiver:
        settings.MEDIA_ALLOWED_HOSTS = [receiver.netloc]
        secret = Autopost(*desk).subscribe(receiver.url)["secret"]
        Event.objects.create(type="item.posted", data={"item": {"id": 1}})
        sending.deliver_due(clock=timezone.now)
        headers, body = receiver.asked[0]
    assert verify_webhook(headers, body, secret)["type"] == "item.posted"
    for wrong in (
        {"headers": headers, "body": body + b" ", "secret": secret},
        {"headers": headers, "body": body, "secret": "whsec_" + "A" * 44},
        {"headers": headers | {"webhook-timestamp": "1"}, "body": body, "secret": secret},
        {"headers": {}, "body": body, "secret": secret},
        {"headers": headers | {"webhook-id": "\ud800"}, "body": body, "secret": secret},
        {"headers": headers | {"webhook-signature": "v1,é\ud800"}, "body": body, "secret": secret},
    ):
        with pytest.raises(BadWebhook):
            verify_webhook(**wrong)


def test_a_client_that_is_killed_at_random_makes_exactly_the_items_it_meant(desk):
    words = [sys.executable, "-m", "benchmarks.doors.killed_client", "--against", *desk, "--kills", "40", "--seed", "1"]
    told = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, timeout=400).stdout
    storm = json.loads(told)
    # Some died between what they said and its answer, so it was said again.
    assert storm["kills"] == 40 and storm["said"] > storm["meant"]
    made = killed_client.verdict(list(QueueItem.objects.values_list("title", flat=True)), storm["meant"])
    assert made == {"items": storm["meant"], "missing": 0, "twice": 0, "of nobody's": 0}


def test_an_upload_begins_anew_when_its_answer_was_lost(desk, breaking, tmp_path, media_root, monkeypatch):
    monkeypatch.setattr("autopost_client.transport._pause", lambda _turn: 0.01)
    path = large(tmp_path / "clip.mp4", 1024**2, seconds=9.5)
    line = breaking(lambda number: number == 1)
    told = Autopost(line.url, desk[1]).upload(path)
    assert line.asked == 2
    assert (told["type"], told["seconds"], told["bytes"]) == ("video", 9.5, 1024**2)
    assert told["id"] == hashlib.sha256(path.read_bytes()).hexdigest()


def test_an_upload_is_read_piece_by_piece(tmp_path):
    path = large(tmp_path / "clip.mp4", 200 * 1024**2)
    body = FileBody(path)
    assert max(map(len, body)) < 1024**2
    assert sum(map(len, body)) == len(body) > 200 * 1024**2
