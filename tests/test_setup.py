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


#: A Python that says of itself whether it is new enough and built for speed; its .venv tells which one made it.
_ON_PATH = """#!/bin/sh
case "$*" in
    *version_info*) [ {version} -ge 311 ];;
    *enable-optimizations*) {fast};;
    *"import ensurepip"*) {venvs};;
    "-m venv "*) mkdir -p .venv/bin && cp pretended .venv/bin/python && echo {name} >.venv/made-by;;
esac
"""


def _choose(house: House, *pythons: tuple[str, int, str, str], **named: str) -> tuple[str, str]:
    """(the folder of the one that made .venv, what was said); pythons: (folder, version, fast, makes venvs)."""
    (house.folder / ".venv" / "bin" / "python").rename(house.folder / "pretended")
    (house.folder / "shapes").touch()
    for name, version, fast, venvs in pythons:
        (house.folder / name).mkdir()
        script = house.folder / name / "python3"
        script.write_text(_ON_PATH.format(name=name, version=version, fast=fast, venvs=venvs))
        script.chmod(0o755)
    tools = [str(Path(found).parent) for tool in ("sh", "cksum", "mkdir", "grep") if (found := shutil.which(tool))]
    path = ":".join(str(house.folder / name) for name, *_rest in pythons)
    # Of the real ones none may be found: the tools alone, in a folder of theirs.
    (house.folder / "tools").mkdir()
    for folder in dict.fromkeys(tools):
        for tool in Path(folder).iterdir():
            link = house.folder / "tools" / tool.name
            if "python" not in tool.name and not link.exists():
                link.symlink_to(tool)
    done = subprocess.run(
        ["scripts/setup.sh"],
        cwd=house.folder,
        env={"PATH": f"{path}:{house.folder / 'tools'}", "HOME": str(house.folder)} | named,
        capture_output=True,
        text=True,
        timeout=60,
    )
    made_by = house.folder / ".venv" / "made-by"
    return made_by.read_text().strip() if made_by.exists() else "", done.stdout + done.stderr


SLOW, FAST, OLD, BARE = (311, "false", "true"), (311, "true", "true"), (310, "true", "true"), (311, "true", "false")


@pytest.mark.parametrize(
    ("pythons", "chosen", "told"),
    [
        ({"mine": FAST, "other": FAST}, "mine", False),
        ({"mine": SLOW, "other": FAST}, "other", True),
        ({"mine": SLOW, "other": SLOW}, "mine", False),
        ({"mine": SLOW}, "mine", False),
        ({"mine": OLD, "other": FAST}, "other", False),
        # One that can't make a .venv, nor may what it lacks be installed, is no help.
        ({"mine": SLOW, "other": BARE}, "mine", False),
        ({"mine": SLOW, "old": OLD, "bare": BARE, "other": FAST}, "other", True),
    ],
)
def test_of_several_pythons_the_first_that_is_built_for_speed_is_taken(house, pythons, chosen, told):
    made_by, said = _choose(house, *((name, *traits) for name, traits in pythons.items()))
    assert made_by == chosen
    assert ("without optimisation" in said) is told


def test_a_python_that_was_named_is_taken_however_it_was_built(house):
    named = str(house.folder / "mine" / "python3")
    made_by, said = _choose(house, ("mine", *SLOW), ("other", *FAST), PYTHON=named)
    assert (made_by, "without optimisation" in said) == ("mine", False)


def test_where_none_is_new_enough_it_is_said(house):
    made_by, said = _choose(house, ("mine", *OLD))
    assert made_by == ""
    assert "needs Python 3.11 or later" in said


def test_make_hands_on_the_python_that_was_named():
    """Under a name that make itself has a use for it would be lost."""
    named = subprocess.run(
        ["make", "--eval", "named: ; @echo $$PYTHON", "named"],
        cwd=ROOT,
        env=os.environ | {"PYTHON": "/usr/bin/mine"},
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
