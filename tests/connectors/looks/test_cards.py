"""How a post looks on its platform, drawn from plain facts: nothing of a stranger's text becomes markup."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.looks.cards import LABELS, card
from connectors.looks.draft import draft
from connectors.looks.media import Shown

_TAG = re.compile(r"<(/?)([a-z0-9-]+)")
#: Every tag that a look is made of, or that Telegram's HTML may show.
_OURS = {
    *("article", "header", "div", "span", "b", "small", "figure", "a", "img", "video", "svg", "use", "i"),
    *("u", "s", "code", "pre", "blockquote"),
}


def test_telegrams_html_is_shown_as_it_reads():
    shown = draft("telegram", "@news", "<b>Hot</b> &amp; <i>new</i> https://example.com/a", markup="html")
    assert shown.text == "Hot & new https://example.com/a"
    drawn = card(shown, "now")
    assert "<b>Hot</b> &amp; <i>new</i>" in drawn and 'href="https://example.com/a"' in drawn


def test_what_telegram_cannot_read_is_shown_as_it_stands():
    drawn = card(draft("telegram", "@news", "a < b <blink>", markup="html"), "now")
    assert "a &lt; b &lt;blink&gt;" in drawn


def test_a_plain_text_is_never_markup():
    drawn = card(draft("facebook", "123", "<b>Hot</b> <script>alert(1)</script>"), "now")
    assert "&lt;b&gt;Hot&lt;/b&gt;" in drawn and "<script" not in drawn


def test_the_first_link_is_a_card_only_where_there_is_no_picture():
    words = "Read https://example.com/a and https://example.com/b"
    assert 'class="link-card" href="https://example.com/a"' in card(draft("facebook", "1", words), "now")
    with_picture = card(draft("facebook", "1", words, picture="/p.jpg", alt="A chart"), "now")
    assert "link-card" not in with_picture and 'src="/p.jpg" alt="A chart"' in with_picture


@pytest.mark.parametrize("platform", [*LABELS, "mastodon"])
def test_several_media_are_shown_in_their_order_each_with_its_words(platform):
    media = [Shown("image", "/a.jpg", "A chart"), Shown("video", "/b.mp4", "A walk"), Shown("image", "/c.jpg")]
    drawn = card(draft(platform, "1", "Words https://example.com/a", media=media), "now")
    places = [drawn.index(part) for part in ('<img src="/a.jpg"', '<video src="/b.mp4"', '<img src="/c.jpg"')]
    assert places == sorted(places)
    assert 'alt="A chart"' in drawn and 'aria-label="A walk"' in drawn and "link-card" not in drawn
    assert drawn.count('class="medium"') == 3 and drawn.count("<figure") == 1
    # The wall's script writes a number into whatever has this mark.
    assert "data-count" not in drawn


def test_a_platform_without_a_look_of_its_own_is_shown_plainly():
    drawn = card(draft("mastodon", "@desk@example.social", "Hello"), "now", label="Mastodon")
    assert 'aria-label="Mastodon: @desk@example.social"' in drawn and ">Hello</div>" in drawn


@pytest.mark.parametrize("platform", [*LABELS, "mastodon"])
@given(st.text(max_size=80), st.text(max_size=20), st.sampled_from(["plain", "html"]))
@settings(max_examples=60, deadline=None)
def test_whatever_stands_in_a_text_no_tag_of_a_stranger_comes_out(platform, words, address, markup):
    media = [Shown("image", "/p.jpg", words), Shown("video", "/p.mp4", words)]
    drawn = card(draft(platform, address, words, markup=markup, media=media), "now")
    assert {name for _closing, name in _TAG.findall(drawn)} <= _OURS
    assert not re.search(r"<[^>]*\son[a-z]+=", drawn)
