"""One shape of every error, whoever refuses."""

import json

import pytest
from django.db import OperationalError

GOOD = {"title": "a", "link": "https://example.com/"}


def shape(answer) -> dict:
    assert answer["Content-Type"] == "application/json"
    error = json.loads(answer.content)["error"]
    assert {"code", "message", "fields"} <= set(error)
    assert isinstance(error["fields"], dict)
    assert error["message"]
    return error


@pytest.mark.parametrize(
    "path", ["/api/", "/api/nothing", "/api/autopost/queue/", "/api/autopost/queue/x", "/api/autopost"]
)
def test_an_address_that_is_none_is_404(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert shape(answer)["code"] == "not_found"
    assert client.post(path).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["queue/1", "posts/1", "queue/99999999999999999999", "posts/99999999999999999999"])
def test_a_row_that_is_none_is_404(caller, path):
    answer = caller().get(path)
    assert answer.status_code == 404
    assert shape(answer)["code"] == "not_found"


@pytest.mark.django_db
def test_a_method_that_is_none_is_405(caller):
    answer = caller().get("ingest")
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert shape(answer)["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        ("text/plain", {}),
        ("application/x-www-form-urlencoded", {}),
        ("multipart/form-data; boundary=x", {}),
        ("application/json; charset=latin-1", {}),
        ("application/json", {"Content_Encoding": "gzip"}),
        ("", {}),
    ],
)
def test_another_kind_of_body_is_415(bot, kind, headers):
    answer = bot.post("ingest", json.dumps(GOOD), kind=kind, **headers)
    assert answer.status_code == 415
    assert shape(answer)["code"] == "unsupported_media_type"


@pytest.mark.parametrize("kind", ["application/json; charset=UTF-8", "Application/JSON", "application/vnd.x+json"])
def test_json_by_its_other_names_is_taken(bot, kind):
    assert bot.post("ingest", json.dumps(GOOD), kind=kind).status_code == 201


def test_a_body_of_one_mebibyte_is_taken_and_one_byte_more_is_413(bot):
    body = json.dumps(GOOD).encode().ljust(1024 * 1024)
    assert bot.post("ingest", body).status_code == 201
    answer = bot.post("ingest", body + b" ")
    assert answer.status_code == 413
    assert shape(answer)["code"] == "too_large"


def test_what_a_client_says_it_accepts_does_not_matter(bot):
    assert bot.get("queue", Accept="text/html").status_code == 200
    assert bot.get("queue?ordering=publish_at", Accept="application/xml;q=nonsense").status_code == 200


def test_a_fault_of_ours_is_500_in_the_same_shape_and_logged(bot, monkeypatch, caplog):
    monkeypatch.setattr("social_queue.intake.ingest.receive", lambda *args, **more: 1 / 0)
    answer = bot.post("ingest", GOOD)
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.content.decode()
    assert shape(answer)["code"] == "error"
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("fault", "traced"),
    [(OperationalError(2006, "server has gone away"), False), (OperationalError(1054, "no such column"), True)],
)
def test_a_database_that_is_gone_is_503_and_worth_another_try(bot, monkeypatch, caplog, fault, traced):
    def gone(*args, **more):
        raise fault

    monkeypatch.setattr("social_queue.intake.ingest.receive", gone)
    answer = bot.post("ingest", GOOD)
    assert (answer.status_code, shape(answer)["code"]) == (503, "unavailable")
    assert answer["Retry-After"]
    # While it is away everybody meets it: tests/upkeep/test_outage_log.py says what is told then.
    assert ("Traceback" in caplog.text) == traced


def test_what_django_refuses_by_itself_has_the_shape_too(client):
    answer = client.get("/api/autopost/queue", headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert shape(answer)["code"] == "bad_request"


@pytest.mark.django_db
def test_outside_the_api_pages_stay_pages(client):
    assert client.get("/nothing").headers["Content-Type"].startswith("text/html")
