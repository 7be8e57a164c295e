"""Giving items another time: as an edit from outside would, never against a claim, another editor or an interval."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_queue.calendar import placing
from social_queue.calendar.placing import Seen, Stays, TooShort
from social_queue.delivery import claim
from social_queue.models import Post, QueueItem
from social_queue.operations.pressing import Pressing
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)


@pytest.fixture
def places():
    return factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")


def _move(item, at, seen=None, now=NOW):
    return placing.move(Seen(item.pk, seen), at, now=now, press=Pressing(now))


def _stands(item):
    rows = Post.objects.filter(item=item.pk).order_by("pk").values_list("not_before", "slot_at")
    return QueueItem.objects.get(pk=item.pk).publish_at, list(rows)


def test_an_item_goes_with_all_its_posts_and_leaves_its_slot(places):
    item = factories.make_item(*places, publish_at=NOW + HOUR, next_slot=True)
    item.posts.update(slot_at=NOW + HOUR)
    _move(item, NOW + DAY, seen=NOW + HOUR)
    assert _stands(item) == (NOW + DAY, [(NOW + DAY, None)] * 2)
    assert not QueueItem.objects.get(pk=item.pk).next_slot


def test_a_draft_moves_too():
    item = factories.make_item(status="draft", publish_at=NOW + HOUR)
    _move(item, NOW + DAY)
    assert _stands(item) == (NOW + DAY, [])


def test_what_a_worker_has_claimed_stays_and_the_sentence_names_where(places):
    item = factories.make_item(*places, publish_at=NOW)
    before = _stands(item)
    assert claim.claim(now=NOW, limit=1, worker="w")
    with pytest.raises(Stays, match=r"a worker has begun with it\. (tg|fb) \(publishing\)"):
        _move(item, NOW + DAY)
    assert _stands(item)[0] == before[0]


@pytest.mark.parametrize(
    ("status", "said"), [("cancelled", "cancelled"), ("posted", "a worker has begun"), ("failed", "a worker has begun")]
)
def test_what_is_over_stays(places, status, said):
    item = factories.make_item(places[0], publish_at=NOW, status=status)
    post = {"cancelled": "cancelled", "posted": "published", "failed": "failed"}[status]
    item.posts.update(status=post, attempts_made=0 if status == "cancelled" else 1, external_id="1")
    with pytest.raises(Stays, match=said):
        _move(item, NOW + DAY)


def test_who_moves_second_is_told_and_moves_nothing(places):
    item = factories.make_item(*places, publish_at=NOW + HOUR)
    _move(item, NOW + DAY, seen=NOW + HOUR)
    with pytest.raises(Stays, match="Somebody else has moved it"):
        _move(item, NOW + 2 * DAY, seen=NOW + HOUR)
    assert _stands(item)[0] == NOW + DAY


def test_nothing_moves_into_the_past_or_behind_its_own_end(places):
    item = factories.make_item(places[0], publish_at=NOW + HOUR, expires_at=NOW + 2 * HOUR)
    for at, said in ((NOW, "That time is over"), (NOW - DAY, "That time is over"), (NOW + DAY, "publish_at")):
        with pytest.raises(Stays, match=said):
            _move(item, at)
    assert _stands(item) == (NOW + HOUR, [(NOW + HOUR, None)])


def test_what_is_gone_is_said():
    with pytest.raises(Stays, match="not there any more"):
        placing.move(Seen(1), NOW + DAY, now=NOW, press=Pressing(NOW))


def test_ten_over_four_hours_stand_evenly_and_in_order(places):
    items = [factories.make_item(places[0], publish_at=NOW + n * MINUTE) for n in range(10)]
    found = placing.spread(items[::-1], NOW + DAY, NOW + DAY + 4 * HOUR)
    assert [place.item.pk for place in found] == [item.pk for item in items]
    times = [place.at for place in found]
    gaps = [later - sooner for sooner, later in zip(times, times[1:], strict=False)]
    assert (times[0], times[-1]) == (NOW + DAY, NOW + DAY + 4 * HOUR)
    assert all(24 * MINUTE <= gap <= 27 * MINUTE for gap in gaps)
    assert all(place.posts == 1 for place in found)


@given(
    count=st.integers(2, 40),
    span=st.timedeltas(2 * MINUTE, 7 * DAY),
    interval=st.integers(0, 7200),
)
def test_however_long_the_span_nothing_is_closer_than_its_account_allows(count, span, interval):
    items = [QueueItem(pk=number, publish_at=NOW) for number in range(count)]
    apart = max(MINUTE, timedelta(seconds=interval))
    needed = apart * (count - 1)
    if span < needed:
        with pytest.raises(TooShort) as fault:
            placing.evenly(items, NOW, NOW + span, apart=apart)
        span = fault.value.needed
        assert needed <= span < needed + MINUTE
    times = [at for _item, at in placing.evenly(items, NOW, NOW + span, apart=apart)]
    gaps = [later - sooner for sooner, later in zip(times, times[1:], strict=False)]
    assert min(gaps) >= apart and times[0] == NOW and len(times) == count


@pytest.mark.parametrize(
    ("begins", "ends", "hours"),
    [
        ("2027-03-28 00:00", "2027-03-28 06:00", 5),
        ("2026-10-25 00:00", "2026-10-25 06:00", 7),
    ],
)
def test_over_a_change_of_clocks_they_stand_evenly_too(begins, ends, hours):
    """As a form hands the span over: both ends on one clock, whose differences Python takes as the clock shows them."""
    berlin = ZoneInfo("Europe/Berlin")
    first, last = (datetime.fromisoformat(text).replace(tzinfo=berlin) for text in (begins, ends))
    items = [QueueItem(pk=number, publish_at=NOW + number * MINUTE) for number in range(hours + 1)]
    times = [at.astimezone(UTC) for _item, at in placing.evenly(items, first, last, apart=HOUR)]
    assert times == [first.astimezone(UTC) + number * HOUR for number in range(hours + 1)]
    assert times[-1] == last.astimezone(UTC)
    with pytest.raises(TooShort) as fault:
        placing.evenly([*items, QueueItem(pk=99, publish_at=NOW + DAY)], first, last, apart=HOUR)
    assert fault.value.needed == (hours + 1) * HOUR


def test_a_span_that_is_too_short_says_how_long_it_must_be(places):
    places[0].min_interval_s = 1800
    places[0].save()
    items = [factories.make_item(*places) for _ in range(10)]
    with pytest.raises(TooShort) as fault:
        placing.spread(items, NOW, NOW + 4 * HOUR)
    assert (fault.value.needed, fault.value.apart) == (9 * 30 * MINUTE, 30 * MINUTE)


def test_a_spread_says_how_many_posts_wait_for_the_end_of_quiet_hours(places):
    places[0].quiet_hours, places[0].zone = "13:00-15:00", "UTC"
    places[0].save()
    items = [factories.make_item(*places) for _ in range(3)]
    found = placing.spread(items, NOW, NOW + 4 * HOUR)
    assert [place.in_quiet_hours for place in found] == [0, 1, 0]
