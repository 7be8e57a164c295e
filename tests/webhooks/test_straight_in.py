"""A delivery goes past the middlewares that serve people, and what concerns every answer holds for its own, too."""

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from tests.webhooks.sender import BODY, make_source, packed

_PATH = "/api/autopost/webhook/"
_JSON = "application/json"


def test_its_answer_tells_what_every_answer_tells(sender, shop):
    told = sender.send(shop, name="msg_a").headers
    assert told["X-Request-Id"]
    assert told["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in told["Content-Security-Policy"]
    assert (told["Content-Type"], told["Content-Language"]) == (_JSON, "en")
    assert int(told["Content-Length"]) > 0
    assert "Set-Cookie" not in told


def test_nobody_asks_who_is_logged_in(admin_client):
    with CaptureQueriesContext(connection) as asked:
        answer = admin_client.post(f"{_PATH}nobody", packed(BODY), content_type=_JSON)
    assert answer.status_code == 404
    assert asked.captured_queries
    assert not any(table in query["sql"] for query in asked.captured_queries for table in ("session", "auth_user"))


def test_under_a_name_that_is_not_ours_it_is_refused_in_the_shape_of_every_error(client, db):
    make_source("shop")
    answer = client.post(f"{_PATH}shop", packed(BODY), content_type=_JSON, headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("verb", "path", "status", "code"),
    [
        ("get", "shop", 405, "method_not_allowed"),
        ("put", "shop", 405, "method_not_allowed"),
        ("post", "shop/", 404, "not_found"),
        ("post", "shop%2Fa", 404, "not_found"),
        ("post", "", 404, "not_found"),
        ("post", "shop", 401, "bad_signature"),
    ],
)
def test_only_a_delivery_goes_straight_in(client, db, verb, path, status, code):
    make_source("shop")
    given = {"content_type": _JSON} if verb != "get" else {}
    answer = getattr(client, verb)(f"{_PATH}{path}", **given)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_fault_of_ours_is_answered_in_the_shape_of_every_error(client, db, monkeypatch):
    monkeypatch.setattr("social_queue.webhooks.bursts.receive", lambda *args, **more: 1 / 0)
    answer = client.post(f"{_PATH}shop", packed(BODY), content_type=_JSON, headers={"X-Request-Id": "mine_1"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "error")
    assert answer["X-Request-Id"] == "mine_1"


def test_after_a_page_in_another_language_it_is_answered_in_english(client, db):
    client.get("/admin/login/", headers={"Accept-Language": "id"})
    answer = client.post(f"{_PATH}nobody", packed(BODY), content_type=_JSON, headers={"Accept-Language": "id"})
    assert answer.json()["error"]["message"] == "There is no such source."


def test_without_the_short_way_the_answer_is_the_same(client, db):
    straight = client.post(f"{_PATH}nobody", packed(BODY), content_type=_JSON)
    rest = [name for name in settings.MIDDLEWARE if not name.endswith("StraightIn")]
    with override_settings(MIDDLEWARE=rest):
        around = type(client)().post(f"{_PATH}nobody", packed(BODY), content_type=_JSON)
    assert (around.status_code, around.content) == (straight.status_code, straight.content)
