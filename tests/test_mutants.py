"""The list of changes that `make mutants` tries is of the code as it is; that each is noticed, `make mutants` shows."""

import ast
import re

import pytest

from benchmarks.mutants import Mutant, mutants
from tests.support.environment import ROOT


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_every_change_can_be_made_and_its_tests_are_there(mutant):
    source = (ROOT / mutant.file).read_text()
    assert mutant.applied(source) != source
    ast.parse(mutant.applied(source))
    assert mutant.tests
    assert [test for test in mutant.tests if not _is_there(test)] == []


def _is_there(test: str) -> bool:
    """Does its file exist, and does what it names stand in it?"""
    path, *names = test.partition("[")[0].split("::")
    words = (ROOT / path).read_text() if (ROOT / path).exists() else ""
    return bool(words) and all(re.search(rf"^\s*(?:class|def) {name}\b", words, re.MULTILINE) for name in names)


@pytest.mark.parametrize("text", ["", "old old"])
def test_a_change_that_has_no_place_of_its_own_is_an_error(text):
    with pytest.raises(ValueError, match="stands [02] times in x.py"):
        Mutant("name", "x.py", "old", "new", ("tests",), "nothing").applied(text)
