"""Letters that nobody sees."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_queue.reading.invisible import control, invisible, without

#: Where each block of them begins and ends; signs above Arabic numbers are of the category and can be seen.
_BLOCKS = ("\u00ad\u00ad", "\u200b\u200f", "\u202a\u202e", "\u2060\u2064", "\u2066\u206f", "\ufeff\ufeff")
_FORMAT = st.one_of(st.characters(min_codepoint=ord(block[0]), max_codepoint=ord(block[1])) for block in _BLOCKS)


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("https://example.com/p\u200b", "U+200B"),
        ("\u200ehttps://example.com", "U+200E"),
        ("ex\u202eample", "U+202E"),
        ("soft\u00adhyphen", "U+00AD"),
        ("\ufefftext", "U+FEFF"),
        ("a\u200cb", "U+200C"),
        ("a\u200db", "U+200D"),
        ("tag\U000e0041", "U+E0041"),
        ("plain", ""),
        ("ünïcode 日本", ""),
    ],
)
def test_the_first_of_them_is_named_by_its_number(text, letter):
    assert invisible(text) == letter
    assert without(text) == "".join(sign for sign in text if unicodedata.category(sign) != "Cf")


@pytest.mark.parametrize(
    "text",
    ["👨‍👩‍👧", "👩🏽‍💻", "❤️‍🔥", "🏳️‍🌈", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "می‌خواهم", "क्‍ष", "നന്‍", "\u0600123"],
)
def test_what_emoji_and_scripts_need_is_let_alone(text):
    assert invisible(text) == ""
    assert without(text) == text


@given(st.text(alphabet=st.characters(codec="ascii")), _FORMAT, st.text(alphabet=st.characters(codec="ascii")))
def test_between_plain_letters_every_one_is_found(before, letter, after):
    assert invisible(before + letter + after) == f"U+{ord(letter):04X}"
    assert without(before + letter + after) == before + after


@pytest.mark.parametrize(
    ("text", "letter"),
    [("a\x1b[31m", "U+001B"), ("a\rb", "U+000D"), ("a\tb", "U+0009"), ("a\x85b", "U+0085"), ("two\nlines", "")],
)
def test_control_characters_but_the_line_feed_are_named(text, letter):
    assert control(text) == letter
