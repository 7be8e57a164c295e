"""Cancelling or taking back a whole item while an edit gives it other accounts: nothing of it goes out afterwards."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from social_queue import states
from social_queue.models import Post, QueueItem
from social_queue.operations import editing, items, posts
from social_queue.operations.pressing import Pressing
from social_queue.operations.recalling import asking
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def item():
    accounts = [factories.make_account("facebook", slug="fb"), factories.make_account("twitter", slug="x")]
    return factories.make_item(accounts[0], publish_at=timezone.now() + timedelta(days=1), channels=["fb"])


def _all_of(item, *, now):
    return items.many([item], posts.cancel, now=now, press=Pressing(now))


@pytest.mark.parametrize("channels", [["x"], ["fb", "x"]])
@pytest.mark.parametrize("end", [items.cancel_item, asking.recall_item, _all_of])
def test_what_an_edit_lays_down_meanwhile_is_ended_too(item, end, channels):
    told, begun = [], threading.Event()

    def finish():
        try:
            read = QueueItem.objects.get(pk=item.pk)
            begun.set()
            told.append(end(read, now=timezone.now()))
        finally:
            connection.close()

    thread = threading.Thread(target=finish)
    with transaction.atomic():
        editing.edit(item.pk, {"channels": channels}, now=timezone.now())
        thread.start()
        begun.wait(60)
        thread.join(1.0)
    thread.join(60)
    assert not thread.is_alive() and told[0].taken == len(channels)
    assert set(Post.objects.values_list("status", flat=True)) == {"cancelled"}
    assert QueueItem.objects.get().status == "cancelled"


@pytest.mark.parametrize("end", [items.cancel_item, asking.recall_item, _all_of])
def test_an_edit_that_comes_while_an_item_is_ended_is_refused(item, end, monkeypatch):
    refused, threads = [], []

    def change():
        try:
            editing.edit(item.pk, {"channels": ["fb", "x"]}, now=timezone.now())
        except editing.Gone as fault:
            refused.append(fault)
        finally:
            connection.close()

    def change_meanwhile(moves, **named):
        threads.append(threading.Thread(target=change))
        threads[0].start()
        threads[0].join(1.0)
        return move_all(moves, **named)

    move_all = states.move_all
    monkeypatch.setattr("social_queue.states.move_all", change_meanwhile)
    assert end(item, now=timezone.now()).taken == 1
    threads[0].join(60)
    assert len(refused) == 1
    assert list(Post.objects.values_list("account__slug", "status")) == [("fb", "cancelled")]


def test_a_draft_that_is_approved_meanwhile_is_cancelled_with_its_posts(item):
    Post.objects.all().delete()
    QueueItem.objects.update(status="draft")
    read = QueueItem.objects.get()
    items.approve(QueueItem.objects.get(), now=timezone.now())
    assert items.cancel_item(read, now=timezone.now()).taken == 1
    assert list(Post.objects.values_list("status", flat=True)) == ["cancelled"]
