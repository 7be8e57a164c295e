"""Passwords that are long and no password all the same."""

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

NOBODY = User(username="Nobody", email="n@example.com")


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("aaaaaaaaaaaa", "password_repeats"),
        ("abcdabcdABCD", "password_repeats"),
        ("nobodyNOBODY", "only_name"),
        ("nobodynobodynobody", "only_name"),
    ],
)
def test_a_few_letters_or_the_name_again_and_again_are_refused(password, code):
    with pytest.raises(ValidationError) as caught:
        validate_password(password, NOBODY)
    assert code in [fault.code for fault in caught.value.error_list]


@pytest.mark.parametrize("password", ["correct horse battery", "abcdeabcdeab", "nobodynobody's dog"])
def test_others_are_taken(password):
    validate_password(password, NOBODY)
    validate_password(password, None)
