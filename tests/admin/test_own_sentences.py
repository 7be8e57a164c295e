"""Reasons of ours that stand in rows in English are read in the reader's language; a platform's words stay."""

import pytest
from django.utils import translation

from connectors.errors import ConnectorError
from social_queue.admin.pieces import own_sentences
from tests import factories

OURS = [
    "graph.example.com answered HTTP 503.",
    "http://127.0.0.1:9/a.jpg answered HTTP 404 instead of a picture.",
    "api.example.com could not be reached: Connection refused",
    "X takes 280 characters, this text counts as 301.",
    "There is neither a link nor a text to recognise the post by.",
    "It was cancelled, but a late answer says it is out as 1_2.",
    "A late answer says it is out as 1_2.",
]


@pytest.mark.parametrize("text", OURS)
def test_a_sentence_of_ours_is_known_with_its_values(text, monkeypatch):
    monkeypatch.setattr(own_sentences, "gettext", lambda pattern: f"<{pattern}>")
    words, ours = own_sentences.plain(text)
    assert ours and words == f"<{text}>"


@pytest.mark.parametrize("text", ["(#100) Picture too small", "Bad Request: chat not found.", "", "Too small."])
def test_what_is_not_ours_stays_letter_for_letter(text):
    assert own_sentences.plain(text)[0] == text and own_sentences.plain(text)[1] is (text == "")


def test_both_stand_side_by_side_and_only_the_platforms_words_are_marked_as_english():
    page = own_sentences.told("Bad Request: <b>no</b>. Make the bot an administrator who may post.")
    assert page.startswith('<span lang="en">Bad Request: &lt;b&gt;no&lt;/b&gt;.</span> ')
    assert page.endswith("</span> Make the bot an administrator who may post.")


def test_what_the_connectors_really_say_is_known():
    from connectors.http import _general_rule

    class Answer:
        status_code, headers = 503, {}

    fault: ConnectorError = _general_rule(Answer(), "api.example.com", creates=False)
    assert own_sentences.plain(str(fault))[1]


@pytest.mark.django_db
def test_a_post_page_says_it_once_in_either_language(desk):
    post = factories.make_post(status="failed", attempts_made=1, error_kind="rejected", error=OURS[1])
    assert OURS[1] in desk.page(post)
    with translation.override("en"):
        assert own_sentences.plain(OURS[1])[0] == OURS[1]
