"""X's count of a text: the published rules, the vendor's own cases, and speed."""

import json
import subprocess
import sys
import warnings
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectors
from connectors.texts.cashtags import cashtags
from connectors.vendors.twitter import length
from connectors.vendors.twitter.length import weighted_length
from tests.support.effort import costs_less

warnings.filterwarnings("ignore", message="pkg_resources")

#: After WeightedTweetsWithDiscountedEmojiCounterTest and its like in the vendor's conformance file
#: (https://github.com/twitter/twitter-text/blob/master/conformance/validate.yml), and the table of
#: https://docs.x.com/fundamentals/counting-characters
VENDOR = [
    ("", 0),
    ("This is a test.", 15),
    ("Hi http://test.co", 26),
    ("http://test.co", 23),
    ("https://test.com", 23),
    ("test.com", 23),
    ("Test https://test.com test https://test.com test.com test", 86),
    ("285 chars-" + "xxxxxxxxxx-" * 25, 285),
    ("https://www.twitter.com/aloha " * 10, 240),
    ("故人西辞黄鹤楼，" * 20, 320),
    ("😷" * 160, 320),
    ("the故人", 7),
    ("A\u0301B", 2),
    ("A\ufb2c", 4),
    ("H🐱☺👨\u200d👩\u200d👧\u200d👦", 7),
    ("😷👾😡🔥💩", 10),
    ("🙋🏽👨\u200d🎤", 4),
    ("1⃣", 2),
    ("\u2000\u200a\u200b\u2010\u2018\u201f\u2032\u2037", 8),
    ("\u2038\u2028\u20ac", 6),
    ("저찀쯿쿿", 8),
    ("\U00010000\U0010ffff", 4),
    ("Unicode 10.0 emoji: 🤪; 🧕; 🧕🏾; 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", 34),
    ("randomurl" * 6 + "randomurls.com", 68),
    ("foo.co.jp", 23),
    ("http://日本語.jp/x", 23),
    ("café", 4),
    ("cafe\u0301", 4),
]


#: Texts of ours, as the vendor's own library counts them and finds their cashtags: twitter-text 3.1.0 of npm,
#: ``parseTweet(text).weightedLength`` and ``extractCashtags(text)``.
BY_THE_LIBRARY = json.loads((Path(__file__).parent / "twitter_lengths.json").read_text())


@pytest.mark.parametrize(("text", "weight"), BY_THE_LIBRARY["lengths"])
def test_the_vendor_s_library_counts_alike(text, weight):
    assert weighted_length(text) == weight


@pytest.mark.parametrize(("text", "tags"), BY_THE_LIBRARY["cashtags"])
def test_the_vendor_s_library_finds_the_same_cashtags(text, tags):
    assert cashtags(text) == tags


@pytest.mark.parametrize("sign", ["\u26a1", "\u2b50", "\u231a", "\u26bd", "\u2614", "\u26a0", "\u2764"])
def test_the_sign_that_asks_for_a_picture_adds_nothing_to_one(sign):
    assert weighted_length(f"{sign}\ufe0f") == weighted_length(sign) == 2


@pytest.mark.parametrize(("text", "weight"), VENDOR)
def test_the_vendor_s_cases(text, weight):
    assert weighted_length(text) == weight


EMOJI = "🇮🇩 ❤️ ❤ ❤️‍🔥 🐈‍⬛ 🫱🏻‍🫲🏿 🧑‍🧑‍🧒 🏴‍☠️ #️⃣ *⃣ 🤷🏻‍♂️ \U0001fae9"


@pytest.mark.parametrize("emoji", EMOJI.split())
def test_every_emoji_weighs_two_also_one_younger_than_the_package(emoji):
    assert weighted_length(emoji) == 2
    assert weighted_length(f"a{emoji}{emoji}b") == 6


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("12 #* 3", 7),
        ("a\r\nb\rc\nd", 7),
        ("e.g. this", 9),
        ("http://192.168.0.1/a", 20),
        ("http://localhost:8000/go/x", 26),
        ("user@example.com", 16),
        ("(https://example.com/a_(b))", 25),
        ("https://example.com/?a=1&b=2#c end.", 28),
        ("see example.com, or not", 35),
        ("日本語example.com中国語", 35),
    ],
)
def test_only_what_x_takes_for_a_link_counts_as_one(text, weight):
    assert weighted_length(text) == weight


def test_every_emoji_the_package_knows_weighs_two():
    from twitter_text.regexp.emoji import emoji_list

    assert len(emoji_list) > 3000
    # The vendor's own library takes the signs of copyright for letters.
    assert [one.emoji for one in emoji_list if weighted_length(one.emoji) != 2] == ["©", "®"]


_LINKS = "https://example.com/a?b=c&d=e#f http://bit.ly/x example.com t.co/abc www.example.co.id/ä"
# No lone joiner: it would make sequences that nobody has drawn, which X's documentation counts as one emoji and the
# package, from its list, as several.
_SIGNS = "😷 🙋🏽 👨‍🎤 🇮🇩 1⃣ é ️"
words = st.one_of(
    st.text(alphabet="abcXYZ019 .,!?#@/:-_()\r\n\t", max_size=30),
    st.text(alphabet="éñüßČжשאبहไทย한국日本語、。「」…—’“€™", max_size=12),
    st.sampled_from(f"{_LINKS} {_SIGNS}".split()),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(words, max_size=12).map("".join))
def test_the_package_counts_alike(text):
    """Hosts are spelt our way for it, too: what X's own library makes of them is in BY_THE_LIBRARY."""
    from twitter_text import parse_tweet

    with mock.patch.object(sys.modules["twitter_text.extract_urls"], "idna_to_ascii", length._punycode):
        assert weighted_length(text) == (parse_tweet(text).weightedLength if text else 0)


#: Texts over which X's own pattern for links takes seconds.
SLOW = (
    "a." * 2500,
    "日本." * 1700,
    "a-" * 2500 + ".x",
    ("ab." * 18 + "x ") * 80,
    "http://" * 700,
    "(((" * 1700,
    "日本" * 2500 + ".x",
    "https://a.com/," + "日." * 2000,
    "😷" * 5000,
    "&lt;" * 1200,
)


def _anew() -> None:
    """Forget which words were counted before."""
    length._weight_of_word.cache_clear()


class TestSpeed:
    """The bounds are generous: ten times what was measured on a slow machine."""

    def test_shortening_a_long_text_word_by_word_is_cheap(self):
        weighted_length("warm.up")
        summary = " ".join(f"word{number}" for number in range(800))
        text = f"{summary} https://example.com/go/abcdefgh 🎰"
        assert costs_less(2, lambda: [_anew(), *(weighted_length(text[: 10 * cut]) for cut in range(200))])

    @pytest.mark.parametrize("text", SLOW)
    def test_no_text_takes_long(self, text):
        weighted_length("warm.up")
        assert costs_less(0.3, lambda: [_anew(), weighted_length(text)])

    def test_a_long_link_is_still_a_link(self):
        assert weighted_length("https://example.com/?token=" + "a" * 1500) == 23
        assert weighted_length("https://example.com/" + "a-b/" * 400) == 23


def test_it_needs_neither_django_nor_setuptools_and_the_package_only_for_links():
    code = (
        "import connectors, sys; length = connectors.get('twitter').limits.length;"
        "sys.modules['pkg_resources'] = None;"
        "assert length('a. 😷') == 5 and 'twitter_text_patterns' not in sys.modules;"
        "assert length('see example.com') == 27 and 'twitter_text_patterns' in sys.modules;"
        "assert 'django' not in sys.modules"
    )
    root = Path(connectors.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:connectors", "-c", code], cwd=root, check=False
    )
    assert done.returncode == 0
