"""The workflow of the usual forge: least rights, nothing that can change under us, every Python we promise."""

import re

from tests.support.environment import ROOT

_TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
_JOBS = re.split(r"^  (?=[\w-]+:$)", _TEXT.split("\njobs:\n")[1], flags=re.MULTILINE)[1:]


def test_it_may_read_and_nothing_else():
    assert re.findall(r"permissions:\n(?: +\S.*\n)*", _TEXT) == ["permissions:\n  contents: read\n"]
    assert _TEXT.count("actions/checkout@") == _TEXT.count("persist-credentials: false") == len(_JOBS)


def test_every_action_is_pinned_by_its_commit_and_says_which_version_that_is():
    used = re.findall(r"uses: (.*)", _TEXT)
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line)] == []


def test_every_job_ends():
    assert len(_JOBS) > 3
    assert [job.split(":")[0] for job in _JOBS if "    timeout-minutes: " not in job] == []


def test_the_oldest_python_we_promise_is_tried_on_both_databases():
    least = re.search(r'requires-python = ">=(.*)"', (ROOT / "pyproject.toml").read_text())[1]
    assert f'        python: ["{least}", ' in _TEXT
    assert "        database: [SQLite, MariaDB]\n" in _TEXT
