"""What stands when: every post at its own time, every item that waits for its posts, and no query more for many."""

import random
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.calendar import agenda, portions
from social_queue.calendar.agenda import UNDECIDED, Wish
from social_queue.intake import ingest
from social_queue.models import Post, QueueItem
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


EVERYTHING = Wish()


def _all(wish=EVERYTHING, *, begins=NOW - 7 * DAY, ends=NOW + 7 * DAY):
    """As a page has them, of which the days are one span."""
    (portion,) = portions.of_days([(begins, ends)], wish, most=10_000)
    assert portion.upto is None
    return portion.entries


def _published(post, at):
    post.status, post.attempts_made, post.external_id, post.published_at = "published", 1, "1", at
    post.save()


@pytest.fixture
def places():
    return factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")


def test_what_waits_stands_at_its_time_and_what_is_out_where_it_went_out(places):
    waiting = factories.make_item(*places, publish_at=NOW + DAY)
    hurried = factories.make_item(places[0], publish_at=NOW + 3 * DAY, status="posted")
    _published(hurried.posts.get(), NOW - HOUR)
    found = _all()
    assert [(entry.item, entry.at, entry.state) for entry in found] == [
        (hurried.pk, NOW - HOUR, "posted"),
        (waiting.pk, NOW + DAY, "ready"),
    ]
    assert [len(entry.posts) for entry in found] == [1, 2]


def test_posts_of_an_item_at_different_times_are_two_entries(places):
    item = factories.make_item(*places, publish_at=NOW + HOUR)
    item.posts.filter(account=places[1]).update(not_before=NOW + 9 * HOUR)
    assert [(entry.item, entry.at) for entry in _all()] == [(item.pk, NOW + HOUR), (item.pk, NOW + 9 * HOUR)]


def test_an_entry_says_what_became_of_its_posts(places):
    for status, expected in (("failed", "failed"), ("unknown", UNDECIDED), ("publishing", "posting")):
        item = factories.make_item(places[0], publish_at=NOW)
        item.posts.update(status=status, attempts_made=1)
        assert [entry.state for entry in _all() if entry.item == item.pk] == [expected]
    mixed = factories.make_item(*places, publish_at=NOW)
    _published(mixed.posts.get(account=places[0]), NOW + timedelta(minutes=1))
    mixed.posts.filter(account=places[1]).update(status="failed", attempts_made=1)
    assert [entry.state for entry in _all() if entry.item == mixed.pk] == ["partial"]


def test_what_waits_for_an_editor_stands_there_and_what_is_cancelled_only_when_asked_for(places):
    draft = factories.make_item(status="draft")
    gone, alone = factories.make_item(places[0], status="cancelled"), factories.make_item(status="cancelled")
    gone.posts.update(status="cancelled")
    assert [entry.item for entry in _all()] == [draft.pk]
    assert [entry.item for entry in _all(Wish(state="cancelled"))] == [gone.pk, alone.pk]


def test_filters_by_account_state_and_source(places):
    mine = factories.make_item(places[0], source="admin:ana")
    theirs = factories.make_item(places[1], source="feeds")
    factories.make_item(status="draft", source="feeds")
    assert [entry.item for entry in _all(Wish(account=places[1].pk))] == [theirs.pk]
    assert [entry.item for entry in _all(Wish(source="admin:"))] == [mine.pk]
    assert [entry.state for entry in _all(Wish(source="feeds"))] == ["ready", "draft"]
    assert [entry.item for entry in _all(Wish(source="feeds", state="ready"))] == [theirs.pk]


def test_only_what_nobody_has_claimed_can_be_moved(places):
    free, tried = factories.make_item(*places), factories.make_item(*places)
    # One of the two has been tried; the other half must not go without it.
    tried.posts.filter(account=places[0]).update(attempts_made=1)
    draft, gone = factories.make_item(status="draft"), factories.make_item(status="cancelled")
    found = [*_all(), *_all(Wish(state="cancelled"))]
    agenda.details(found)
    assert {entry.item: entry.movable for entry in found} == {
        free.pk: True,
        tried.pk: False,
        draft.pk: True,
        gone.pk: False,
    }


def test_what_repeats_says_how_often(places):
    body = {"title": "Weather", "link": "https://example.com/w", "publish_at": (NOW + HOUR).isoformat()}
    ingest.receive(body | {"repeat": {"rrule": "FREQ=DAILY", "zone": "UTC"}}, source="bot", now=NOW)
    alone = factories.make_item(places[0])
    found = _all()
    agenda.details(found)
    assert {entry.repeats for entry in found if entry.item == alone.pk} == {""}
    assert {entry.repeats for entry in found if entry.item != alone.pk} == {f"every day at {NOW + HOUR:%H:%M} (UTC)"}


def test_the_days_are_half_open(places):
    factories.make_item(places[0], publish_at=NOW)
    assert len(_all(begins=NOW, ends=NOW + HOUR)) == 1 and not _all(begins=NOW - HOUR, ends=NOW)


def _lay(places, count, *, every, first=NOW):
    """Items with a post on each of ``places``, one after another."""
    rows = [QueueItem(title=f"{n}", link="https://example.com/", publish_at=first + n * every) for n in range(count)]
    made = QueueItem.objects.bulk_create(rows, batch_size=500)
    posts = [
        Post(item=item, account=place, platform=place.platform, not_before=item.publish_at)
        for item in made
        for place in places
    ]
    return Post.objects.bulk_create(posts, batch_size=500)


def _days(count):
    return [(NOW + n * DAY, NOW + (n + 1) * DAY) for n in range(count)]


def test_of_five_thousand_posts_a_page_reads_what_it_shows(places):
    def asked(most):
        with CaptureQueriesContext(connection) as queries:
            found = portions.of_days(_days(7), EVERYTHING, most=most)
            agenda.details(entry for portion in found for entry in portion.entries[:most])
        return found, len(queries)

    factories.make_item(places[0], publish_at=NOW)
    few, asked_of_few = asked(10)
    _lay(places, 2500, every=timedelta(minutes=3))
    many, asked_of_many = asked(10)
    assert [len(portion.entries) for portion in few] == [1, 0, 0, 0, 0, 0, 0]
    assert all(10 <= len(portion.entries) <= 40 and portion.upto for portion in many[:5])
    assert [len(portion.entries) for portion in many[6:]] == [0]
    assert asked_of_many <= asked_of_few + 8


@pytest.mark.only_on("sqlite")
def test_each_kind_of_posts_is_read_in_the_order_of_an_index(places):
    _lay(places, 50, every=timedelta(minutes=3))
    plans = [kind.within(NOW, NOW + DAY)[:10].explain() for kind in agenda.posts(EVERYTHING)]
    assert ["post_due" in plans[0], "post_due" in plans[1], "post_published" in plans[2]] == [True] * 3
    assert "B-TREE" not in plans[0] + plans[2]


@pytest.mark.parametrize("seed", range(6))
def test_of_crowded_days_the_first_entries_are_those_that_reading_all_would_have_found(places, seed, monkeypatch):
    chance = random.Random(seed)
    for post in _lay(places, 60, every=timedelta(minutes=70)):
        at = post.not_before + timedelta(minutes=chance.randint(-40, 400))
        if chance.random() < 0.4:
            _published(post, at)
        else:
            status = chance.choice(["pending", "pending", "failed", "unknown", "cancelled"])
            tried = 0 if status == "pending" else 1
            Post.objects.filter(pk=post.pk).update(status=status, not_before=at, attempts_made=tried)
    for _number in range(20):
        factories.make_item(status="draft", publish_at=NOW + timedelta(minutes=chance.randint(0, 6000)))
    wish = Wish(account=chance.choice([None, places[0].pk]), source=chance.choice(["", "tests"]))
    whole = portions.of_days(_days(5), wish, most=5)
    assert not any(portion.upto for portion in whole)
    for name in ("_AT_ONCE", "_AT_ONCE_OF_ONE"):
        monkeypatch.setattr(portions, name, 10)
    monkeypatch.setattr(portions, "_AHEAD", 2)
    parts = portions.of_days(_days(5), wish, most=5)
    assert any(portion.upto for portion in parts) or not any(portion.entries for portion in whole)
    for part, all_of_it in zip(parts, whole, strict=True):
        assert part.entries == [entry for entry in all_of_it.entries if part.upto is None or entry.at <= part.upto]
