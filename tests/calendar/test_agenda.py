"""What stands when: every post at its own time, every item that waits for its posts, and no query more for many."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.calendar import agenda
from social_queue.calendar.agenda import UNDECIDED, Wish
from social_queue.models import Post, QueueItem
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


EVERYTHING = Wish()


def _all(wish=EVERYTHING, *, begins=NOW - 7 * DAY, ends=NOW + 7 * DAY):
    return agenda.between(begins, ends, wish)


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


def test_the_days_are_half_open(places):
    factories.make_item(places[0], publish_at=NOW)
    assert len(_all(begins=NOW, ends=NOW + HOUR)) == 1 and not _all(begins=NOW - HOUR, ends=NOW)


def test_five_thousand_posts_take_as_many_queries_as_five(places):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            found = _all()
            agenda.details(found[:300])
        return len(found), len(asked)

    factories.make_item(places[0], publish_at=NOW)
    few = queries()
    rows = [
        QueueItem(title=f"{n}", link="https://example.com/", source="s", publish_at=NOW + n * timedelta(minutes=2))
        for n in range(2500)
    ]
    made = QueueItem.objects.bulk_create(rows, batch_size=500)
    posts = [
        Post(item=item, account=place, platform=place.platform, not_before=item.publish_at)
        for item in made
        for place in places
    ]
    Post.objects.bulk_create(posts, batch_size=500)
    many = queries()
    assert (few[0], many[0]) == (1, 2501) and few[1] == many[1] == 5
