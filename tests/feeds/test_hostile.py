"""Feeds that mean harm: whatever is in one, it is given up, and the others are read."""

import gc
import json
import sys
import threading
import time
from types import SimpleNamespace

import pytest
from django.utils import timezone

from social_queue.feeds import asking, looking, parsing, patience
from social_queue.feeds.found import NotAFeed
from social_queue.models import Alert, Feed, QueueItem
from tests.support.feed_host import rss

ENDLESS = 300_000


def json_feed(**entry) -> bytes:
    version = "https://jsonfeed.org/version/1.1"
    return json.dumps({"version": version, "title": "Feed", "items": [{"id": "1", **entry}]}).encode()


def rss_with(text: str) -> bytes:
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{text}</channel></rss>'.encode()


HOSTILE = {
    "nested entries": rss_with("<item>" * (ENDLESS // 6)),
    "tags that do not end": rss_with(f"<item><title>{'&lt;a ' * (ENDLESS // 6)}</title></item>"),
}
#: What newer versions of Python read at once; the others are kept busy by it as by those above.
HOSTILE_TO_SOME = {
    "comments that do not end": json_feed(title="T", content_html="<!--" * (ENDLESS // 4)),
    "quotes that do not end": json_feed(title="T", content_html='<a b="' * (ENDLESS // 6)),
}


@pytest.mark.parametrize("page", HOSTILE.values(), ids=HOSTILE)
def test_what_keeps_a_parser_busy_for_hours_is_given_up(page, monkeypatch):
    monkeypatch.setattr(parsing, "MOST_SECONDS", 0.2)
    with pytest.raises(NotAFeed, match="which no real feed does"):
        parsing.parse(page, media_type="application/xml", url="https://f.example/feed")
    assert sys.getprofile() is None


@pytest.mark.parametrize("page", HOSTILE_TO_SOME.values(), ids=HOSTILE_TO_SOME)
def test_what_keeps_some_parsers_busy_for_hours_is_read_or_given_up(page, monkeypatch):
    """Within the patience of a test either way."""
    monkeypatch.setattr(parsing, "MOST_SECONDS", 0.2)
    try:
        [entry] = parsing.parse(page, media_type="application/xml", url="https://f.example/feed").entries
        said = entry.told["title"]
    except NotAFeed as fault:
        said = str(fault)
    assert said == "T" or "which no real feed does" in said
    assert sys.getprofile() is None


@pytest.mark.parametrize(
    "page",
    [b"<html>" + b"<link" * 38_000, b"<html><link " + b"a" * 190_000 + b">", b"<html><link a" + b" " * 190_000 + b"b>"],
    ids=["many", "long", "blanks"],
)
def test_a_page_whose_links_lead_nowhere_is_looked_through_once(page):
    done = threading.Event()

    def look() -> None:
        parsing._announced(page, "https://f.example/")
        done.set()

    threading.Thread(target=look, daemon=True).start()
    assert done.wait(120)


def test_a_page_that_names_a_feed_at_no_address_is_a_page_all_the_same():
    page = b'<html><link type="application/rss+xml" href="http://[">'
    with pytest.raises(NotAFeed, match="names its feed"):
        parsing.parse(page, media_type="text/html", url="https://f.example/")


def test_what_takes_its_time_is_left_alone_when_it_is_over():
    assert patience.within(0.05, lambda: "done") == "done"
    _work(0.1)
    assert sys.getprofile() is None and sys.gettrace() is None


def test_work_that_is_far_from_over_is_not_held_up_by_looks_at_the_time(monkeypatch):
    asked = []
    counted = SimpleNamespace(monotonic=time.monotonic, thread_time=lambda: asked.append(1) or time.thread_time())
    monkeypatch.setattr(patience, "time", counted)
    patience.within(3600, lambda: [len("") for _ in range(10_000)])
    assert len(asked) < 10


def _work(seconds: float) -> None:
    ends = time.thread_time() + seconds
    while time.thread_time() < ends:
        json.loads("[]")


class Closing:
    """Ends while it is being thrown away, as files and connections do: what is raised there nobody hears."""

    def __del__(self) -> None:
        _work(5)


def _collecting() -> None:
    """Garbage is collected, and somebody who counts that is told: nor does anybody hear what is raised there."""

    def told(_phase: str, _counts: dict[str, int]) -> None:
        gc.callbacks.remove(told)
        _work(5)

    gc.callbacks.append(told)
    gc.collect(0)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("unheard", [Closing, _collecting])
def test_a_time_that_ends_where_nobody_hears_it_is_over_behind_it_too(unheard):
    def work() -> None:
        for _ in range(3):
            unheard()
        _work(5)

    with pytest.raises(patience.TookTooLong):
        patience.within(0.1, work)
    _work(0.1)
    assert sys.getprofile() is None and sys.gettrace() is None


@pytest.mark.django_db(transaction=True)
def test_a_hostile_feed_is_told_of_and_stops_no_other(feed, host, monkeypatch):
    # What only the first parsing of a process has to do is no part of a feed's time.
    parsing.parse(rss(1), media_type="application/xml", url="https://f.example/feed")
    monkeypatch.setattr(parsing, "MOST_SECONDS", 1.0)
    Feed.objects.create(slug="hostile", url=f"{host.url}/hostile")
    host.pages |= {"/hostile": HOSTILE["nested entries"], "/feed": rss(1)}
    counts = looking.fetch_due(clock=timezone.now)
    assert counts["blog"]["new"] == 1 and QueueItem.objects.get().title == "Entry 1"
    hostile = Feed.objects.get(slug="hostile")
    assert hostile.failures == 1 and hostile.next_look_at > timezone.now()
    assert "hostile" in Alert.objects.get().text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "page",
    [
        json_feed(title="half \ud83d", url="https://f.example/1"),
        json_feed(title="half \x00", url="https://f.example/1"),
    ],
    ids=["surrogate", "null byte"],
)
def test_letters_that_no_database_holds_stop_no_feed(feed, host, page):
    Feed.objects.update(next_look_at=timezone.now())
    Feed.objects.create(slug="letters", url=f"{host.url}/letters")  # due before the other
    host.pages |= {"/letters": page, "/feed": rss(1)}
    counts = looking.fetch_due(clock=timezone.now)
    assert (counts["letters"]["new"], counts["blog"]["new"]) == (1, 1)
    assert QueueItem.objects.get(source="letters").title == "half \ufffd"
    assert Feed.objects.get(slug="letters").looked_at is not None


@pytest.mark.django_db(transaction=True)
def test_a_row_that_can_t_be_written_stops_no_other_feed(feed, host, monkeypatch):
    Feed.objects.update(next_look_at=timezone.now())
    Feed.objects.create(slug="strange", url=f"{host.url}/feed")
    real = looking.judging.lay_all

    def stumbling(feed, *given, **named):
        if feed.slug == "strange":
            "\ud800".encode()
        return real(feed, *given, **named)

    monkeypatch.setattr(looking.judging, "lay_all", stumbling)
    assert looking.fetch_due(clock=timezone.now)["blog"]["new"] == 5


@pytest.mark.parametrize(("etag", "kept"), [('"a-1"', '"a-1"'), ('"a\x00"', ""), ('"' + "a" * 400 + '"', "")])
def test_a_mark_that_can_t_be_said_again_is_not_kept(etag, kept):
    assert asking._to_ask_with({"etag": etag}, "etag", 300) == kept
