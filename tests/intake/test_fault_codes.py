"""Codes beside sentences: none for a sentence that nobody says any more."""

import pytest

from social_queue.intake.codes import fault_codes
from social_queue.sentences import about, said
from tests.support.source import dotted, modules, text_of

#: Where a sentence about a field is made, which begins in the middle: “is required.”
_ABOUT_FIELDS = (
    *("social_queue/intake/", "social_queue/api/", "social_queue/operations/changing/", "social_queue/timing/rules"),
    "metrics/reports/door",
)
_BEGINNINGS = ("is ", "must ", "has ", "may ", "needs ", "can't ", "names ", "belongs ", "rrule ", "There is no zone")
#: Said of a line of a file, which is no answer of the API.
_OF_FILES = "social_queue/intake/files/"
_LISTED = ("fault_codes.py", "door_faults.py")


def _said(*places: str):
    return [
        text
        for module in modules("social_queue", "metrics")
        if module.path.startswith(places) and not module.path.endswith(_LISTED)
        for call in module.calls()
        if dotted(call.func) == "said" and call.args and (text := text_of(call.args[0]))
    ]


def test_every_code_stands_for_a_sentence_that_is_said():
    elsewhere = {
        word.value
        for module in modules("social_queue", "metrics")
        if not module.path.endswith(_LISTED)
        for word in module.words()
    }
    assert elsewhere
    assert [pattern for pattern in fault_codes._CODE_OF if pattern not in elsewhere] == []


def test_every_sentence_about_a_field_has_a_code_of_its_own():
    about_fields = [text for text in _said(*_ABOUT_FIELDS) if text.startswith(_BEGINNINGS)]
    of_files = set(_said(_OF_FILES))
    assert len(about_fields) > 30
    assert sorted({*about_fields} - {*fault_codes._CODE_OF} - of_files) == []


@pytest.mark.parametrize(
    ("sentence", "code"),
    [
        (said("is required."), "required"),
        (about("variant", said("must not be empty.")), "empty"),
        (said("nobody has thought of this."), "invalid"),
        ("plain text", "invalid"),
    ],
)
def test_a_sentence_has_its_code_however_it_was_put_together(sentence, code):
    assert fault_codes.codes_of({"x": [sentence]}) == {"x": [code]}
