"""An event is there if and only if the change is."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from connectors.base import Published
from social_queue import states
from social_queue.accounts import standing
from social_queue.delivery import claim, deliver, outcomes
from social_queue.intake import ingest
from social_queue.models import AccountStatus, Event, ItemStatus, PostStatus
from tests.factories import make_account, make_item, make_post

pytestmark = pytest.mark.django_db(transaction=True)


def _types() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("type", flat=True))


def _published(now, *accounts):
    make_item(*accounts, reference="r-1")
    attempts = claim.claim(now=now, worker="w", limit=20).attempts
    for attempt in attempts:
        outcomes.record(attempt, Published(f"1_{attempt.pk}", "https://example.com/p"), now=now)


def test_a_published_post_and_its_item_are_told(now):
    _published(now, make_account("facebook", slug="fb-page"))
    assert _types() == ["post.published", "item.posted"]
    post, item = Event.objects.order_by("pk")
    assert post.data["post"] | {"id": 0, "external_id": ""} == {
        "id": 0, "status": "published", "external_id": "", "permalink": "https://example.com/p",
        "error_kind": "", "error": "",
    }  # fmt: skip
    assert post.data["account"] == {"slug": "fb-page", "platform": "facebook"}
    assert post.data["item"]["status"] == item.data["item"]["status"] == "posted"
    assert item.data["item"]["reference"] == "r-1" and "post" not in item.data


def test_what_is_rolled_back_was_never_told(now):
    post = make_post(status=PostStatus.PUBLISHING, attempts_made=1)
    with transaction.atomic():
        assert states.move(post, PostStatus.FAILED, attempt=1, error="no")
        assert _types() == ["post.failed", "item.failed"]
        transaction.set_rollback(True)
    assert _types() == []


def test_a_change_that_came_too_late_is_no_event(now):
    post = make_post(status=PostStatus.PUBLISHING, attempts_made=2)
    assert not states.move(post, PostStatus.FAILED, attempt=1, error="no")
    assert _types() == []


def test_some_out_and_some_failed_is_a_partial_item(now):
    item = make_item(status=ItemStatus.POSTING)
    out = make_post(item, make_account("facebook"), status=PostStatus.PUBLISHING, attempts_made=1)
    bad = make_post(item, make_account("telegram"), status=PostStatus.PUBLISHING, attempts_made=1)
    states.move(bad, PostStatus.FAILED, attempt=1, error_kind="rejected", error="too long")
    states.move(out, PostStatus.PUBLISHED, attempt=1, **states.proof(Published("1_2"), now))
    assert _types() == ["post.failed", "post.published", "item.partial"]
    assert Event.objects.get(type="post.failed").data["post"]["error"] == "too long"


def test_a_repeat_within_the_cooldown_is_told_as_skipped(now):
    make_account("facebook")
    body = {"title": "A", "link": "https://example.com/a", "data": {"game": "G", "window": "19:00"}}
    first = ingest.receive(body, source="bot", now=now)
    second = ingest.receive(body | {"title": "B"}, source="bot", now=now)
    assert (first.status_code, second.body["status"]) == (201, "skipped")
    assert _types() == ["item.skipped"]


def test_a_stopped_account_is_told_once(now):
    account = make_account("facebook", slug="fb-page")
    for _time in range(2):
        standing.stop(account.pk, AccountStatus.NEEDS_TOKEN, "expired")
    standing.stop(account.pk, AccountStatus.BLOCKED, "policy")
    assert _types() == ["account.needs_token", "account.blocked"]
    assert Event.objects.first().data == {"item": None, "account": {"slug": "fb-page", "platform": "facebook"}}


def test_a_claim_costs_no_event_and_an_end_one_statement(now):
    make_item(make_account("facebook"))
    with CaptureQueriesContext(connection) as heard:
        [attempt] = claim.claim(now=now, worker="w", limit=20).attempts
    assert not [query for query in heard if "social_events" in query["sql"]]
    deliver.begin_sending(attempt, now=now)
    with CaptureQueriesContext(connection) as heard:
        outcomes.record(attempt, Published("1_2"), now=now)
    assert len([query for query in heard if "social_events" in query["sql"]]) == 1
    assert len(heard) <= 9


def test_ten_posts_of_one_transaction_cost_one_statement(now):
    make_item(*(make_account("facebook") for _ in range(10)))
    attempts = claim.claim(now=now, worker="w", limit=20).attempts
    with CaptureQueriesContext(connection) as heard:
        outcomes._publish_all([(attempt, Published(f"1_{attempt.pk}"), now) for attempt in attempts])
    assert len([query for query in heard if "social_events" in query["sql"]]) == 1
    assert len(heard) <= 17
    assert Event.objects.count() == 11
