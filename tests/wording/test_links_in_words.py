"""A link in a text: platforms find all of it and nothing more."""

import re
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from connectors.looks.links import links_in
from connectors.sandbox.stage import x_links
from connectors.texts.links_in_words import kept_apart, recognised
from connectors.vendors.twitter.length import LINK_WEIGHT, weighted_length
from social_queue.operations import previews
from social_queue.wording import links
from social_queue.wording.utm import build_utm
from tests import factories

_SIGNS = st.characters(codec="ascii", exclude_categories=("Cc", "Z"), exclude_characters="\\")


@given(st.text(_SIGNS, max_size=30))
@example("wiki/Washington,_D.C.")
@example("wiki/Foo_(bar)")
@example("wiki/Foo_(bar")
@example("f()")
@example("a[1]")
@example("{id}?q=\"x\"&r=<y>'z'")
@example("p#section).")
@example("a!?b=c")
@example("@user")
def test_with_our_mark_it_is_one_link_that_leads_to_the_same_place(rest):
    tracked = build_utm(f"https://example.com/{rest}", "twitter", {}, code="AbCd1234")
    shown = recognised(tracked)
    text = f"Judul\n\n{shown}\n\nmore"
    assert [found.text for found in x_links.real_links(text)] == [shown] == links_in(text)
    assert weighted_length(text) == len("Judul\n\n\n\nmore") + LINK_WEIGHT
    assert recognised(shown) == shown
    assert unquote(shown) == unquote(tracked)


@pytest.mark.parametrize(
    "url",
    ["https://example.com/p?x=a|b&y[]=1;c#s-2", "https://desk.example/go/Ab12Cd34", "https://[::1]:80/a", "no link"],
)
def test_what_is_found_anyway_stays_letter_for_letter(url):
    assert recognised(url) == url


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("LINKをご覧ください", "LINK をご覧ください"),
        ("詳しくはLINK。", "詳しくはLINK 。"),
        ("LINKดูที่นี่", "LINK ดูที่นี่"),
        ("LINK👉 LINK", "LINK 👉 LINK"),
        ("LINK, LINK. (LINK) «LINK» “LINK” LINK–LINK\nLINK", None),
        ("LINK\u00a0x LINK\u3000x", None),
    ],
)
def test_what_follows_is_no_part_of_it(written, sent):
    link = "https://desk.example/go/Ab12Cd34"
    assert kept_apart(written.replace("LINK", link), link) == (sent or written).replace("LINK", link)


@given(st.lists(st.sampled_from(["https://desk.example/go/Ab12Cd34", "見", "«", " ", ".", "👉", "\u2019", "h"])))
def test_only_the_words_that_would_run_into_it_are_moved_away(pieces):
    link, text = "https://desk.example/go/Ab12Cd34", "".join(pieces)
    moved = kept_apart(text, link)
    assert kept_apart(moved, link) == moved
    follows = re.compile(re.escape(link) + r"(?=[^\x00-\x7f\s«»\u2000-\u206f])")
    assert moved == follows.sub(f"{link} ", text)


def test_a_post_without_a_link_stays_as_it_is():
    assert kept_apart("見る", "") == "見る"


@pytest.mark.django_db
class TestAPost:
    def test_shows_a_plain_link_so_that_all_of_it_is_one(self, settings, twitter_account):
        settings.LINK_MODE = "plain"
        item = factories.make_item(twitter_account, title="D.C.", link="https://example.com/Washington,_D.C.")
        [row] = previews.of_item(item)
        link = links.expected_link(item.posts.get())
        assert "https://example.com/Washington,_D.C%2E?utm_source=twitter&" in row["caption"]
        assert link.tracked.startswith("https://example.com/Washington,_D.C.?utm_source")
        assert [found.text for found in x_links.real_links(row["caption"])] == [link.short]

    def test_and_its_own_words_do_not_run_into_the_link(self, telegram_account):
        item = factories.make_item(telegram_account, captions={"telegram": "{link}をご覧ください"})
        [row] = previews.of_item(item)
        assert row["caption"] == f"{links.expected_link(item.posts.get()).short} をご覧ください"

    def test_nor_does_what_follows_the_post(self, telegram_account):
        item = factories.make_item(telegram_account, follow_ups=[{"text": "詳しくは{link}。"}])
        [row] = previews.of_item(item)
        assert f"{links.expected_link(item.posts.get()).short} 。" in row["follow_ups"][0]["text"]
