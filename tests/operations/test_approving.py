"""An approval is bound to what was approved: whatever is changed afterwards, by whichever door, asks again."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from social_queue import approvals, approving
from social_queue.delivery import dispatch
from social_queue.models import Approval, Event, ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import editing, items, rewording, undo
from social_queue.operations.pressing import Pressing
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db
LATER = factories.NOW + timedelta(hours=3)


@pytest.fixture
def person(django_user_model):
    return django_user_model.objects.create_superuser("ayu")


@pytest.fixture
def approved(person, telegram_account, facebook_account):
    """An item that somebody has approved, with two posts that wait."""
    item = factories.make_item(status=ItemStatus.DRAFT, publish_at=LATER, channels=["telegram", "facebook"])
    assert items.approve(item, now=factories.NOW, press=Pressing(factories.NOW, person=person.pk)).taken == 1
    return QueueItem.objects.get(pk=item.pk)


def _edit(item, **changes):
    return editing.edit(item.pk, changes, now=factories.NOW, by_hand=editing.ByHand())


CHANGES = [
    {"title": "Another"},
    {"summary": "Another"},
    {"link": "https://example.com/other"},
    {"image_url": "https://example.com/a.jpg"},
    {"alt_text": "What it shows"},
    {"hashtags": ["#new"]},
    {"data": {"game": "Gates of Olympus", "rtp": 12.0}},
    {"meta": {"variant": "B"}},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
def test_a_change_of_what_was_approved_asks_again(approved, changes, person):
    assert approved.status == ItemStatus.READY and approved.posts.count() == 2
    _edit(approved, **changes)
    approved.refresh_from_db()
    assert approved.status == ItemStatus.DRAFT and not approved.posts.exists()
    evidence = Approval.objects.get()
    assert evidence.person == person and evidence.ended_at == factories.NOW
    assert next(iter(changes)) in evidence.ended_because
    assert evidence.content["title"].startswith("Gates of Olympus")
    assert list(approving.waiting()) == [approved]


def test_a_change_from_outside_asks_again(approved):
    editing.edit(approved.pk, {"title": "Another"}, now=factories.NOW)
    approved.refresh_from_db()
    assert approved.status == ItemStatus.DRAFT


@pytest.mark.parametrize("changes", [{"publish_at": "2026-12-02T10:00:00+00:00"}, {"expires_at": None}, {}])
def test_another_time_asks_nobody(approved, changes):
    _edit(approved, **changes)
    approved.refresh_from_db()
    assert approved.status == ItemStatus.READY and Approval.objects.get().ended_at is None


def test_what_nobody_had_to_approve_is_changed_freely(telegram_account):
    item = factories.make_item(telegram_account, publish_at=LATER)
    _edit(item, title="Another")
    item.refresh_from_db()
    assert item.status == ItemStatus.READY and item.posts.count() == 1


def test_an_editors_own_words_ask_again_and_come_back_with_the_approval(approved, person, telegram_account):
    post = approved.posts.get(account=telegram_account)
    assert rewording.reword(post, "Mine", now=factories.NOW)
    approved.refresh_from_db()
    assert approved.status == ItemStatus.DRAFT and "tg-news" in Approval.objects.get().ended_because
    items.approve(approved, now=factories.NOW, press=Pressing(factories.NOW, person=person.pk))
    words = dict(approved.posts.values_list("account__slug", "caption"))
    assert words == {"tg-news": "Mine", "fb-page": ""}
    assert Approval.objects.filter(ended_at=None).count() == 1


def test_what_was_changed_between_reading_and_approving_is_not_approved(person, telegram_account):
    item = factories.make_item(status=ItemStatus.DRAFT, publish_at=LATER)
    seen = QueueItem.objects.get(pk=item.pk)
    _edit(item, title="Another")
    done = items.approve(seen, now=factories.NOW, press=Pressing(factories.NOW, person=person.pk))
    item.refresh_from_db()
    assert not done.taken and item.status == ItemStatus.DRAFT and not item.posts.exists()
    assert not Approval.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_change_past_all_doors_is_not_sent(approved, sandbox):
    QueueItem.objects.filter(pk=approved.pk).update(title="Smuggled in")
    dispatch.drain(clock=lambda: LATER + timedelta(minutes=1))
    assert not sandbox.wall
    assert set(approved.posts.values_list("status", flat=True)) == {PostStatus.FAILED}
    assert "Approve it again" in approved.posts.first().error


@pytest.mark.django_db(transaction=True)
def test_what_failed_and_was_mended_waits_for_approval_and_then_goes_out(approved, person, sandbox):
    QueueItem.objects.filter(pk=approved.pk).update(title="Smuggled in")
    dispatch.drain(clock=lambda: LATER + timedelta(minutes=1))
    approved.refresh_from_db()
    _edit(approved, title="Mended")
    approved.refresh_from_db()
    refused = items.retry_item(approved, now=LATER)
    assert not refused.taken and "approve it again" in str(refused.skipped)
    press = Pressing(LATER, person=person.pk)
    assert items.approve(approved, now=LATER, press=press).taken == 2
    dispatch.drain(clock=lambda: LATER + timedelta(minutes=2))
    assert len(sandbox.wall) == 2 and all("Mended" in card.text for card in sandbox.wall)


def test_an_approval_that_is_taken_back_leaves_its_evidence(person, telegram_account):
    item = factories.make_item(status=ItemStatus.DRAFT, publish_at=LATER)
    before = QueueItem.objects.values().get(pk=item.pk)
    press = Pressing(factories.NOW, person=person.pk, hold=timedelta(seconds=10))
    items.approve(item, now=factories.NOW, press=press)
    kept = undo.keep(press, person=person.pk, model="queueitem", label="Approve", rows=[item.pk], now=factories.NOW)
    assert undo.take_back(kept, now=factories.NOW).taken == 1
    assert QueueItem.objects.values().get(pk=item.pk) == before
    assert Approval.objects.get().ended_because == "The press was taken back."


def test_a_draft_that_is_sent_back_waits_for_its_writer_until_it_is_changed(person, telegram_account):
    item = factories.make_item(status=ItemStatus.DRAFT, publish_at=LATER)
    assert approving.send_back(item, "RTP is wrong", now=factories.NOW)
    told = Event.objects.get()
    assert told.type == "item.sent_back" and told.source == item.source and told.data["item"]["id"] == item.pk
    assert told.data["reason"] == "RTP is wrong"
    assert not approving.waiting().exists()
    _edit(item, data={"game": "Gates of Olympus", "rtp": 96.0})
    assert approving.waiting().get().sent_back_reason == "RTP is wrong"
    item.refresh_from_db()
    items.approve(item, now=factories.NOW, press=Pressing(factories.NOW, person=person.pk))
    item.refresh_from_db()
    assert item.sent_back_reason == "" and not approving.send_back(item, "Late", now=factories.NOW)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    data=st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=4),
    order=st.randoms(use_true_random=False),
)
def test_the_order_of_keys_is_no_change_and_any_value_is(data, order):
    pairs = list(data.items())
    order.shuffle(pairs)
    one, same, other = (QueueItem(title="x", data=held) for held in (data, dict(pairs), {**data, "more!!": 1}))
    assert approvals.fingerprint(one) == approvals.fingerprint(same) != approvals.fingerprint(other)


@pytest.mark.django_db(transaction=True)
def test_a_change_and_a_claim_at_once_never_let_the_change_out_unapproved(person, telegram_account, sandbox):
    """Whichever is first: the change is refused, or nothing is claimed."""
    for _round in range(6):
        item = factories.make_item(status=ItemStatus.DRAFT, publish_at=factories.NOW)
        items.approve(item, now=factories.NOW, press=Pressing(factories.NOW, person=person.pk))
        barrier, ended = threading.Barrier(2), []

        def change(number=item.pk, barrier=barrier, ended=ended):
            barrier.wait()
            try:
                editing.edit(number, {"title": "Unapproved"}, now=factories.NOW)
                ended.append("changed")
            except editing.Gone:
                ended.append("gone")
            finally:
                connection.close()

        thread = threading.Thread(target=change)
        thread.start()
        barrier.wait()
        dispatch.drain(clock=Clock(factories.NOW))
        thread.join()
        dispatch.drain(clock=Clock(factories.NOW))
        item.refresh_from_db()
        out = [card for card in sandbox.wall if "Unapproved" in card.text]
        assert not out and ended
        assert item.status == (ItemStatus.DRAFT if ended == ["changed"] else ItemStatus.POSTED)
        Post.objects.filter(status=PostStatus.PENDING).delete()
