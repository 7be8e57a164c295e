"""The best hour: found where there is one, silent where there is too little, never made by robots."""

from datetime import timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from metrics.models import ClickTotal
from metrics.reports import best_hour, best_hour_words
from social_queue.models import Post
from tests import factories

JAKARTA = ZoneInfo("Asia/Jakarta")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
counts = st.dictionaries(st.integers(0, 23), st.lists(st.integers(0, 60), min_size=1, max_size=30), max_size=8)


def _poisson(chance, mean, posts):
    return [sum(chance.random() < mean / 100 for _ in range(100)) for _ in range(posts)]


def test_an_hour_with_twice_the_clicks_is_found_and_is_sure():
    chance = Random(1)
    found = {hour: _poisson(chance, 20 if hour == 19 else 9, 30) for hour in (8, 12, 15, 19, 21)}
    best = best_hour.best(found)
    assert (best.hour, best.posts) == (19, 30) and best.sure > 0.95
    assert best.least < best.times < best.most and 1.5 < best.times < 3 and best.least > 1.3
    assert best_hour_words.sentence(best).startswith("19:00–20:00: ")


def test_where_all_hours_are_alike_none_is_called_the_best():
    sure = 0
    for seed in range(20):
        chance = Random(seed)
        found = {hour: _poisson(chance, 10, 12) for hour in range(6, 18)}
        best = best_hour.best(found)
        sure += best.sure >= best_hour.SURE
    # Of twenty desks without a difference one may be misled.
    assert sure <= 1


@pytest.mark.parametrize(
    "found",
    [
        {},
        {19: [50] * 30},
        {19: [50] * 30, 8: [10] * 30},
        {19: [50] * 7, 8: [10] * 7, 9: [10] * 7, 10: [1] * 7},
        {hour: [0] * 30 for hour in range(24)},
    ],
)
def test_with_too_little_nothing_is_said(found):
    assert best_hour.best(found) is None
    assert "Too little" in best_hour_words.sentence(None)


@given(counts)
def test_whatever_was_counted_the_figures_agree(found):
    best = best_hour.best(found)
    if best is None:
        return
    assert best == best_hour.best(found)
    assert 0 <= best.sure <= 1 and 0 <= best.least <= best.most and len(found[best.hour]) >= best_hour.LEAST_POSTS
    assert all(
        sum(found[best.hour]) / len(found[best.hour]) >= sum(row) / len(row)
        for row in found.values()
        if len(row) >= best_hour.LEAST_POSTS
    )


@pytest.fixture
def telegram():
    """Ninety posts of the last month by the clock of Jakarta: at eight, at noon, and at seven in the evening."""
    account = factories.make_account("telegram", slug="tg", zone="Asia/Jakarta")
    for day in range(2, 32):
        for hour in (8, 12, 19):
            at = (timezone.now() - day * DAY).astimezone(JAKARTA).replace(hour=hour, minute=10)
            item = factories.make_item(publish_at=at)
            post = factories.make_post(item, account, status="published", external_id="1", published_at=at)
            _clicked(post, at + HOUR, humans=9 if hour == 19 else 2, robots=80 if hour == 8 else 0)
            # A week later a robot's list brings people to old posts: that says nothing about the hour.
            _clicked(post, at + 7 * DAY, humans=50 if hour == 12 else 0)
    return account


def _clicked(post: Post, at, humans=0, robots=0):
    hour = at.replace(minute=0)
    about = {"queue_item": post.item_id, "account": post.account_id, "platform": post.platform}
    ClickTotal.objects.create(post=post.pk, hour_at=hour, humans=humans, robots=robots, **about)


@pytest.mark.django_db
def test_it_counts_people_within_a_day_by_the_accounts_clock(telegram, django_assert_num_queries):
    with django_assert_num_queries(2):
        best = best_hour.of(telegram, now=timezone.now())
    assert (best.hour, best.posts) == (19, 30) and best.times == pytest.approx(4.5)


@pytest.mark.django_db
def test_the_page_says_it_for_every_account(telegram, admin_client):
    factories.make_account("facebook", slug="fb")
    page = admin_client.get(reverse("admin:metrics_best_hour")).content.decode()
    assert "19:00–20:00" in page and "4.5 times" in page and "Too little has gone out" in page


@pytest.mark.django_db
def test_who_may_not_see_clicks_does_not_see_it(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("v", is_staff=True))
    assert client.get(reverse("admin:metrics_best_hour")).status_code == 403
