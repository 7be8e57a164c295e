"""Sentences: English wherever they are kept, the reader's language where somebody reads."""

import json
import pickle

import pytest
from django.utils import translation

from social_queue.reading.strict_json import NotJson
from social_queue.sentences import Sentence, about, said, translated
from social_queue.wording.faults import CaptionTooLong, TemplateFault


@pytest.fixture
def indonesian():
    with translation.override("id"):
        yield


def test_a_sentence_is_english_text_whoever_reads(indonesian):
    sentence = said("must be at most %(most)s characters, not %(count)s.", most=300, count=301)
    assert sentence == "must be at most 300 characters, not 301."
    assert json.dumps({"said": sentence}) == '{"said": "must be at most 300 characters, not 301."}'


def test_it_is_said_in_the_readers_language_when_asked(indonesian):
    sentence = said("must be at most %(most)s characters, not %(count)s.", most=300, count=301)
    assert translated(sentence) == "paling banyak 300 karakter, bukan 301."


def test_what_stands_inside_a_sentence_is_translated_too(indonesian):
    inner = said("must be %(wanted)s, not %(given)s.", wanted=said("text"), given=said("a list"))
    assert translated(about("data.game", inner)) == "data.game harus berupa teks, bukan daftar."


def test_plain_text_stays_as_it_is(indonesian):
    assert translated("Expecting value") == "Expecting value"


def test_a_sentence_without_values_may_hold_percent_signs(indonesian):
    assert said("100 % sure") == translated(said("100 % sure")) == "100 % sure"


@pytest.mark.parametrize(
    "fault",
    [NotJson(said("must not be null.")), CaptionTooLong(9, 5, label="X"), TemplateFault("a.txt", 3, "it broke.")],
)
def test_the_text_of_an_exception_can_still_be_translated(indonesian, fault):
    assert isinstance(str(fault), Sentence)
    assert translated(str(fault)) != str(fault)


def test_a_sentence_survives_its_way_to_another_process(indonesian):
    sentence = pickle.loads(pickle.dumps(said("must not be null.")))
    assert translated(sentence) == "tidak boleh null."
