"""Whatever is answered, and by whom: which request it was, and with a key what is left of its minute."""

import json

import pytest
from django.test import Client

from social_queue.access import keys
from tests.support.clock import within_a_minute

LIMIT = "RateLimit-Limit"
GOOD = {"title": "a", "link": "https://example.com/", "publish_at": "2036-01-01"}


@pytest.mark.parametrize(
    ("verb", "path", "body", "status"),
    [
        ("get", "queue", None, 200),
        ("post", "ingest", json.dumps(GOOD), 201),
        ("post", "ingest", "{", 400),
        ("get", "queue?nonsense=1", None, 400),
        ("get", "queue/999", None, 404),
        ("get", "nothing", None, 404),
        ("get", "queue/", None, 404),
        ("get", "reports/nothing", None, 404),
        ("get", "ingest", None, 405),
        ("delete", "queue/1", None, 405),
        ("post", "queue/999/cancel", "", 404),
        ("post", "ingest", " " * (1024 * 1024 + 1), 413),
        ("options", "queue", None, 200),
        ("head", "queue", None, 200),
    ],
)
def test_every_answer_names_its_request_and_what_is_left_of_the_minute(bot, client, verb, path, body, status):
    given = {"data": body, "content_type": "application/json"} if body is not None else {}
    headers = {"Authorization": f"Bearer {bot.text}", "X-Request-Id": "mine_1"}
    answer = getattr(client, verb)(f"/api/autopost/{path}", headers=headers, **given)
    assert answer.status_code == status
    assert answer["X-Request-Id"] == "mine_1"
    assert {LIMIT, "RateLimit-Remaining", "RateLimit-Reset"} <= {*answer.headers}


def test_so_does_a_fault_of_ours(bot, monkeypatch):
    monkeypatch.setattr("social_queue.intake.ingest.receive", lambda *args, **more: 1 / 0)
    answer = bot.post("ingest", GOOD, X_Request_Id="mine_2")
    assert (answer.status_code, answer["X-Request-Id"]) == (500, "mine_2")
    assert answer[LIMIT]


@pytest.mark.parametrize(("path", "status"), [("webhook/nobody", 404), ("queue", 401), ("nothing", 404)])
def test_without_a_key_there_is_no_minute_to_tell_of(client, db, path, status):
    verb = client.post if path.startswith("webhook") else client.get
    answer = verb(f"/api/autopost/{path}")
    assert (answer.status_code, answer.get(LIMIT)) == (status, None)
    assert answer["X-Request-Id"]


@pytest.mark.parametrize("path", ["queue", "nothing"])
def test_what_is_refused_counts_as_well(caller, settings, path):
    settings.API_RATE_LIMIT = 2
    limited = caller(keys.INGEST)
    with within_a_minute():
        answers = [limited.get(path).status_code for _time in range(3)]
    assert answers[2] == 429
    assert answers[:2] == ([403, 403] if path == "queue" else [404, 404])


def test_an_address_that_is_none_stays_one_for_a_key_that_is_none(client, db):
    answer = client.get("/api/autopost/nothing", headers={"Authorization": "Bearer ap_no_key"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")


def test_all_that_a_list_was_asked_wrongly_is_named_at_once_with_a_code(bot):
    answer = bot.get("queue?status=odd&after=z&ordering=z&page_size=0&account=nobody&platform=z&colour=red")
    assert answer.status_code == 400
    assert answer.json()["error"]["codes"] == {
        "colour": ["unknown_parameter"],
        "status": ["not_a_choice"],
        "platform": ["not_a_choice"],
        "account": ["unknown_account"],
        "after": ["bad_moment"],
        "ordering": ["not_a_choice"],
        "page_size": ["bad_number"],
    }


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("queue?cursor=zzz", {"cursor": ["bad_cursor"]}),
        ("posts?item=x", {"item": ["bad_number"]}),
        ("accounts?platform=x", {"platform": ["unknown_parameter"]}),
        ("subscriptions?url=x", {"url": ["unknown_parameter"]}),
        ("series?status=x", {"status": ["unknown_parameter"]}),
        ("slots?n=0&m=1&account=x", {"m": ["unknown_parameter"], "n": ["bad_number"], "account": ["unknown_account"]}),
        ("events?after=x&limit=0&u=1", {"u": ["unknown_parameter"], "after": ["bad_number"], "limit": ["bad_number"]}),
        ("reports/clicks?by=x&from=z", {"by": ["not_a_choice"], "from": ["bad_moment"]}),
        ("reports/clicks?from=2026-12-02&to=2026-12-01", {"to": ["bad_span"]}),
    ],
)
def test_so_has_every_other_door(bot, path, codes):
    answer = bot.get(path)
    assert (answer.status_code, answer.json()["error"]["codes"]) == (400, codes)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/metrics", "/media/a.jpg", "/api/docs/", "/go/a"])
@pytest.mark.parametrize("verb", ["POST", "PUT", "PATCH", "DELETE"])
def test_what_can_only_be_read_says_so(path, verb):
    answer = Client(enforce_csrf_checks=True).generic(verb, path, b"{}", content_type="application/json")
    assert (answer.status_code, {"GET", "HEAD"} <= set(answer["Allow"].split(", "))) == (405, True)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/health", "/metrics", "/media/a.jpg", "/api/docs/", "/api/schema/", "/go/a"])
def test_asked_what_it_takes_no_address_breaks(path):
    answer = Client(enforce_csrf_checks=True).options(path)
    assert answer.status_code in (200, 405)
    assert {"GET", "HEAD"} <= set(answer["Allow"].split(", "))


@pytest.mark.parametrize(("path", "kind"), [("ingest", "application/json"), ("media", "multipart/form-data")])
def test_asked_what_it_takes_a_door_names_no_kind_that_it_refuses(bot, path, kind):
    answer = bot.client.options(f"/api/autopost/{path}", headers=bot._headers({}))
    assert answer.json()["parses"] == [kind]
