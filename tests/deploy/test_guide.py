"""The install guide is made of commands that a walk types: each fence says whom it is for, or why nobody can try it."""

import re
import subprocess

import pytest

from scripts.guide import page, shell
from scripts.guide.__main__ import WALKS
from tests.support.environment import ROOT

BLOCKS = page.blocks()
DEPLOY = ROOT / "deploy"
_PARTS = {"all", "backup", "drill", "upgrade", "back", "restore"}


def test_every_fence_says_whom_it_is_for():
    known = _PARTS.union(*WALKS.values())
    for block in BLOCKS:
        words = set(block.words[: block.words.index(page.UNWALKED)] if block.unwalked else block.words)
        assert block.language in ("sh", "ini") and words <= known and (words or block.unwalked), str(block)


def test_every_command_is_typed_in_some_walk_or_says_why_it_can_not_be():
    parts = _PARTS - {"all"}
    left_out = [
        str(block)
        for block in BLOCKS
        if not block.unwalked and not any(block.is_for(chosen | parts) for chosen in WALKS.values())
    ]
    assert left_out == []
    assert len([block for block in BLOCKS if block.unwalked]) <= 5


def test_settings_of_the_guide_exist():
    known = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    for block in (block for block in BLOCKS if block.language == "ini"):
        assert set(re.findall(r"^([A-Z_]+)=", block.text, re.MULTILINE)) <= known, str(block)


@pytest.fixture
def terminal(tmp_path):
    opened = shell.Shell(["bash", "--noprofile", "--norc", "--noediting", "-i"], tmp_path / "log", tmp_path)
    yield opened
    opened.close()


def test_what_the_guide_sets_up_stays_for_the_next_block_and_questions_are_answered(terminal):
    terminal.type("cd /\nalias greet='echo hello'\nword=there", name="one")
    assert terminal.type("greet $word from $PWD", name="two").strip() == "hello there from /"
    asked = terminal.type("read -rp 'Do you want to continue? [Y/n] ' answer\necho \"said $answer\"", name="three")
    assert asked.strip().endswith("said Y")


@pytest.mark.parametrize("commands", ["false", "true && false", "cd /nowhere", "for x in 1; do false; done"])
def test_a_command_that_fails_ends_the_walk(terminal, commands):
    with pytest.raises(shell.Failed, match=re.escape(commands)):
        terminal.type(f"echo before\n{commands}\necho after", name="four")


def _lines(unit: str) -> set[str]:
    return set((DEPLOY / unit).read_text().splitlines())


def test_the_door_is_where_everybody_looks_for_web():
    from autopost_site import server

    assert "ListenStream=127.0.0.1:8000" in _lines("autopost-web.socket")
    assert "Requires=autopost-web.socket" in _lines("autopost-web.service")
    # A reload would go on with the settings of before, which gunicorn's own process keeps.
    assert not any(line.startswith("ExecReload") for line in _lines("autopost-web.service"))
    [patience] = [line for line in _lines("autopost-web.service") if line.startswith("TimeoutStopSec=")]
    assert server.graceful_timeout < int(patience.partition("=")[2])


def test_the_watch_may_start_a_worker_again_and_little_else():
    wanted = {"CapabilityBoundingSet=CAP_DAC_READ_SEARCH", "IPAddressDeny=any", "IPAddressAllow=localhost"}
    assert wanted | {"NoNewPrivileges=true", "ProtectSystem=strict"} <= _lines("autopost-watch.service")


@pytest.mark.parametrize(
    ("address", "drill"),
    [
        ("mysql://a:b%20c@127.0.0.1:3306/autopost", "mysql://a:b%20c@127.0.0.1:3306/autopost_drill"),
        (
            "postgres://a@db/autopost?sslmode=require&options=",
            "postgres://a@db/autopost_drill?sslmode=require&options=",
        ),
        ("sqlite:////srv/private/autopost.sqlite3", "sqlite:////srv/private/autopost.sqlite3_drill"),
    ],
)
def test_the_drill_is_done_on_the_copy_whatever_stands_behind_the_address(tmp_path, address, drill):
    [line] = [line for block in BLOCKS for line in block.text.splitlines() if line.startswith("drill_url=")]
    (tmp_path / ".env").write_text(f"DEBUG=false\nDATABASE_URL={address}\nTIME_ZONE=UTC\n")
    typed = line.replace("sudo ", "").replace("/srv/autopost/.env", str(tmp_path / ".env"))
    done = subprocess.run(["bash", "-c", f'{typed}\necho "$drill_url"'], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == drill
