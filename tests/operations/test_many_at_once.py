"""Acts on many items cost a statement or two an item and keep every promise of a single one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue import approvals
from social_queue.models import Approval, Event, ItemStatus, Post, PostStatus, QueueItem, VariantCounter
from social_queue.operations import editing, items, posts, previews, undo
from social_queue.operations.pressing import Pressing
from social_queue.timing import slots
from tests import factories
from tests.support.crowd import at_once

pytestmark = pytest.mark.django_db
COUNT = 120
LATER = factories.NOW + timedelta(hours=3)


@pytest.fixture
def person(django_user_model):
    return django_user_model.objects.create_superuser("ayu")


@pytest.fixture
def places():
    """Two accounts, each with wordings A and B."""
    return [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]


def _drafts(count=COUNT, **columns):
    told = {
        "link": "https://example.com/",
        "source": "tests",
        "status": ItemStatus.DRAFT,
        "publish_at": LATER,
    } | columns
    return QueueItem.objects.bulk_create(
        QueueItem(title=f"Item {place}", summary="What it says.", data={"game": "Gates"}, **told)
        for place in range(count)
    )


def _press(person=None):
    return Pressing(factories.NOW, hold=timedelta(seconds=10), person=person and person.pk)


def _keep(press, person, rows):
    return undo.keep(
        press, person=person.pk, model="queueitem", label="x", rows=[row.pk for row in rows], now=press.now
    )


def _approve(rows, person):
    press = _press(person)
    done, taken = items.approve_all(rows, now=press.now, press=press)
    return done, taken, press


def _read():
    return list(QueueItem.objects.order_by("pk"))


def test_approving_and_taking_it_back_take_few_statements_an_item(places, person):
    _drafts()
    with CaptureQueriesContext(connection) as heard:
        done, taken, press = _approve(_read(), person)
    assert done.taken == len(taken) == COUNT and Post.objects.count() == 2 * COUNT
    assert len(heard) < 3 * COUNT, len(heard) / COUNT
    kept = _keep(press, person, taken)
    with CaptureQueriesContext(connection) as heard:
        assert undo.take_back(kept, now=press.now).taken == COUNT
    assert len(heard) < 1.5 * COUNT, len(heard) / COUNT
    assert not Post.objects.exists() and not Approval.objects.filter(ended_at=None).exists()
    assert set(QueueItem.objects.values_list("status", "approved_as", "publish_at")) == {("draft", "", LATER)}


@pytest.mark.parametrize(
    ("act", "status", "most"),
    [
        (items.send_all_anyway, ItemStatus.SKIPPED, 2.5),
        (items.cancel_waiting, ItemStatus.SKIPPED, 1.5),
        (items.cancel_waiting, ItemStatus.DRAFT, 1.5),
    ],
)
def test_the_other_acts_on_items_that_wait_do_too(places, person, act, status, most):
    _drafts(status=status)
    press = _press(person)
    with CaptureQueriesContext(connection) as heard:
        done, taken = act(_read(), now=press.now, press=press)
    assert done.taken == len(taken) == COUNT
    assert len(heard) < most * COUNT, len(heard) / COUNT
    kept = _keep(press, person, taken)
    with CaptureQueriesContext(connection) as heard:
        assert undo.take_back(kept, now=press.now).taken == COUNT
    assert len(heard) < 1.5 * COUNT, len(heard) / COUNT
    assert set(QueueItem.objects.values_list("status", flat=True)) == {status}


@pytest.mark.parametrize(
    ("act", "status"), [(posts.retry, PostStatus.FAILED), (posts.cancel, PostStatus.PENDING), (posts.cancel, "failed")]
)
def test_retrying_and_cancelling_posts_that_somebody_approved_does_too(places, person, act, status):
    _drafts()
    _approve(_read(), person)
    Post.objects.update(status=status, attempts_made=status == "failed")
    QueueItem.objects.update(status=ItemStatus.FAILED if status == "failed" else ItemStatus.READY)
    with CaptureQueriesContext(connection) as heard:
        done = items.many(_read(), act, now=factories.NOW, press=_press(person))
    assert done.taken == 2 * COUNT
    assert len(heard) < 3 * COUNT, len(heard) / COUNT


def test_many_are_approved_as_one_would_be(places, person):
    """Wording, time, words of the account and evidence are what approving each by itself makes of them."""
    both = [_drafts(6, meta={"variant": how}) for how in ("rotate", "split", "B")]
    apart = [row for rows in both for row in _read() if row.pk in {one.pk for one in rows}]
    for row in apart:
        items.approve(row, now=factories.NOW, press=_press(person))
    want = _what_became(apart)
    Post.objects.all().delete()
    VariantCounter.objects.all().delete()
    again = [_drafts(6, meta={"variant": how}) for how in ("rotate", "split", "B")]
    together = [row for row in _read() if row.pk in {one.pk for rows in again for one in rows}]
    assert _approve(together, person)[0].taken == 18
    assert _what_became(together) == want


def _what_became(rows):
    return [
        (
            [(post.account.slug, post.variant, post.not_before, post.caption) for post in row.posts.order_by("pk")],
            [(one.fingerprint, one.content, one.words, sorted(one.evidence["texts"])) for one in row.approvals.all()],
            QueueItem.objects.get(pk=row.pk).approved_as == approvals.fingerprint(row),
        )
        for row in rows
    ]


def test_the_evidence_of_many_is_what_their_pages_show(places, person):
    _drafts(3)
    _approve(_read(), person)
    for row in _read():
        shown = {one["account"]: one["caption"] for one in previews.of_item(row)}
        assert row.approvals.get().evidence == {"texts": shown} and row.title in shown["tg"]


def test_what_was_changed_since_it_was_read_is_left_alone_and_the_others_are_let_go(places, person):
    _drafts(4)
    seen = _read()
    editing.edit(seen[1].pk, {"title": "Another"}, now=factories.NOW, by_hand=editing.ByHand())
    items.cancel_item(QueueItem.objects.get(pk=seen[2].pk), now=factories.NOW)
    done, taken, press = _approve(seen, person)
    assert [row.pk for row in taken] == [seen[0].pk, seen[3].pk] and set(press.items) == {row.pk for row in taken}
    assert dict(done.skipped) == {"was changed meanwhile": 1, "is not draft any more": 1}
    assert not seen[1].posts.exists() and QueueItem.objects.get(pk=seen[1].pk).status == ItemStatus.DRAFT


def test_one_that_has_nowhere_to_go_stays_with_the_reason_and_holds_nobody_up(places, person):
    _drafts(1, channels=["gone"])
    _drafts(2)
    done, taken, _pressed = _approve(_read(), person)
    assert done.taken == len(taken) == 2 and "'gone'" in next(iter(done.skipped))


def test_each_takes_a_free_place_of_the_week_of_its_own(person):
    account = factories.make_account("telegram", slots="mon-sun 09:00 18:00")
    _drafts(5, next_slot=True)
    free = slots.some(account, 5, after=factories.NOW)
    _approve(_read(), person)
    assert [post.slot_at for post in Post.objects.order_by("item_id")] == free
    assert list(QueueItem.objects.order_by("pk").values_list("publish_at", flat=True)) == free


def test_an_undo_of_many_leaves_what_a_worker_or_another_editor_has_touched(places, person):
    _drafts(4)
    _done, taken, press = _approve(_read(), person)
    kept = _keep(press, person, taken)
    claimed, reworded = taken[0].posts.first(), taken[1].posts.first()
    Post.objects.filter(pk=claimed.pk).update(status=PostStatus.PUBLISHING, attempts_made=1)
    Post.objects.filter(pk=reworded.pk).update(caption="Mine", caption_edited=True)
    QueueItem.objects.filter(pk=taken[2].pk).update(publish_at=LATER + timedelta(hours=1))
    done = undo.take_back(kept, now=press.now)
    assert done.taken == 1 and done.skipped == {"was changed meanwhile": 3}
    assert [row.posts.count() for row in taken] == [2, 2, 2, 0]


def test_a_skipped_item_that_comes_back_is_told_with_its_title(places, person):
    _drafts(1, status=ItemStatus.SKIPPED, reference="r-1")
    press = _press(person)
    _done, taken = items.send_all_anyway(_read(), now=press.now, press=press)
    undo.take_back(_keep(press, person, taken), now=press.now)
    told = Event.objects.get(type="item.skipped").data["item"]
    assert (told["title"], told["reference"], told["status"]) == ("Item 0", "r-1", "skipped")


@pytest.mark.django_db(transaction=True)
def test_two_people_who_approve_the_same_drafts_let_each_out_once(places, person):
    _drafts(40)
    done = at_once(lambda _number: _approve(_read(), person)[0].taken, 3)
    assert sum(done) == 40
    assert Post.objects.count() == 80 and Approval.objects.count() == 40
