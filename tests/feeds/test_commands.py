"""`feed` and `fetch_feeds`: looked at before it is stored, and a line a feed."""

import json

import pytest
from django.core.management import CommandError, call_command

from social_queue.models import Feed, QueueItem

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_feed_is_added_looked_at_and_changed(host, telegram_account, capsys, tmp_path):
    call_command("feed", "blog", f"{host.url}/feed", "--newest", "2", "--channels", telegram_account.slug)
    assert "“Feed” has 5 entries." in capsys.readouterr().out
    call_command("fetch_feeds", "blog")
    assert capsys.readouterr().out == "blog: 2 new, 3 known, 0 bad\n"
    call_command("fetch_feeds")
    assert capsys.readouterr().out == "No feed is due.\n"
    rules = tmp_path / "map.json"
    rules.write_text(json.dumps({"title": "title", "link": "link"}))
    call_command("feed", "blog", f"{host.url}/feed", "--map", str(rules), "--draft", "--every", "5", "--slots")
    feed = Feed.objects.get()
    assert (feed.every_minutes, feed.arrives_as_draft, feed.into_slots, feed.newest) == (5, True, True, 2)
    assert (feed.field_map["title"], feed.default_channels, feed.next_look_at) == (
        "title",
        [telegram_account.slug],
        None,
    )
    call_command("fetch_feeds")
    assert capsys.readouterr().out.endswith("blog: 0 new, 5 known, 0 bad\n")
    assert QueueItem.objects.count() == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["/page"], "web page, not a feed"),
        (["/nothing"], "HTTP 404"),
        (["/feed", "--every", "0"], "every_minutes"),
        (["/feed", "--newest", "1000"], "newest"),
        (["/feed", "--channels", "nowhere"], "default_channels: .*nowhere"),
        (["/down"], "HTTP 500.*add --unchecked"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(host, words, sentence):
    host.pages |= {"/page": b"<html>", "/down": 500}
    with pytest.raises(CommandError, match=sentence):
        call_command("feed", "blog", host.url + words[0], *words[1:])
    assert not Feed.objects.exists()


def test_an_address_at_home_is_refused(settings):
    settings.MEDIA_ALLOWED_HOSTS = []
    with pytest.raises(CommandError, match=r"127\.0\.0\.1 is not asked: it is a loopback address"):
        call_command("feed", "blog", "http://127.0.0.1:9009/feed", "--unchecked")


def test_one_that_is_down_can_be_stored_for_later(host, capsys):
    host.pages["/down"] = 500
    call_command("feed", "blog", f"{host.url}/down", "--unchecked")
    assert "HTTP 500" in capsys.readouterr().err and Feed.objects.exists()


def test_a_path_that_leads_to_nothing_is_said_before_it_is_stored(host, capsys, tmp_path):
    rules = tmp_path / "map.json"
    rules.write_text(json.dumps({"title": "titel", "link": "link"}))
    with pytest.raises(CommandError, match="add --unchecked"):
        call_command("feed", "blog", f"{host.url}/feed", "--map", str(rules))
    said = capsys.readouterr().err
    assert "“titel”, for title in the field map, leads to nothing" in said and "title is required" in said
    assert "Did you mean “title”?" in said and not Feed.objects.exists()
    call_command("feed", "blog", f"{host.url}/feed", "--map", str(rules), "--unchecked")
    assert Feed.objects.get().field_map["title"] == "titel"
    # What is stored already is told, and not refused again.
    call_command("feed", "blog", f"{host.url}/feed", "--every", "5")
    assert "leads to nothing" in capsys.readouterr().err and Feed.objects.get().every_minutes == 5


def test_an_unknown_one_is_named(host):
    with pytest.raises(CommandError, match="no feed 'x'. There is no feed yet: add one with `manage.py feed`."):
        call_command("fetch_feeds", "x")
