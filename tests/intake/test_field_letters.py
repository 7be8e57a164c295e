"""Which letters may stand in the fields of an item."""

import pytest

from tests.intake.test_incoming import _accounts, faults, read  # noqa: F401 - a fixture by its name

pytestmark = pytest.mark.django_db


def test_one_text_may_hold_several_hashtags():
    assert read(hashtags=["#promo #sale", "Gates of Olympus"]).hashtags == ["#promo", "#sale", "Gates of Olympus"]
    assert read(hashtags=["a,b\nc", "b"]).hashtags == ["a", "b", "c"]
    assert read(hashtags=[" ".join(f"#tag{number}" for number in range(100))]).hashtags[-1] == "#tag99"
    assert list(faults(hashtags=["#x" * 101])) == ["hashtags"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link", "https://example.com/p\u200b"),
        ("link", "https://ex\u200bample.com/p"),
        ("image_url", "https://example.com/a\u200b.jpg"),
        ("channels", ["facebook", "fb-page\u200b"]),
        ("reference", "offer\u200b-1"),
    ],
)
def test_a_letter_that_nobody_sees_is_named_by_its_number(name, value):
    assert faults(**{name: value}) == {name: ["must not contain invisible characters (U+200B)."]}


@pytest.mark.parametrize(
    "link", ["https://ex\u202eample.com", "https://\u200eexample.com", "https://example\u2066.com"]
)
def test_a_host_has_no_marks_of_direction(link):
    assert "invisible characters (U+2" in faults(link=link)["link"][0]


def test_emoji_and_scripts_that_need_joiners_keep_them_in_a_link():
    for path in ("👨‍👩‍👧", "می‌خواهم"):
        assert read(link=f"https://example.com/{path}").link == f"https://example.com/{path}"


@pytest.mark.parametrize("letter", ["\x1b", "\r", "\t", "\x7f", "\x85", "\b"])
def test_no_control_character_but_the_line_feed_stands_in_a_title_or_a_hashtag(letter):
    named = f"must not contain control characters (U+{ord(letter):04X})."
    assert faults(title=f"a{letter}b") == {"title": [named]}
    if letter.strip() or letter == "\t":
        assert faults(hashtags=["fine", f"a{letter}b"]) == {"hashtags": [named]}


def test_a_title_may_have_lines_however_they_end():
    assert read(title="one\ntwo").title == read(title="one\r\ntwo").title == "one\ntwo"


@pytest.mark.parametrize("nothing", ["\u200b", " \u2060\u200b\ufeff\n", "\u200d\u200e"])
def test_words_of_which_nobody_sees_a_letter_are_none(nothing):
    """No platform takes them as a text, and no picture card can be drawn of them."""
    assert faults(title=nothing) == {"title": ["must not be empty."]}
    assert faults(captions={"facebook": nothing}) == {"captions": ["facebook: must not be empty."]}
    assert faults(follow_ups=[{"text": nothing}]) == {"follow_ups": ["entry 1: must not be empty."]}
    assert read(ai={"generated": True, "tool": nothing}).ai == {"generated": True, "tool": ""}


def test_words_keep_the_letters_between_them_that_nobody_sees():
    assert read(title="\u200fשלום\u200f 👨‍👩‍👧").title == "\u200fשלום\u200f 👨‍👩‍👧"
