"""The last day of a repeat, given as a day, is one of its days; given with a time, it ends at that time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from social_queue.calendar import repeating
from social_queue.intake import ingest
from social_queue.models import QueueItem, Series
from social_queue.reading import moments
from tests import factories

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 12, 27, 12, tzinfo=UTC)
FIRST = "2026-12-28T19:00+01:00"


@pytest.fixture
def account():
    return factories.make_account("telegram", slug="tg", zone="Europe/Berlin")


def _receive(**more):
    body = {"title": "Weather", "link": "https://example.com/w", "channels": ["tg"], "publish_at": FIRST}
    return ingest.receive(body | more, source="bot", now=NOW)


def _days():
    found = QueueItem.objects.order_by("publish_at").values_list("publish_at", flat=True)
    return [f"{moment.astimezone(BERLIN):%d %H:%M}" for moment in found]


@pytest.mark.parametrize("zone", [{"zone": "Europe/Berlin"}, {}])
@pytest.mark.parametrize(
    ("until", "last"),
    [
        ("2026-12-31", 31),
        ("20261231", 31),
        (" 2026-w53-4 ", 31),
        ("2026-12-28", 28),
        ("2026-12-31T00:00", 30),
        ("2026-12-31T18:59:59", 30),
        ("2026-12-31T19:00", 31),
        ("2026-12-31T17:59:59Z", 30),
        ("2026-12-31T18:00:00Z", 31),
    ],
)
def test_what_comes_in_and_what_is_changed_end_on_the_same_day(account, zone, until, last):
    repeat = {"rrule": "FREQ=DAILY", "until": until} | zone
    days = [f"{day} 19:00" for day in range(28, last + 1)]
    assert _receive(repeat=repeat).status_code == 201
    assert _days() == days
    QueueItem.objects.all().delete()
    assert _receive().status_code == 201
    repeating.change(QueueItem.objects.get().pk, {}, repeat=repeat, now=NOW)
    assert _days() == days
    assert len(set(Series.objects.values_list("until", flat=True))) == 1


def test_a_day_ends_as_it_does_in_the_rule_itself(account):
    assert _receive(repeat={"rrule": "FREQ=DAILY;UNTIL=20261231"}).status_code == 201
    in_the_rule = _days()
    QueueItem.objects.all().delete()
    assert _receive(repeat={"rrule": "FREQ=DAILY", "until": "2026-12-31"}).status_code == 201
    assert _days() == in_the_rule


def test_a_day_before_the_first_is_refused_still(account):
    answer = _receive(repeat={"rrule": "FREQ=DAILY", "until": "2026-12-27"})
    assert answer.status_code == 400 and "yields nothing" in answer.body["error"]["fields"]["repeat"][0]


@pytest.mark.parametrize("text", ["2026-02-30", "2026-12", "31.12.2026", "９９９９-12-31", "9999-12-31", 5, None])
def test_what_is_no_moment_is_refused_in_the_same_words(text):
    told = []
    for read in (moments.parse, moments.parse_last):
        with pytest.raises(ValueError, match=r"\.$") as fault:
            read(text)
        told.append(str(fault.value))
    assert told[0] == told[1]
