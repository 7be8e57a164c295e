"""Clicks are added up by post and hour: all of them, once, however often and by however many it is done."""

from datetime import timedelta

import pytest
from django.db.models import Sum

from metrics.clicks import spool
from metrics.models import Click, ClickTotal, Tally
from metrics.sums import totals
from social_queue.models import Post
from social_queue.upkeep import prune
from social_queue.workings.schedules import SCHEDULES
from tests.metrics.made_clicks import click, published
from tests.support.crowd import at_once

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_spool(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "spool" / "clicks.jsonl"


@pytest.fixture
def post(db, facebook_account, now):
    return published(facebook_account, at=now - 3 * HOUR, variant="B")


def sums() -> tuple[int, int]:
    total = ClickTotal.objects.aggregate(humans=Sum("humans"), robots=Sum("robots"))
    return total["humans"] or 0, total["robots"] or 0


def test_the_clicks_of_an_hour_become_one_row(post, now):
    click(post, at=now - HOUR + timedelta(minutes=5), times=3)
    click(post, at=now - HOUR + timedelta(minutes=59, seconds=59), times=2, robot=True)
    click(post, at=now, times=4)

    totals.roll_up(now + timedelta(minutes=1))

    older, newer = ClickTotal.objects.order_by("hour_at")
    assert (older.hour_at, older.humans, older.robots) == (now - HOUR, 3, 2)
    assert (newer.hour_at, newer.humans, newer.robots) == (now, 4, 0)
    assert (newer.platform, newer.variant, newer.account) == ("facebook", "B", post.account_id)
    assert newer.queue_item == post.item_id
    assert Post.objects.get().clicks == 7


def test_counting_again_changes_nothing_and_later_clicks_are_added(post, now):
    click(post, at=now, times=2)
    for minutes in (1, 2, 6):
        totals.roll_up(now + timedelta(minutes=minutes))
    assert sums() == (2, 0)

    click(post, at=now + timedelta(minutes=7))
    click(post, at=now + HOUR + timedelta(seconds=1))
    totals.roll_up(now + HOUR + timedelta(minutes=2))
    assert sums() == (4, 0)
    assert Tally.objects.get(of="clicks", result="human").count == 4


def test_a_click_booked_after_its_hour_was_counted_is_found(post, now):
    click(post, at=now)
    totals.roll_up(now + HOUR + timedelta(seconds=10))
    click(post, at=now + HOUR - timedelta(seconds=5))
    totals.roll_up(now + HOUR + timedelta(minutes=5))
    assert sums() == (2, 0)


def test_days_without_a_worker_are_caught_up(post, now):
    click(post, at=now)
    totals.roll_up(now)
    click(post, at=now + timedelta(minutes=20))
    click(post, at=now + timedelta(days=2))
    click(post, at=now + timedelta(days=9))
    assert totals.roll_up(now + timedelta(days=10)) == 3
    assert sums() == (4, 0)


def test_a_host_whose_clock_is_ahead_is_counted_too(post, now):
    click(post, at=now)
    click(post, at=now + timedelta(hours=2))
    totals.roll_up(now)
    click(post, at=now + timedelta(minutes=1))
    totals.roll_up(now + timedelta(minutes=5))
    assert sums() == (3, 0)


def test_a_click_from_the_spool_is_counted_in_its_own_hour(post, now):
    click(post, at=now)
    totals.roll_up(now)
    waiting = Click.objects.get()
    waiting.pk, waiting.clicked_at = None, now - timedelta(hours=30)
    spool.keep(waiting)

    totals.roll_up(now + timedelta(minutes=5))

    assert sums() == (2, 0)
    assert ClickTotal.objects.order_by("hour_at").first().hour_at == now - timedelta(hours=30)
    assert Post.objects.get().clicks == 2


@pytest.mark.django_db(transaction=True)
def test_several_who_count_at_once_count_once(facebook_account, now):
    posts = [published(facebook_account, at=now - HOUR) for _ in range(5)]
    for number, post in enumerate(posts):
        for hour in range(4):
            click(post, at=now - hour * HOUR, times=number + 1)
        spool.keep(Click(post=post.pk, queue_item=post.item_id, platform="facebook", clicked_at=now))

    at_once(lambda number: totals.roll_up(now + timedelta(minutes=number)), 4)

    assert sums() == (4 * 15 + 5, 0)
    assert list(Post.objects.order_by("id").values_list("clicks", flat=True)) == [5, 9, 13, 17, 21]
    assert Tally.objects.get(of="clicks", result="human").count == 65


def test_pruning_takes_old_clicks_and_leaves_their_totals(post, now, settings):
    settings.KEEP_CLICKS_DAYS = 30
    click(post, at=now - timedelta(days=29))
    totals.roll_up(now - timedelta(days=28))
    click(post, at=now, times=2)

    later = now + timedelta(days=2)
    assert prune.prune(later)["clicks"] == 1

    assert Click.objects.count() == 2
    assert sums() == (3, 0)
    totals.roll_up(later)
    assert Post.objects.get().clicks == 3


def test_a_click_on_a_post_that_is_gone_is_counted_nevertheless(post, now):
    click(post, at=now)
    Post.objects.all().delete()
    totals.roll_up(now)
    assert sums() == (1, 0)


def test_the_clock_calls_it_every_five_minutes():
    assert SCHEDULES["totals"] == ("metrics.tasks.roll_up", 5)
