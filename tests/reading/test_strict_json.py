"""What strangers send as JSON, read alike by every Python."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from social_queue.reading import strict_json


def why_not(raw: str | bytes) -> str:
    with pytest.raises(strict_json.NotJson) as refused:
        strict_json.parse(raw)
    return str(refused.value)


@pytest.mark.parametrize("opened", ["[", '{"a":', '[{"a": ', '["x", '])
@pytest.mark.parametrize("times", [101, 5_000, 100_000])
@pytest.mark.parametrize("closed", [True, False])
def test_what_nests_too_deep_is_told_so_whether_it_ends_or_not(opened, times, closed):
    ends = "".join({"[": "]", "{": "}"}[bracket] for bracket in reversed(re.findall(r"[\[{]", opened)))
    assert "nested more than 100 levels" in why_not(opened * times + ("1" + ends * times if closed else ""))


@pytest.mark.parametrize("text", ['{"a": "' + "[" * 5000 + '"', '["' + '\\"{' * 5000 + '"', "[" * 90, "[1] " * 5000])
def test_brackets_inside_texts_and_those_that_were_closed_do_not_count(text):
    assert why_not(text).startswith("Not JSON: ")


@given(st.recursive(st.none() | st.integers(-9, 9) | st.text('[]{}\\"a', max_size=5), st.lists, max_leaves=40))
def test_whatever_is_json_and_flat_enough_is_read(value):
    assert strict_json.parse(json.dumps(value)) == value
