"""A slot comes back with its post when a press is undone, unless somebody else has it by then."""

from datetime import timedelta

import pytest

from social_queue.intake import ingest
from social_queue.models import Post
from social_queue.operations import items, undo
from social_queue.operations.pressing import Pressing
from tests.factories import NOW, make_account

pytestmark = pytest.mark.django_db


def _queued() -> Post:
    body = {"title": "News", "link": "https://example.com/news", "publish_at": "next-slot"}
    return ingest.receive(body, source="tests", now=NOW).item.posts.get()


@pytest.fixture
def pressed(admin_user):
    make_account("facebook", slots="mon-sun 09:00")
    post = _queued()
    press = Pressing(NOW, hold=timedelta(seconds=10))
    items.cancel_item(post.item, now=NOW, press=press)
    post.refresh_from_db()
    assert (post.status, post.slot_at) == ("cancelled", None)
    return post, undo.keep(press, person=admin_user.pk, model="queueitem", label="Cancel", rows=[post.item_id], now=NOW)


def test_what_is_taken_back_has_its_slot_again(pressed):
    post, press = pressed
    assert undo.take_back(press, now=NOW).taken
    post.refresh_from_db()
    assert (post.status, post.slot_at) == ("pending", post.not_before)


def test_a_slot_that_somebody_else_has_by_then_is_his(pressed):
    post, press = pressed
    other = _queued()
    assert other.slot_at == post.not_before
    assert dict(undo.take_back(press, now=NOW).skipped) == {"its slot has been taken meanwhile": 1}
    post.refresh_from_db()
    assert post.status == "cancelled"


def test_what_is_sent_now_or_moved_gives_its_slot_back():
    make_account("facebook", slots="mon-sun 09:00")
    first, second = _queued(), _queued()
    slots = first.slot_at, second.slot_at
    items.requeue_item(first.item, now=NOW)
    items.reschedule(second.item, NOW + timedelta(days=9), now=NOW)
    assert (_queued().slot_at, _queued().slot_at) == slots


def test_a_draft_takes_its_slot_when_it_is_approved():
    make_account("facebook", slots="mon-sun 09:00")
    body = {"title": "News", "link": "https://example.com/news", "publish_at": "next-slot"}
    draft = ingest.receive(body, source="tests", now=NOW, draft=True).item
    assert items.approve(draft, now=NOW).taken
    post = draft.posts.get()
    draft.refresh_from_db()
    assert post.slot_at == post.not_before == draft.publish_at
