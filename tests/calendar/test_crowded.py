"""A month that is six times as full costs the database hardly more: each day is read as far as it is drawn."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from social_queue.calendar import portions
from social_queue.calendar.agenda import Wish
from social_queue.models import Post, QueueItem
from tests import factories
from tests.factories import NOW
from tests.support import work_of_database

# ANALYZE TABLE ends the transaction it stands in.
pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
_DAYS = 30
_SPANS = [(NOW + day * DAY, NOW + (day + 1) * DAY) for day in range(_DAYS)]
_FEW, _MANY = 700, 4_200


@pytest.fixture
def places():
    return [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]


def _fill(places, count):
    """A post on each place for each of so many items, over all days; those of the first half are out."""
    Post.objects.all().delete()
    QueueItem.objects.all().delete()
    every = _DAYS * DAY / count
    items = QueueItem.objects.bulk_create(
        (QueueItem(title=f"{n}", link="https://example.com/", publish_at=NOW + n * every) for n in range(count)),
        batch_size=500,
    )
    Post.objects.bulk_create(
        (
            Post(item=item, account=place, platform=place.platform, not_before=item.publish_at)
            for item in items
            for place in places
        ),
        batch_size=500,
    )
    out = Post.objects.filter(not_before__lt=NOW + _DAYS * DAY / 2)
    out.update(status="published", attempts_made=1, external_id=F("code"), published_at=F("not_before"))
    work_of_database.analyze("social_posts", "social_queue")


def _month(wish):
    found = portions.of_days(_SPANS, wish, most=4)
    assert sum(len(portion.entries) for portion in found) >= 4 * _DAYS


def _wishes(places):
    return [Wish(), Wish(account=places[1].pk)]


@pytest.mark.only_on("mysql", "postgresql")
def test_the_database_reads_hardly_more_rows_of_a_full_month(places):
    def rows(wish):
        with work_of_database.rows_counted() as counted:
            if connection.vendor == "postgresql":
                # Of tables as small as a test's it would read the whole.
                connection.cursor().execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            _month(wish)
        return counted.read

    few, many = _of_both(places, rows)
    assert [more < 2 * fewer for fewer, more in zip(few, many, strict=True)] == [True, True], (few, many)


@pytest.mark.only_on("sqlite")
def test_sqlite_takes_hardly_more_steps_for_a_full_month(places):
    few, many = _of_both(places, lambda wish: work_of_database.steps_of(lambda: _month(wish)))
    assert [more < 2 * fewer for fewer, more in zip(few, many, strict=True)] == [True, True], (few, many)


def _of_both(places, measured):
    found = []
    for count in (_FEW, _MANY):
        _fill(places, count)
        found.append([measured(wish) for wish in _wishes(places)])
    return found
