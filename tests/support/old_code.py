"""The code of a version before, in a folder of its own, as processes on the database of the running test."""

import subprocess
import sys
import tarfile
from pathlib import Path

from tests.support import children
from tests.support.environment import ROOT

RELEASES = ROOT / "tests" / "fixtures" / "releases"
_MIGRATIONS = {"queue": "social_queue", "metrics": "metrics"}


class OldCode:
    """What a version's processes do to a database that was migrated by today's."""

    def __init__(self, version: str, folder: Path) -> None:
        self.folder = folder / version
        with tarfile.open(RELEASES / f"autopost-{version}.tar.xz") as archive:
            # Our own archive; Python 3.11.2 has no filters yet.
            safely = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
            archive.extractall(self.folder, **safely)

    def run(self, *words: str) -> str:
        """What a Python process of that version says; fails when it does. Only its own packages are found by it."""
        done = subprocess.run(
            [sys.executable, "-P", *words],
            cwd=self.folder,
            env=children.environment(PYTHONPATH=str(self.folder), COOLDOWN_MINUTES="0"),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{' '.join(words)[:200]}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def manage(self, *words: str) -> str:
        """One of its commands."""
        return self.run("manage.py", *words)

    def last_migrations(self) -> list[tuple[str, str]]:
        """Where its own migrations ended, an app each."""
        return [
            (label, max(file.stem for file in (self.folder / place / "migrations").glob("0*.py")))
            for label, place in _MIGRATIONS.items()
        ]


def versions() -> list[str]:
    """The versions that are kept."""
    return sorted(path.name.removeprefix("autopost-").removesuffix(".tar.xz") for path in RELEASES.glob("*.tar.xz"))
