"""A feed that is given another address: its first look there takes the newest of what is new, and nothing twice."""

import copy
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from social_queue.feeds import looking, sources
from social_queue.models import Feed, FeedEntry, QueueItem
from tests.support.feed_host import rss

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def begun(feed, host):
    """One that was looked at, with five entries; at ``/new`` there are forty."""
    Feed.objects.update(newest=5)
    feed.refresh_from_db()
    looking.fetch(feed, clock=timezone.now)
    host.pages["/new"] = rss(*range(140, 100, -1))
    return Feed.objects.get()


def move(feed, url):
    before = copy.copy(feed)
    feed.url = url
    sources.look_anew(feed, before)
    feed.save()


def look():
    looked = looking.fetch_due(clock=lambda: timezone.now() + timedelta(minutes=1))
    return {slug: dict(counts) for slug, counts in looked.items()}


def titles():
    return [item.title for item in QueueItem.objects.order_by("pk")]


def test_the_first_look_at_another_address_takes_the_newest_only(begun, host):
    move(begun, f"{host.url}/new")
    assert look() == {"blog": {"new": 5, "known": 35, "bad": 0}}
    assert titles()[5:] == [f"Entry {number}" for number in range(136, 141)]
    host.pages["/new"] = rss(*range(150, 100, -1))
    Feed.objects.update(next_look_at=None)
    assert look() == {"blog": {"new": 10, "known": 40, "bad": 0}}


def test_what_is_known_at_the_old_address_comes_not_again_at_the_new_one(begun, host):
    host.pages["/new"] = rss(*range(7, 0, -1))
    move(begun, f"{host.url}/new")
    assert look() == {"blog": {"new": 2, "known": 5, "bad": 0}}
    assert titles() == [f"Entry {number}" for number in range(1, 8)]


def test_another_map_is_no_other_address(begun, host):
    before, begun.field_map = copy.copy(begun), {"title": "title", "link": "link"}
    sources.look_anew(begun, before)
    begun.save()
    host.pages["/feed"] = rss(*range(12, 0, -1))
    assert look() == {"blog": {"new": 7, "known": 5, "bad": 0}}


def test_the_command_begins_anew_as_well(begun, host):
    call_command("feed", "blog", f"{host.url}/new", "--newest", "2")
    assert look() == {"blog": {"new": 2, "known": 38, "bad": 0}}


@pytest.mark.parametrize("had_begun", [True, False])
@pytest.mark.parametrize("page", [rss(6, 5), 503, 410])
def test_a_look_that_was_under_way_says_nothing_of_the_new_address(begun, host, had_begun, page):
    if not had_begun:
        FeedEntry.objects.all().delete()
        Feed.objects.update(begun_at=None)
    host.pages["/feed"] = page
    host.remembers = True
    under_way = Feed.objects.get()
    move(Feed.objects.get(), f"{host.url}/new")
    looking.fetch(under_way, clock=timezone.now)
    moved = Feed.objects.get()
    assert (moved.begun_at, moved.next_look_at, moved.etag, moved.paused) == (None, None, "", False)
    assert look()["blog"]["new"] == 5
