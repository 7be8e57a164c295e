"""An edit and a claim at the same moment: what goes out is what was read after the edit, or the edit is refused."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from social_queue.delivery import claim
from social_queue.models import Post, QueueItem
from social_queue.operations import editing
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = {"title": "New", "captions": {"telegram": "Own: {link}"}, "channels": ["tg", "fb"], "data": {"game": "New"}}


@pytest.fixture
def item():
    accounts = [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]
    due = timezone.now() - timedelta(minutes=1)
    return factories.make_item(*accounts, publish_at=due, title="Old", channels=["tg", "fb"])


def _in_thread(work):
    def run():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_whoever_claims_while_an_edit_is_under_way_says_the_new_words(item):
    claimed = []

    def take():
        for _try in range(600):
            if found := claim.claim(now=timezone.now(), worker="race", limit=5).attempts:
                claimed.extend(found)
                return
            time.sleep(0.1)

    with transaction.atomic():
        editing.edit(item.pk, CHANGES, now=timezone.now())
        thread = _in_thread(take)
        thread.join(1.0)
    thread.join(60)
    assert {attempt.post.item.title for attempt in claimed} == {"New"}
    assert {attempt.post.item.captions["telegram"] for attempt in claimed} == {"Own: {link}"}


def test_an_edit_that_meets_a_claim_changes_nothing(item):
    refused = []

    def change():
        try:
            editing.edit(item.pk, CHANGES | {"channels": ["fb"]}, now=timezone.now())
        except editing.Gone as fault:
            refused.append(fault)

    with transaction.atomic():
        posts = list(Post.objects.select_for_update().filter(item=item).select_related(None))
        thread = _in_thread(change)
        thread.join(1.0)
        Post.objects.filter(pk=posts[0].pk).update(status="publishing", attempts_made=1)
    thread.join(60)
    assert len(refused) == 1 and not thread.is_alive()
    kept = QueueItem.objects.get()
    assert (kept.title, kept.captions, kept.channels) == ("Old", {}, ["tg", "fb"])
    assert Post.objects.count() == 2
