"""Times at which the reader's clock is put forward or back: they are planned, and left alone, as any other."""

from datetime import UTC, datetime

import pytest

from social_queue.models import QueueItem
from tests import factories
from tests.admin.test_mending import _change, _form

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_berlin")]
ADD = "/admin/queue/queueitem/add/"
#: In Berlin 02:30 stands on the clock twice that night; this is the second time.
SECOND = datetime(2031, 10, 26, 1, 30, tzinfo=UTC)


@pytest.fixture
def in_berlin(settings):
    settings.TIME_ZONE = "Europe/Berlin"


@pytest.mark.parametrize(
    ("day", "moment"),
    [
        ("2031-10-26", datetime(2031, 10, 26, 0, 30, tzinfo=UTC)),
        ("2031-03-30", datetime(2031, 3, 30, 1, 0, tzinfo=UTC)),
    ],
    ids=["shown twice: the first", "skipped: the first moment after"],
)
def test_a_time_that_the_clock_shows_twice_or_skips_can_be_planned(desk, day, moment):
    factories.make_account("telegram")
    typed = {"title": "At night", "link": "https://example.com/night", "publish_at_0": day, "publish_at_1": "02:30"}
    desk.client.post(ADD, typed)
    assert QueueItem.objects.get().publish_at == moment


def test_what_goes_at_the_second_of_two_times_is_changed_and_stays_there(desk):
    item = factories.make_item(factories.make_account("telegram"), publish_at=SECOND)
    desk.client.post(_change(item), _form(desk, item, title="Changed", _continue="1"))
    item.refresh_from_db()
    assert (item.title, item.publish_at) == ("Changed", SECOND)


def test_it_is_moved_by_whoever_types_another_time(desk):
    item = factories.make_item(factories.make_account("telegram"), publish_at=SECOND)
    desk.client.post(_change(item), _form(desk, item, publish_at_1="03:30", _continue="1"))
    item.refresh_from_db()
    assert item.publish_at == datetime(2031, 10, 26, 2, 30, tzinfo=UTC)
