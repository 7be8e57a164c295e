"""The list of changes that `make mutants` tries is of the code as it is; that each is noticed, `make mutants` shows."""

import ast

import pytest

from benchmarks.mutants import Mutant, mutants
from tests.support.environment import ROOT


@pytest.mark.parametrize("mutant", mutants(), ids=lambda mutant: mutant.name)
def test_every_change_can_be_made_and_its_tests_are_there(mutant):
    source = (ROOT / mutant.file).read_text()
    assert mutant.applied(source) != source
    ast.parse(mutant.applied(source))
    assert mutant.tests
    assert [test for test in mutant.tests if not (ROOT / test.partition("::")[0]).exists()] == []


@pytest.mark.parametrize("text", ["", "old old"])
def test_a_change_that_has_no_place_of_its_own_is_an_error(text):
    with pytest.raises(ValueError, match="stands [02] times in x.py"):
        Mutant("name", "x.py", "old", "new", ("tests",), "nothing").applied(text)
