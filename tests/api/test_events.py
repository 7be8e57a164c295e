"""Events pulled through the API, subscriptions made through it, and what every answer says of itself."""

import pytest
from django.utils import timezone
from standardwebhooks import Webhook

from social_queue.access import keys
from social_queue.events import sending
from social_queue.models import ApiKey, Event, Subscription
from tests.support.clock import within_a_minute
from tests.support.receiver import Receiver

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"title": "a", "link": "https://example.com/"}


def _happen(count: int, **fields) -> None:
    Event.objects.bulk_create(
        Event(type="item.posted", data={"item": {"id": place}}, **fields) for place in range(1, count + 1)
    )


def test_events_are_pulled_in_order_and_the_reader_goes_on_where_he_stopped(caller):
    bot, seen, after = caller("read"), [], 0
    for _round in range(3):
        _happen(5)
        while events := (answer := bot.get(f"events?after={after}&limit=2").json())["events"]:
            seen += [event["data"]["item"]["id"] for event in events]
            after = answer["next_after"]
            assert after == events[-1]["sequence"]
    assert seen == [1, 2, 3, 4, 5] * 3
    assert bot.get(f"events?after={after}").json() == {"events": [], "next_after": after}


@pytest.mark.parametrize("query", ["after=x", "after=-1", "limit=0", "limit=1001", "since=3", "after=1e3"])
def test_what_can_not_be_read_is_400(caller, query):
    answer = caller("read").get(f"events?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid"


def test_a_subscription_is_made_listed_told_and_removed(caller, settings):
    bot = caller("ingest", "read")
    with Receiver() as receiver:
        settings.MEDIA_ALLOWED_HOSTS = [receiver.netloc]
        made = bot.post("subscriptions", {"url": receiver.url, "events": ["item.posted"]})
        assert made.status_code == 201
        assert made["Cache-Control"] == "no-store"
        secret = made.json()["secret"]
        [listed] = bot.get("subscriptions").json()["results"]
        assert listed | {"secret": secret} == made.json()
        _happen(2)
        assert sending.deliver_due(clock=timezone.now) == {"taken": 2}
        headers, body = receiver.asked[0]
        assert Webhook(secret).verify(body, {name.lower(): value for name, value in headers.items()})
    path = f"subscriptions/{listed['id']}"
    assert bot.client.delete(f"/api/autopost/{path}", headers=bot._headers({})).status_code == 204
    assert bot.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"url": "http://127.0.0.1:8000/"}, "url", "private_address"),
        ({"url": "https://169.254.169.254/latest"}, "url", "private_address"),
        ({"url": "ftp://example.com/"}, "url", "bad_address"),
        ({}, "url", "required"),
        ({"url": "https://example.com/", "events": ["post.gone"]}, "events", "not_a_choice"),
        ({"url": "https://example.com/", "event": []}, "event", "unknown_field"),
    ],
)
def test_a_bad_subscription_is_refused_with_a_sentence_and_a_code(caller, body, field, code):
    answer = caller().post("subscriptions", body)
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["codes"][field] == [code]
    assert error["fields"][field][0]
    assert not Subscription.objects.exists()


def test_a_key_reaches_its_own_subscriptions_and_one_that_manages_all_of_them(caller):
    one = caller(key=keys.issue("one")[1])
    made = one.post("subscriptions", {"url": "https://example.com/hook"}).json()
    other, manager = caller(key=keys.issue("other")[1]), caller("manage")
    assert other.get("subscriptions").json()["results"] == []
    assert other.post(f"subscriptions/{made['id']}/resume").status_code == 404
    assert manager.get(f"subscriptions/{made['id']}").status_code == 200
    rotated = one.post(f"subscriptions/{made['id']}/rotate").json()
    assert rotated["secret"] not in ("", made["secret"])


def test_a_key_that_may_not_read_hears_of_its_own_items_only(caller, settings):
    bot = caller("ingest")
    with Receiver() as receiver:
        settings.MEDIA_ALLOWED_HOSTS = [receiver.netloc]
        bot.post("subscriptions", {"url": receiver.url})
        _happen(1, source="bot-ingest")
        _happen(3, source="somebody else")
        sending.deliver_due(clock=timezone.now)
        assert len(receiver.heard) == 1


def test_accounts_are_listed_without_a_secret(caller, desk_accounts):
    bot = caller("read")
    answer = bot.get("accounts")
    assert [row["slug"] for row in answer.json()["results"]] == ["fb-page", "tg-news"]
    assert bot.get("accounts/tg-news").json()["token"] == "unchecked"
    assert "sandbox" not in answer.content.decode()
    assert bot.get("accounts/none").status_code == 404


@pytest.mark.parametrize(("given", "kept"), [("order-17_a", True), ("a" * 65, False), ("a b", False), ("", False)])
def test_every_answer_names_its_request(caller, client, given, kept):
    for answer in (
        caller().get("queue", X_Request_Id=given),
        client.get("/api/nothing", headers={"X-Request-Id": given}),
        client.get("/health", headers={"X-Request-Id": given}),
    ):
        assert (answer["X-Request-Id"] == given) is kept
        assert answer["X-Request-Id"]


def test_the_requests_id_stands_in_what_is_logged(bot, caplog):
    from autopost_site.logs import MarkPost

    caplog.handler.addFilter(MarkPost())
    with caplog.at_level("INFO"):
        bot.post("ingest", GOOD, X_Request_Id="order-17")
    assert {getattr(record, "request_id", "") for record in caplog.records if "item" in record.message} == {"order-17"}


def test_answers_to_a_key_tell_what_is_left_of_its_minute(caller, settings):
    settings.API_RATE_LIMIT = 2
    bot = caller("read")
    with within_a_minute():
        left = [bot.get("queue") for _time in range(3)]
    assert [answer["RateLimit-Remaining"] for answer in left] == ["1", "0", "0"]
    assert left[0]["RateLimit-Limit"] == "2"
    assert left[0]["RateLimit-Reset"] == "30"
    assert left[2].status_code == 429
    settings.API_RATE_LIMIT = 0
    assert "RateLimit-Limit" not in bot.get("queue")


def test_a_callback_address_is_taken_from_a_key_and_refused_where_nobody_signs(bot, settings):
    assert bot.post("ingest", GOOD | {"callback_url": "https://example.com/cb"}).status_code == 201
    for address, code in [
        ("http://example.com/cb", "bad_address"),
        ("https://127.0.0.1/cb", "private_address"),
        ("https://localhost/cb", "private_address"),
    ]:
        answer = bot.post("ingest", GOOD | {"callback_url": address})
        assert answer.json()["error"]["codes"] == {"callback_url": [code]}
    settings.MEDIA_ALLOWED_HOSTS = ["127.0.0.1:9999"]
    made = bot.post("ingest", GOOD | {"callback_url": "http://127.0.0.1:9999/cb"}).json()
    assert bot.get(f"queue/{made['id']}").json()["callback_url"] == "http://127.0.0.1:9999/cb"
    assert bot.patch(f"queue/{made['id']}", {"callback_url": None}).json()["callback_url"] == ""


def test_a_key_that_may_not_read_any_more_hears_of_its_own_items_only(caller, settings):
    bot = caller("ingest", "read")
    with Receiver() as receiver:
        settings.MEDIA_ALLOWED_HOSTS = [receiver.netloc]
        bot.post("subscriptions", {"url": receiver.url})
        ApiKey.objects.update(scopes=["ingest"])
        _happen(2, source=ApiKey.objects.get().name)
        _happen(3, source="somebody else")
        assert sending.deliver_due(clock=timezone.now) == {"taken": 2}
        ApiKey.objects.update(scopes=["ingest", "read"])
        _happen(4, source="somebody else")
        assert sending.deliver_due(clock=timezone.now) == {"taken": 4}
