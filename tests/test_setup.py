"""`make setup` and what Python's packages can't bring along: installed where it may be, named where it may not."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.environment import ROOT

#: A Python whose Pillow finds FriBiDi once the file `shapes` is there; everything else it is asked goes well.
_PYTHON = """#!/bin/sh
case "$*" in *raqm*) [ -e shapes ];; esac
"""
#: Installs what it is asked for where the file `may_install` is there, and notes what that was.
_NEED_DEBIAN = """#!/bin/sh
echo "$*" >>asked
[ -e may_install ] || exit 1
case "$*" in *libfribidi0*) touch shapes;; esac
"""


class House:
    """A copy of the set-up in a folder of its own, on a machine that is pretended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "scripts").mkdir()
        (folder / ".venv" / "bin").mkdir(parents=True)
        shutil.copy(ROOT / "scripts" / "setup.sh", folder / "scripts")
        for listed in ROOT.glob("requirements*.lock"):
            shutil.copy(listed, folder)
        for path, script in ((".venv/bin/python", _PYTHON), ("scripts/need-debian", _NEED_DEBIAN)):
            (folder / path).write_text(script)
            (folder / path).chmod(0o755)

    def set_up(self) -> list[str]:
        """What it said about emoji."""
        done = subprocess.run(
            ["scripts/setup.sh"],
            cwd=self.folder,
            env=os.environ | {"PYTHON": "python3"},
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return [line for line in (done.stdout + done.stderr).splitlines() if "moji" in line]

    def asked(self) -> int:
        """How often the library was asked for."""
        notes = self.folder / "asked"
        return notes.read_text().split().count("libfribidi0") if notes.exists() else 0


@pytest.fixture
def house(tmp_path):
    return House(tmp_path)


def test_what_emoji_on_cards_need_is_installed_where_it_may_be(house):
    (house.folder / "may_install").touch()
    assert (house.set_up(), house.asked()) == ([], 1)
    assert (house.set_up(), house.asked()) == ([], 1)


def test_where_it_may_not_one_line_names_it_and_it_is_asked_for_once(house):
    for _ in range(2):
        [line] = house.set_up()
        assert "sudo apt-get install libfribidi0" in line
    assert house.asked() == 1


def test_a_machine_that_has_it_is_left_alone(house):
    (house.folder / "shapes").touch()
    assert (house.set_up(), house.asked()) == ([], 0)


def test_make_hands_on_the_python_that_was_named():
    """Under a name that make itself has a use for it would be lost."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    named = subprocess.run(
        ["make", "--no-print-directory", "--eval", "named: ; @echo $$PYTHON", "named"],
        cwd=ROOT,
        env=clean | {"PYTHON": "/usr/bin/mine"},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert named.stdout.strip() == "/usr/bin/mine"


def test_the_read_me_and_the_deployment_name_it_too():
    for page in ("README.md", "docs/deployment.md"):
        lines = (ROOT / page).read_text().splitlines()
        assert [line for line in lines if "apt-get install" in line and "libfribidi0" in line], page
