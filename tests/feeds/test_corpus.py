"""Feeds as they are found in the wild, the broken ones too: what is read of each, or what is said instead."""

from pathlib import Path

import pytest

from social_queue.feeds import parsing
from social_queue.feeds.found import NotAFeed

CORPUS = Path(__file__).parent / "corpus"
ADDRESS = "https://site.example/dir/feed"
#: file → what ingest is given of each entry, in order
READ = {
    "rss2-media.xml": [
        {
            "title": "Gerimis di Bandung",
            "link": "https://kabar.example/a/2",
            "summary": "Hujan ringan sampai sore.\nBawa payung.",
            "image_url": "https://kabar.example/img/2.jpg",
        },
        {
            "title": "Cerah",
            "link": "https://kabar.example/a/1",
            "summary": "Langit cerah.",
            "image_url": "https://kabar.example/img/1.png",
        },
    ],
    "rss1.rdf": [{"title": "First", "link": "https://old.example/1"}],
    "rss091.xml": [{"title": "Only a title and a link", "link": "https://a.example/1"}],
    "atom.xml": [
        {
            "title": "Relative",
            "link": "https://atom.example/blog/posts/1",
            "summary": "One.\nTwo.",
            "image_url": "https://atom.example/img/1.webp",
        }
    ],
    "json-feed.json": [
        {
            "title": "Seven",
            "link": "https://site.example/posts/7",
            "summary": "Hello & welcome",
            "image_url": "https://site.example/img/7.jpg",
        },
        {
            "title": "A note without a title.",
            "link": "https://else.example/6",
            "image_url": "https://json.example/6.png",
        },
    ],
    "latin1-said-to-be-utf8.xml": [{"title": "Crème brûlée", "link": "https://c.example/1"}],
    "windows-1252.xml": [{"title": "“Hello” – goodbye", "link": "https://w.example/1"}],
    "utf16.xml": [{"title": "東京", "link": "https://j.example/1"}],
    "not-well-formed.xml": [{"title": "Fish & chips", "link": "https://b.example/?a=1&b=2"}, {}],
    "no-ids.xml": [
        {"title": "Known by its link", "link": "https://n.example/1"},
        {"title": "Known by its title and date"},
        {"title": "Neither id nor link nor title"},
    ],
    "dates-that-are-none.xml": [
        {"title": "B", "link": "https://d.example/2"},
        {"title": "A", "link": "https://d.example/1"},
    ],
    "external-entity.xml": [{"title": "[]", "link": "https://x.example/1"}],
    "several-pictures.xml": [
        {
            "title": "Album",
            "link": "https://al.example/1",
            "media": [{"url": f"https://al.example/{n}.jpg"} for n in "abc"],
        },
        {"title": "Sizes", "link": "https://al.example/2", "image_url": "https://al.example/big.jpg"},
        {
            "title": "Many",
            "link": "https://al.example/3",
            "media": [{"url": f"https://al.example/n{number}.jpg"} for number in range(10)],
        },
    ],
    "podcast.xml": [{"title": "Episode 1", "link": "https://p.example/1", "image_url": "https://p.example/1.jpg"}],
    "empty-channel.xml": [],
}
SAID = {
    "page.html": "web page, not a feed. It names its feed: https://site.example/feed.xml https://blog.example/atom.xml",
    "page-without-a-feed.html": "web page, not a feed, and it names none",
    "sitemap.xml": "neither RSS nor Atom nor JSON Feed",
    "plain-text.txt": "neither RSS nor Atom nor JSON Feed: ",
    "other.json": "JSON, but no JSON Feed",
    "cut-off.json": "begins like JSON and is none: .*line 2",
    "empty.xml": "the answer is empty",
}
NOTED = {
    "latin1-said-to-be-utf8.xml": "encoding is another one than it is; it was read as windows-1252",
    "not-well-formed.xml": "not well-formed .*read as well as possible",
    "json-feed.json": "1 of its items are no objects",
}


def read(name):
    kind = "text/html" if name.endswith(".html") else "application/xml"
    return parsing.parse((CORPUS / name).read_bytes(), media_type=kind, url=ADDRESS)


def test_every_file_has_a_row():
    judged = {*READ, *SAID, "same-id-twice.xml", "entity-bomb.xml"}
    assert {path.name for path in CORPUS.iterdir()} == judged


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name):
    assert [entry.payload() for entry in read(name).entries] == READ[name]


@pytest.mark.parametrize("name", SAID)
def test_what_is_said_instead(name):
    with pytest.raises(NotAFeed, match=SAID[name]):
        read(name)


@pytest.mark.parametrize("name", [name for name in READ if name != "external-entity.xml"])
def test_what_is_noted(name):
    notes = " ".join(read(name).notes)
    assert (NOTED.get(name, "") == "") == (notes == "")
    assert not NOTED.get(name) or pytest.importorskip("re").search(NOTED[name], notes)


def test_an_entry_is_known_by_its_id_else_its_link_else_its_title_and_date():
    keys = [entry.key for entry in read("no-ids.xml").entries]
    assert len(set(keys)) == 3 and keys[2] == ""
    first, second = read("same-id-twice.xml").entries
    assert first.key == second.key


def test_a_relative_id_is_the_same_wherever_the_feed_stands():
    raw = (CORPUS / "podcast.xml").read_bytes()
    here, there = (parsing.parse(raw, media_type="", url=f"{scheme}://p.example/f") for scheme in ("http", "https"))
    assert here.entries[0].key == there.entries[0].key


def test_entities_that_grow_are_not_followed(monkeypatch):
    # Also where nobody is impatient: of a slow machine it would be given up, which is as well.
    monkeypatch.setattr(parsing.patience, "within", lambda _seconds, work: work())
    [entry] = read("entity-bomb.xml").entries
    assert len(entry.title) < 20


def test_no_file_of_ours_is_read_through_an_entity():
    assert Path("/etc/hostname").read_text().strip() not in str(read("external-entity.xml"))


def test_what_looks_like_an_address_is_not_asked():
    with pytest.raises(NotAFeed):
        parsing.parse(b"http://127.0.0.1:1/", media_type="", url=ADDRESS)
    with pytest.raises(NotAFeed):
        parsing.parse(str(CORPUS / "atom.xml").encode(), media_type="", url=ADDRESS)


def test_of_an_endless_archive_the_newest_thousand_are_looked_at():
    items = "".join(f"<item><title>{n}</title><link>https://a.example/{n}</link></item>" for n in range(1200))
    found = parsing.parse(f'<rss version="2.0"><channel>{items}</channel></rss>'.encode(), media_type="", url=ADDRESS)
    assert len(found.entries) == 1000 and "1200 entries" in found.notes[0]
