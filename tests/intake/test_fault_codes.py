"""Codes beside sentences: none for a sentence that nobody says any more."""

import pytest

from social_queue.intake import fault_codes
from social_queue.sentences import about, said
from tests.support.source import modules


def test_every_code_stands_for_a_sentence_that_is_said():
    spoken = {word.value for module in modules("social_queue") for word in module.words()}
    listed = next(module for module in modules("social_queue/intake") if module.path.endswith("fault_codes.py"))
    elsewhere = [
        word.value
        for module in modules("social_queue")
        if module.path != listed.path
        for word in module.words()
    ]  # fmt: skip
    assert spoken
    assert [pattern for pattern in fault_codes._CODE_OF if pattern not in elsewhere] == []


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
