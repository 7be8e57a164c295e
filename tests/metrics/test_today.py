"""Yesterday's clicks on the desk's first page: kept for an hour once they are added up, not before."""

from datetime import timedelta

import pytest

from metrics import today, watermarks
from metrics.sums import totals
from social_queue.admin.today import days

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), 3600


class Kept(dict):
    """A cache that tells for how many seconds it was to keep each figure."""

    def set(self, key: str, value: object, seconds: int) -> None:
        self[key.split(":")[1]] = seconds


@pytest.fixture
def kept(monkeypatch) -> Kept:
    monkeypatch.setattr(days, "cache", Kept())
    return days.cache


def test_clicks_that_are_not_added_up_are_looked_at_again_soon(kept, admin_client):
    assert admin_client.get("/admin/").status_code == 200
    assert kept.pop("clicks") <= 60
    assert set(kept.values()) == {HOUR}


def test_what_is_added_up_while_it_is_counted_is_not_kept_for_long(kept):
    added_up = []

    def count(begin, end):
        added_up.append(end)
        return 3

    days.figure("x", "x", count, is_counted=lambda end: end in added_up)
    assert kept["x"] <= 60
    days.figure("y", "y", count, is_counted=lambda end: end in added_up)
    assert kept["y"] == HOUR


@pytest.mark.parametrize(
    ("reached", "later", "final"),
    [(None, 60, False), (-1, 60, False), (1, 60, False), (6, 6, True), (59, 60, True), (600, 60, False)],
)
def test_a_day_is_added_up_once_the_sums_have_passed_its_end(now, reached, later, final):
    midnight = now
    watermarks.lay(totals.MARK)
    if reached is not None:
        watermarks.move(watermarks.hold(totals.MARK), midnight + reached * MINUTE)
    assert today._are_added_up(midnight, now=midnight + later * MINUTE) is final
