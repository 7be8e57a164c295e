"""`make mutants`: small changes that would mean a double post, a loss, a leak or a wrong count; each must fail a test.

The list is benchmarks/mutants.toml: a table a change with ``file``, ``old`` (a text that stands there once), ``new``,
``tests`` (what is run) and ``means`` (what the change would do to people). Every change is made in a copy of the
project, alone, and pytest runs until its first failure; a change that all tests pass survives, and the run exits 1.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIST = Path(__file__).with_name("mutants.toml")
#: A change can make a test wait for ever: that is a failure too.
_LONGEST_S = 180
_ALL_PASSED = 0


@dataclass(frozen=True)
class Mutant:
    """One change to the product: ``old`` becomes ``new`` in ``file``; ``tests`` are paths and node ids of pytest."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    means: str

    def applied(self, source: str) -> str:
        """The changed file. Raises ValueError where ``old`` does not stand there exactly once."""
        found = source.count(self.old)
        if found != 1:
            raise ValueError(f"{self.name}: {self.old!r} stands {found} times in {self.file}, not once")
        return source.replace(self.old, self.new)


def mutants() -> list[Mutant]:
    """All of the list, in its order."""
    rows = tomllib.loads(LIST.read_text())
    return [Mutant(name=name, **row | {"tests": tuple(row["tests"])}) for name, row in rows.items()]


def main(arguments: list[str]) -> int:
    """Run those whose name holds one of the words given (all without any); 1 when one survives."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only changes whose name holds one of these")
    parser.add_argument("--at-once", type=int, default=2, help="copies of the project that are tried side by side")
    options = parser.parse_args(arguments)
    chosen = [one for one in mutants() if not options.words or any(word in one.name for word in options.words)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="autopost-mutants-") as folder:
        copies = [_copy(Path(folder) / str(number)) for number in range(options.at_once)]
        shares = [chosen[number :: options.at_once] for number in range(options.at_once)]
        with ThreadPoolExecutor(options.at_once) as pool:
            lived = [name for names in pool.map(_try_all, copies, shares) for name in names]
    print(f"{len(chosen)} changes, {len(chosen) - len(lived)} noticed, {len(lived)} not, "
          f"in {time.monotonic() - started:.0f} s{': ' if lived else ''}{', '.join(lived)}")  # fmt: skip
    return 1 if lived else 0


def _copy(folder: Path) -> Path:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def _try_all(copy: Path, share: list[Mutant]) -> list[str]:
    """The names of those that no test noticed."""
    return [one.name for one in share if not _is_noticed(copy, one)]


def _is_noticed(copy: Path, mutant: Mutant) -> bool:
    file, started = copy / mutant.file, time.monotonic()
    source = file.read_text()
    file.write_text(mutant.applied(source))
    try:
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n0", "-p", "no:cacheprovider", *mutant.tests]
        status = subprocess.run(command, cwd=copy, capture_output=True, check=False, timeout=_LONGEST_S).returncode
    except subprocess.TimeoutExpired:
        status = -1
    finally:
        file.write_text(source)
    if status not in (_ALL_PASSED, 1, -1):
        raise RuntimeError(f"{mutant.name}: pytest ended with {status} for {' '.join(mutant.tests)}")
    told = "noticed" if status else "NOT NOTICED"
    print(f"{told:11} {time.monotonic() - started:5.1f} s  {mutant.name}: {mutant.means}", flush=True)
    return bool(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
