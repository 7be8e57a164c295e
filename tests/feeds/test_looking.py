"""Looks at feeds: every entry becomes one item, whatever dies, moves, repeats itself or is rubbish."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.feeds import asking, keeping, looking, trial
from social_queue.models import Alert, Feed, FeedEntry, QueueItem
from tests import factories
from tests.support.feed_host import rss

pytestmark = pytest.mark.django_db(transaction=True)

#: In minutes.
_A_DAY = 24 * 60


def look(feed, *, ahead=0):
    """The counts of one look, ``ahead`` minutes from now."""
    feed = Feed.objects.get(pk=feed.pk)
    return dict(looking.fetch(feed, clock=lambda: timezone.now() + timedelta(minutes=ahead)))


def titles():
    return [item.title for item in QueueItem.objects.order_by("pk")]


def test_the_first_look_takes_the_newest_and_the_oldest_of_them_goes_first(feed, host):
    Feed.objects.update(newest=3)
    assert look(feed) == {"new": 3, "known": 2, "bad": 0}
    assert titles() == ["Entry 3", "Entry 4", "Entry 5"]
    assert {item.source for item in QueueItem.objects.all()} == {"blog"}
    assert look(feed) == {"new": 0, "known": 5, "bad": 0}


def test_a_burst_of_sixty_loses_none_and_every_one_goes_once(feed, host):
    look(feed)
    host.pages["/feed"] = rss(*range(65, 0, -1))
    assert look(feed) == {"new": 60, "known": 5, "bad": 0}
    host.pages["/feed"] = rss(*range(1, 66))
    assert look(feed) == {"new": 0, "known": 65, "bad": 0}
    assert len(titles()) == len(set(titles())) == 65


def test_an_entry_that_is_reworded_is_the_same_entry(feed, host):
    look(feed)
    host.pages["/feed"] = rss(5, 4, words="Reworded")
    assert look(feed)["new"] == 0 and len(titles()) == 5


def test_a_look_that_died_between_item_and_mark_makes_nothing_twice(feed, host):
    look(feed)
    FeedEntry.objects.filter(title="Entry 5").delete()
    assert look(feed) == {"new": 1, "known": 4, "bad": 0}
    host.pages["/feed"] = rss(5, words="Reworded")
    FeedEntry.objects.filter(title="Entry 5").delete()
    assert look(feed)["new"] == 1
    assert len(titles()) == 5


def test_it_is_asked_only_for_what_is_new(feed, host):
    host.remembers = True
    look(feed)
    assert look(feed) == {"new": 0, "known": 5, "bad": 0}
    assert "if-none-match" not in host.asked[0][1] and "if-none-match" in host.asked[1][1]
    assert "if-modified-since" in host.asked[1][1]
    host.pages["/feed"] = rss(6, 5)
    assert look(feed) == {"new": 1, "known": 1, "bad": 0}


def test_items_may_wait_as_drafts_or_take_slots(feed, host):
    factories.PlatformAccount.objects.update(slots=["mon-sun 09:00"]) if hasattr(factories, "slots") else None
    Feed.objects.update(arrives_as_draft=True)
    look(feed)
    assert {item.status for item in QueueItem.objects.all()} == {"draft"}
    Feed.objects.update(arrives_as_draft=False, into_slots=True)
    host.pages["/feed"] = rss(6)
    look(feed)
    assert QueueItem.objects.get(title="Entry 6").next_slot


def test_a_map_words_them_and_leaves_out_what_its_when_says(feed, host):
    host.pages["/feed"] = rss(2, 1)
    rules = {"title": {"join": ["=New: ", "title"]}, "link": "link", "when": {"title": "Entry 2"}}
    Feed.objects.update(field_map=rules, default_channels=["tg-news"])
    assert look(feed) == {"new": 2, "known": 0, "bad": 0}
    assert titles() == ["New: Entry 2"]
    assert QueueItem.objects.get().channels == ["tg-news"]


def test_what_is_rubbish_is_named_once_and_the_others_go(feed, host):
    host.pages["/feed"] = rss(1).replace(b"</channel>", b"<item><title>No link</title><guid>x</guid></item></channel>")
    assert look(feed) == {"new": 1, "known": 0, "bad": 1}
    assert "“No link”: link is required" in Feed.objects.get().error
    look(feed)
    alert = Alert.objects.get()
    assert alert.kind == "feed_trouble" and alert.occurrences == 2 and "No link" in alert.text
    # It is mended without another date.
    mended = b"<item><title>No link</title><guid>x</guid><link>https://site.example/x</link></item></channel>"
    host.pages["/feed"] = rss(1).replace(b"</channel>", mended)
    assert look(feed) == {"new": 1, "known": 1, "bad": 0}
    assert (Feed.objects.get().error, Alert.objects.get().resolved_at is None) == ("", False)


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (b"<!doctype html><html><body>Log in", "is a web page, not a feed"),
        (404, "nothing at this address (HTTP 404)"),
        (401, "wants a log-in"),
        (b"x" * 100, "neither RSS nor Atom"),
        ("/feed", "redirects"),
        ("http://10.0.0.1/feed", "10.0.0.1 is not asked: it is a private address"),
        ("http://[::1]:9009/feed", "a loopback address"),
        ("file:///etc/passwd", "must begin with http"),
    ],
)
def test_what_is_no_feed_is_named_at_once(feed, host, page, sentence):
    host.pages["/feed"] = page
    assert look(feed) == {"new": 0, "known": 0, "bad": 0}
    feed.refresh_from_db()
    assert sentence in feed.error and sentence in Alert.objects.get().text
    host.pages["/feed"] = rss(1)
    assert look(feed)["new"] == 1
    assert Alert.objects.get().resolved_at and Feed.objects.get().error == ""


def test_a_passing_failure_is_told_when_it_lasts_and_is_asked_after_ever_more_rarely(feed, host):
    host.pages["/feed"] = 503
    pauses = []
    for _number in range(4):
        look(feed)
        feed.refresh_from_db()
        pauses.append(round((feed.next_look_at - feed.looked_at).total_seconds() / 60))
        assert Alert.objects.exists() == (feed.failures >= 3)
    assert pauses == [30, 60, 120, 240] and "HTTP 503" in feed.error


def test_what_is_gone_for_good_is_asked_no_more(feed, host):
    host.pages["/feed"] = 410
    look(feed)
    assert Feed.objects.get().paused and "paused" in Feed.objects.get().error
    assert looking.fetch_due(clock=timezone.now) == {}


def test_trying_an_address_that_is_gone_for_good_says_nothing_of_a_pause(feed, host):
    host.pages["/feed"] = 410
    with pytest.raises(asking.Trouble, match=r"gone for good \(HTTP 410\)\.$"):
        trial.look(Feed(slug="new", url=feed.url), now=timezone.now())
    assert not Feed.objects.get().paused


def test_a_feed_that_moved_for_good_is_read_there_and_says_so(feed, host):
    host.pages |= {"/feed": "/new", "/new": rss(1)}
    assert look(feed)["new"] == 1
    assert f"moved for good to {host.url}/new" in Feed.objects.get().notes[0]
    host.moves = 302
    look(feed)
    assert Feed.objects.get().notes == []


def test_packed_and_slow_and_endless_ones(feed, host, monkeypatch):
    host.packs = True
    assert look(feed)["new"] == 5
    host.pages["/feed"] = rss(6).replace(b"</channel>", b" " * 6_000_000 + b"</channel>")
    look(feed)
    assert "larger than 5,242,880 bytes" in Feed.objects.get().error
    host.slow, host.packs = 600.0, False
    monkeypatch.setattr("social_queue.feeds.asking.SECONDS", 0.3)
    look(feed)
    assert "could not be read" in Feed.objects.get().error


def test_what_trails_behind_a_packed_feed_counts_as_well(feed, host):
    host.packs, host.trails = True, bytes(100)
    assert look(feed)["new"] == 5
    host.trails = bytes(6_000_000)
    look(feed)
    assert "larger than 5,242,880 bytes" in Feed.objects.get().error


def test_due_ones_are_looked_at_together_and_a_slow_one_delays_no_other(feed, host, settings):
    Feed.objects.create(slug="dead", url=f"{host.url}/gone")
    Feed.objects.create(slug="paused", url=f"{host.url}/feed?p", paused=True)
    looked = looking.fetch_due(clock=timezone.now)
    assert {slug: counts["new"] for slug, counts in looked.items()} == {"blog": 5, "dead": 0}
    assert looking.fetch_due(clock=timezone.now) == {}
    feed.refresh_from_db()
    minutes = (feed.next_look_at - feed.looked_at).total_seconds() / 60
    assert 27 <= minutes <= 33
    later = timezone.now() + timedelta(minutes=34)
    assert set(looking.fetch_due(clock=lambda: later)) == {"blog", "dead"}


def test_a_new_one_is_looked_at_first_however_many_are_due(feed, host, monkeypatch):
    monkeypatch.setattr(looking, "_AT_ONCE", 2)
    long_due = timezone.now() - timedelta(hours=1)
    Feed.objects.bulk_create(
        Feed(slug=f"due-{number}", url=f"{host.url}/feed?{number}", next_look_at=long_due) for number in range(3)
    )
    Feed.objects.filter(pk=feed.pk).update(next_look_at=timezone.now() - timedelta(minutes=1))
    Feed.objects.create(slug="new", url=f"{host.url}/feed?new")
    assert set(looking.fetch_due(clock=timezone.now)) == {"new", "due-0"}
    assert set(looking.fetch_due(clock=timezone.now)) == {"due-1", "due-2"}
    assert set(looking.fetch_due(clock=timezone.now)) == {"blog"}


def test_a_feed_that_a_parser_stumbles_over_stops_no_other(feed, host, monkeypatch):
    Feed.objects.create(slug="strange", url=f"{host.url}/strange")
    host.pages["/strange"] = b"<rss strange"
    real = looking.asking.parsing.parse

    def stumbling(content, **told):
        if b"strange" in content:
            raise RecursionError
        return real(content, **told)

    monkeypatch.setattr(looking.asking.parsing, "parse", stumbling)
    assert looking.fetch_due(clock=timezone.now)["blog"]["new"] == 5
    assert "Autopost itself stumbled over it: RecursionError" in Feed.objects.get(slug="strange").error


def test_what_a_feed_no_longer_shows_is_forgotten_after_half_a_year(feed, host):
    look(feed)
    FeedEntry.objects.filter(title__in=["Entry 1", "Entry 2"]).update(last_seen_at=timezone.now() - timedelta(days=200))
    look(feed)  # both are still shown
    assert keeping.prune(timezone.now()) == 0
    FeedEntry.objects.filter(title="Entry 1").update(last_seen_at=timezone.now() - timedelta(days=200))
    assert keeping.prune(timezone.now()) == 1


def test_a_feed_that_says_nothing_new_for_half_a_year_shows_its_entries_still(feed, host):
    Feed.objects.update(newest=3)
    host.remembers = True
    look(feed)
    for day in range(20, 201, 20):
        assert look(feed, ahead=day * _A_DAY) == {"new": 0, "known": 5, "bad": 0}
        assert keeping.prune(timezone.now() + timedelta(days=day)) == 0
    QueueItem.objects.all().delete()
    host.pages["/feed"] = rss(6, 5, 4, 3, 2, 1)
    assert look(feed, ahead=201 * _A_DAY) == {"new": 1, "known": 5, "bad": 0}
    assert titles() == ["Entry 6"]


def test_what_dropped_out_before_is_forgotten_though_a_feed_says_nothing_new(feed, host):
    host.remembers = True
    look(feed)
    FeedEntry.objects.filter(title="Entry 1").update(last_seen_at=timezone.now() - timedelta(days=100))
    for day in (2, 40, 100):
        look(feed, ahead=day * _A_DAY)
        keeping.prune(timezone.now() + timedelta(days=day))
    assert sorted(FeedEntry.objects.values_list("title", flat=True)) == [f"Entry {number}" for number in (2, 3, 4, 5)]


def test_what_is_shown_still_is_written_down_once_a_day(feed, host):
    host.remembers = True
    look(feed)
    other = Feed.objects.create(slug="other", url=f"{host.url}/other")
    now = timezone.now()
    FeedEntry.objects.create(feed=other, key="k", first_seen_at=now, last_seen_at=now)
    before = set(FeedEntry.objects.values_list("last_seen_at", flat=True))
    look(feed, ahead=_A_DAY // 2)
    assert set(FeedEntry.objects.values_list("last_seen_at", flat=True)) == before
    look(feed, ahead=2 * _A_DAY)
    assert FeedEntry.objects.filter(last_seen_at__gt=now + timedelta(days=1)).count() == 5
