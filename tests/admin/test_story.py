"""An item's page tells everything that happened in one order, and what became of each post."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.urls import reverse
from django.utils import timezone

from social_queue.alerts import ledger
from social_queue.models import Alert, Event, QueueItem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(desk, django_user_model):
    """An item that failed once, was retried by a person and is out; an alert came and went."""
    now = timezone.now()
    account = factories.make_account("telegram", slug="tg-news")
    item = factories.make_item(account)
    QueueItem.objects.filter(pk=item.pk).update(created_at=now - timedelta(hours=5), source="generator")
    post = item.posts.get()
    vendor = "Bad Request: chat not found. " + "x" * 200
    at = {n: now - timedelta(hours=n) for n in range(5)}
    factories.make_attempt(post, outcome="rejected", error=vendor, started_at=at[4], ended_at=at[4], http_status=400)
    ledger.raise_for_post(Alert.Kind.REJECTED, post, reason="chat not found", now=at[3])
    LogEntry.objects.log_actions(django_user_model.objects.get().pk, [post], CHANGE, "Retry")
    LogEntry.objects.update(action_time=at[2])
    factories.make_attempt(post, outcome="published", started_at=at[1], ended_at=at[1])
    ledger.resolve_post(post, now=at[1] + timedelta(seconds=1))
    Event.objects.create(type="post.published", item_number=item.pk, data={"account": {"slug": "tg-news"}})
    type(post).objects.filter(pk=post.pk).update(
        status="published", external_id="7", permalink="https://t.me/news/7", clicks=12, published_at=at[1]
    )
    return item


def test_everything_stands_in_one_order(desk, told):
    answer = desk.client.get(reverse("admin:queue_queueitem_change", args=[told.pk]))
    steps = answer.context["desk"]["story"]
    assert [step.kind for step in steps] == ["event", "alert", "attempt", "person", "alert", "attempt", "began"]
    assert [step.at for step in steps] == sorted((step.at for step in steps), reverse=True)
    text = desk.text(answer)
    assert "editor : Retry" in text and "Came in from generator." in text and "Attempt 1: refused" in text


def test_a_card_says_what_became_of_it_where_it_is_and_how_often_it_was_followed(desk, told):
    page = desk.client.get(reverse("admin:queue_queueitem_change", args=[told.pk])).content.decode()
    assert 'data-outcome="published"' in page and 'href="https://t.me/news/7"' in page and "12 clicks" in page


def test_the_story_is_in_the_readers_language_and_the_vendors_words_are_quoted(desk, told):
    address = reverse("admin:queue_queueitem_change", args=[told.pk])
    page = desk.client.get(address, headers={"accept-language": "id"}).content.decode()
    assert '<span lang="en">Bad Request: chat not found. x' in page
    assert "Coba lagi" in page


def test_a_draft_has_a_story_and_no_outcome_yet(desk):
    factories.make_account("telegram", slug="tg-news")
    item = factories.make_item(status="draft")
    answer = desk.client.get(reverse("admin:queue_queueitem_change", args=[item.pk]))
    assert [step.kind for step in answer.context["desk"]["story"]] == ["began"]
    assert "data-outcome" not in answer.content.decode()
