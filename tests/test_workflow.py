"""The workflow of the usual forge: least rights, nothing that can change under us, every Python we promise."""

import re

import yaml

from tests.support.environment import ROOT

_TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
_WORKFLOW = yaml.safe_load(_TEXT)


def test_it_may_read_and_nothing_else():
    assert _WORKFLOW["permissions"] == {"contents": "read"}
    assert [name for name, job in _WORKFLOW["jobs"].items() if "permissions" in job] == []
    assert _TEXT.count("actions/checkout@") == _TEXT.count("persist-credentials: false")


def test_every_action_is_pinned_by_its_commit_and_says_which_version_that_is():
    used = re.findall(r"uses: (.*)", _TEXT)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_every_job_ends():
    assert [name for name, job in _WORKFLOW["jobs"].items() if "timeout-minutes" not in job] == []


def test_the_oldest_python_we_promise_is_tried_on_both_databases():
    least = re.search(r'requires-python = ">=(.*)"', (ROOT / "pyproject.toml").read_text())[1]
    matrix = _WORKFLOW["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["python"][0] == least and len(matrix["database"]) == 2
