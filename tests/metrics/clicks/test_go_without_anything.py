"""A short link leads on whatever is broken behind it, and a forged address makes nobody a visitor."""

import pytest
from django.db import DatabaseError, OperationalError

from metrics.clicks import booking, targets
from metrics.clicks.robots import is_robot
from metrics.models import Click
from social_queue.upkeep import watchdog
from tests import factories

PERSON = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def post(db, facebook_account):
    targets.forget()
    return factories.make_post(account=facebook_account, code="aB3dE5gH", tracked_url="https://shop.test/?a=1")


def test_neither_database_nor_spool_is_needed_to_lead_on(client, post, monkeypatch, settings, tmp_path, caplog):
    def refuse(*_arguments, **_named):
        raise DatabaseError("disk full")

    settings.CLICK_SPOOL = tmp_path / "a file" / "clicks.jsonl"
    settings.CLICK_SPOOL.parent.write_text("in the way")
    targets.find("aB3dE5gH")
    monkeypatch.setattr(booking, "insert", refuse)

    answer = client.get("/go/aB3dE5gH", headers={"user-agent": PERSON})

    assert (answer.status_code, answer["Location"]) == (302, "https://shop.test/?a=1")
    assert f"a click on post {post.pk} is booked nowhere but here" in caplog.text


def test_a_link_that_cannot_be_looked_up_asks_for_patience(client, post, monkeypatch):
    def refuse(*_arguments, **_named):
        raise DatabaseError("gone away")

    monkeypatch.setattr(targets, "find", refuse)
    answer = client.get("/go/aB3dE5gH", headers={"user-agent": PERSON})
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")


def test_a_target_that_was_seen_leads_on_while_the_database_is_away(client, post, monkeypatch, settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"
    monkeypatch.setattr(targets, "_KEEP_SECONDS", -1)  # what was kept is over at once
    targets.find("aB3dE5gH")

    def away(*_arguments, **_named):
        raise OperationalError(2006, "gone away")

    monkeypatch.setattr(targets.Post.objects, "select_related", away)
    monkeypatch.setattr(booking, "insert", away)
    for _ in range(2):
        answer = client.get("/go/aB3dE5gH", headers={"user-agent": PERSON})
        assert (answer.status_code, answer["Location"]) == (302, "https://shop.test/?a=1")
    assert client.get("/go/never-seen", headers={"user-agent": PERSON}).status_code == 503
    monkeypatch.undo()
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"

    watchdog.chores()  # as a web process does each minute, on a host without a worker

    assert Click.objects.count() == 2
    assert list(tmp_path.glob("*.jsonl")) == []


@pytest.mark.parametrize(("behind_a_proxy", "visitors"), [(True, 2), (False, 1)])
def test_who_calls_is_told_by_the_proxy_alone(client, post, settings, behind_a_proxy, visitors):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if behind_a_proxy else None
    for address in ("203.0.113.7", "203.0.113.8", "203.0.113.7"):
        client.get("/go/aB3dE5gH", headers={"user-agent": PERSON, "x-real-ip": address})
    assert Click.objects.values("visitor").distinct().count() == visitors


@pytest.mark.parametrize("purpose", ["prefetch", "prefetch;prerender", "prerender", "preview"])
def test_a_page_that_is_fetched_ahead_has_no_reader_yet(purpose):
    assert is_robot(PERSON, headers={"Sec-Purpose": purpose})
    assert not is_robot(PERSON, headers={"Sec-Purpose": "navigate"})


def test_an_agent_that_gives_a_mail_address_is_a_robot():
    phone = "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile"
    assert not is_robot(phone)
    assert is_robot(f"{phone} Contact/ops@shop.test")
