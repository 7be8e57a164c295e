"""How the pretended X counts: against what X's own library makes of the same texts, and quickly."""

import json

import pytest

from connectors.sandbox.stage.x_links import links
from connectors.sandbox.twitter.weights import cashtags, weighted_length
from tests.support.effort import costs_less
from tests.support.environment import ROOT

TEXTS = json.loads((ROOT / "tests/payloads/twitter_text/weights.json").read_text())["texts"]


def test_texts_weigh_what_xs_library_says():
    assert len(TEXTS) > 200
    counted = [(text, weighted_length(text)) for text, _, _ in TEXTS]
    assert counted == [(text, weight) for text, weight, _ in TEXTS]


def test_cashtags_are_those_that_xs_library_finds():
    assert [(text, cashtags(text)) for text, _, _ in TEXTS] == [(text, found) for text, _, found in TEXTS]


@pytest.mark.parametrize("emoji", ["❤️\u200d🔥", "🧑🏻\u200d🤝\u200d🧑🏿", "🐈\u200d⬛", "🧑\u200d🧑\u200d🧒"])
def test_an_emoji_younger_than_the_library_weighs_two_as_the_documentation_says(emoji):
    assert weighted_length(emoji) == 2


@pytest.mark.parametrize(
    "text",
    [
        "a." * 20000,
        "日本." * 9000,
        ("ab." * 160 + "x ") * 80,
        "http://" * 7000,
        "(((" * 9000,
        "a-" * 20000 + ".x",
        "https://a.com/," + "日." * 2000,
        "https://a.com/" + "(" * 9000,
        "https://a.com/" + "(a)" * 9000 + "!" * 9000,
        "https://a.com/?" + "!" * 20000,
        "x" * 10**6,
        "😷" * 30000,
    ],
)
def test_no_text_holds_the_sandbox_up(text):
    assert costs_less(5, lambda: weighted_length(text))


def test_the_wall_makes_links_of_local_addresses_too_though_x_would_not():
    found = links("a http://127.0.0.1:8000/go/x, http://localhost:9/y and https://example.com/z")
    assert [link.url for link in found] == [
        "http://127.0.0.1:8000/go/x",
        "http://localhost:9/y",
        "https://example.com/z",
    ]
