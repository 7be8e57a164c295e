"""`manage.py demo --once` as a newcomer meets it: in a fresh clone, with nothing prepared and nothing left behind."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

from tests.support.environment import ROOT
from tests.support.servers import free_port

#: What a clone does not have: everything that is made by working in it.
_MADE_HERE = ("__pycache__", "staticfiles", "media", "var", "results", "*.sqlite3*", "*.log*", "tests")
#: It holds back one sample for 15 seconds; the rest is starting and stopping three processes.
_PATIENCE_S = 240


def _show(clone: Path) -> SimpleNamespace:
    """The demonstration run once: its exit, its lines, the rows and the processes it left."""
    shutil.copytree(ROOT, clone, ignore=_not_cloned)
    assert not (clone / ".demo").exists()
    web, sandbox = free_port(), free_port()
    known = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "manage.py", "demo", "--once"],
        cwd=clone,
        env=known | {"PORT": str(web), "SANDBOX_PORT": str(sandbox)},
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    return SimpleNamespace(
        status=done.returncode,
        said=done.stdout + done.stderr,
        lines=done.stdout.strip().splitlines(),
        home=clone / ".demo",
        ports=(web, sandbox),
        left=_processes_in(clone),
    )


def _not_cloned(folder: str, names: list[str]) -> set[str]:
    hidden = {name for name in names if name.startswith(".") and name != ".env.example"}
    made = _MADE_HERE if Path(folder) == ROOT else ("__pycache__",)
    return hidden | {name for pattern in made for name in names if Path(name).match(pattern)}


def _processes_in(folder: Path) -> list[str]:
    """The command lines of processes that work in ``folder``; where there is no /proc, none can be seen."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink().is_relative_to(folder):
                found.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it ended while we looked, or belongs to somebody else
            continue
    return found


def test_it_ends_well_its_counts_agree_and_it_leaves_nothing_running(tmp_path):
    """One test for all of it: each would have to run the demonstration anew.

    A clone has no .demo folder, and the settings refuse a log file whose folder is not there.
    """
    shown = _show(tmp_path / "autopost")
    assert shown.status == 0, shown.said
    assert (shown.home / "demo.log").exists()
    _expect_counts_that_agree(shown)
    assert shown.left == []
    for port in shown.ports:
        with socket.socket() as caller:
            assert caller.connect_ex(("127.0.0.1", port)) != 0, f"somebody still listens on {port}"


def _expect_counts_that_agree(shown: SimpleNamespace) -> None:
    """With each other, with what was pushed and with the rows."""
    pushed = sum(line.startswith("pushed ") for line in shown.lines)
    told = re.fullmatch(
        r"(\d+) items, (\d+) posts published, (\d+) on the wall, each exactly once \((.+)\), \d+ follow-ups",
        shown.lines[-1],
    )
    assert told, shown.said
    items, posts, on_the_wall = (int(told[place]) for place in (1, 2, 3))
    places = Counter({name: int(number) for name, number in re.findall(r"(\w+) (\d+)", told[4])})
    with closing(sqlite3.connect(shown.home / "demo.sqlite3")) as rows:
        kept = Counter(dict(rows.execute("SELECT platform, COUNT(*) FROM social_posts GROUP BY platform")))
        ended = rows.execute("SELECT DISTINCT status FROM social_posts").fetchall()
    assert (items, places, ended) == (pushed, kept, [("published",)])
    assert pushed > 0 and len(places) == 4
    assert posts == on_the_wall == places.total() == items * len(places)
