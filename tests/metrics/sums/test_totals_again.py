"""Adding up once more: late robots, spools of long ago, hours that are half gone, and marks ahead of the clock."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from metrics import watermarks
from metrics.clicks import spool
from metrics.models import Click, ClickTotal, Tally
from metrics.sums import totals
from tests.metrics.made_clicks import click, published

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KEPT_DAYS = 30


@pytest.fixture(autouse=True)
def own_spool(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "spool" / "clicks.jsonl"
    settings.KEEP_CLICKS_DAYS = KEPT_DAYS


@pytest.fixture
def post(db, facebook_account, now):
    return published(facebook_account, at=now - 3 * HOUR)


def sums() -> tuple[int, int]:
    total = ClickTotal.objects.aggregate(humans=Sum("humans"), robots=Sum("robots"))
    return total["humans"] or 0, total["robots"] or 0


def waiting(post, *, at) -> None:
    """One click in the spool."""
    spool.keep(Click(post=post.pk, queue_item=post.item_id, platform=post.platform, clicked_at=at))


def test_an_hour_that_is_counted_again_has_its_later_robots_too(post, now):
    click(post, at=now, robot=True)
    totals.roll_up(now + MINUTE)
    click(post, at=now + 2 * MINUTE, robot=True, times=2)
    totals.roll_up(now + 3 * MINUTE)
    assert sums() == (0, 3)
    assert Tally.objects.get(of="clicks", result="robot").count == 3


def test_an_hour_whose_clicks_were_pruned_is_never_counted_again(post, now):
    click(post, at=now, times=5)
    totals.roll_up(now + MINUTE)
    later = now + timedelta(days=KEPT_DAYS, hours=2)
    assert totals.prune(later) == 5

    waiting(post, at=now + 10 * MINUTE)
    totals.roll_up(later + MINUTE)

    assert sums() == (5, 0), "one late click out of a spool must not take the five away"


@pytest.mark.parametrize("minutes", [0, 5, 59])
def test_only_whole_hours_are_pruned(post, now, minutes):
    assert now.minute == 0
    click(post, at=now)
    click(post, at=now + 50 * MINUTE)
    totals.roll_up(now + HOUR)
    assert totals.prune(now + timedelta(days=KEPT_DAYS) + minutes * MINUTE) == 0
    assert totals.prune(now + timedelta(days=KEPT_DAYS) + HOUR) == 2
    assert sums() == (2, 0)


def test_a_spool_that_cannot_be_read_holds_no_other_click_up(post, now, settings, caplog):
    click(post, at=now, times=2)
    waiting(post, at=now)
    settings.CLICK_SPOOL.rename(settings.CLICK_SPOOL.with_suffix(".1.taken"))
    # A folder in the place of the file that the other processes lock.
    gate = settings.CLICK_SPOOL.with_suffix(".booking")
    gate.mkdir()

    totals.roll_up(now + MINUTE)
    assert sums() == (2, 0)
    assert "can't be brought in" in caplog.text

    gate.rmdir()
    totals.roll_up(now + 2 * MINUTE)
    assert sums() == (3, 0)


def test_a_spool_that_fails_in_any_way_holds_no_booked_click_up(post, now, monkeypatch, caplog):
    click(post, at=now, times=2)

    def fail() -> int:
        raise ValueError("a byte that nobody foresaw")

    monkeypatch.setattr(spool, "bring_in", fail)
    totals.roll_up(now + MINUTE)
    assert sums() == (2, 0)
    assert "a byte that nobody foresaw" in caplog.text


def test_a_spool_that_comes_in_during_the_adding_up_is_counted_in_the_same_round(post, now, monkeypatch):
    click(post, at=now - HOUR)
    click(post, at=now)
    add = totals._add_hour

    def and_meanwhile(begin, moment):
        reached = add(begin, moment)
        if reached == now + HOUR and Click.objects.count() == 2:
            waiting(post, at=now - 5 * HOUR)
            spool.bring_in()  # as another process may, between two of these transactions
        return reached

    monkeypatch.setattr(totals, "_add_hour", and_meanwhile)
    totals.roll_up(now + MINUTE)
    assert sums() == (3, 0)


def test_a_mark_ahead_of_the_clock_does_not_go_back(post, now):
    totals.roll_up(now + 3 * HOUR)
    totals.roll_up(now)
    assert watermarks.Watermark.objects.get(name=totals.MARK).added_until == now + 3 * HOUR


@pytest.mark.parametrize("late", [5, 30, 120])
def test_clicks_count_though_a_clock_that_was_ahead_has_added_up(post, now, late):
    click(post, at=now)
    totals.roll_up(now + 4 * HOUR)
    click(post, at=now + MINUTE, times=2)
    totals.roll_up(now + late * MINUTE)
    assert sums() == (3, 0)
    for hours in (4, 5):
        click(post, at=now + hours * HOUR - 30 * MINUTE)
        totals.roll_up(now + hours * HOUR - 20 * MINUTE)
    assert sums() == (5, 0)
    assert Tally.objects.get(of="clicks", result="human").count == 5


def test_an_hour_of_more_posts_than_a_batch_grows_the_counter_by_each_click_once(facebook_account, now, monkeypatch):
    monkeypatch.setattr(totals, "_BATCH", 8)  # two posts at a time
    for number in range(5):
        click(published(facebook_account, at=now - HOUR), at=now, times=number + 1)
    totals.roll_up(now + MINUTE)
    totals.roll_up(now + 2 * MINUTE)
    assert sums() == (15, 0)
    assert Tally.objects.get(of="clicks", result="human").count == 15
