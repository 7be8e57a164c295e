"""`make test`: the suite on SQLite, MariaDB and PostgreSQL, in a browser and with other people's clients, summed up."""

import argparse
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tests.support import browser, clients, mariadb, postgres, promtool, servers
from tests.support.environment import IN_CI, ROOT, keep_bytecode

#: The longest test is far below; a hang must not hold a whole run.
_TEST_TIMEOUT_S = 300
_NOTHING_COLLECTED = 5
#: What the parts on databases leave to the last two.
_ELSEWHERE = "not browser and not clients and not promtool"


@dataclass
class Part:
    """How one part of the suite went. ``trouble`` says why it did not run, or how it failed."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0
    trouble: str = ""
    could_not_run: bool = False

    @property
    def good(self) -> bool:
        return not (self.failed or self.trouble) or (self.could_not_run and not IN_CI)

    def __str__(self) -> str:
        if self.could_not_run:
            return f"{self.name} NOT RUN ({self.trouble.splitlines()[0]})"
        counts = [(self.passed, "passed"), (self.failed, "failed"), (self.skipped, "skipped")]
        told = ", ".join(f"{count} {word}" for count, word in counts if count or word == "passed")
        return f"{self.name} {told}{f' ({self.trouble})' if self.trouble else ''} in {self.seconds:.0f} s"


_Run = Callable[[list[str]], Part]
#: With two, two cores have nothing to do for a fifth of the time.
_AT_ONCE = 3


class _Output:
    """Where pytest prints to: with several at once, each into a file that is shown when it has ended."""

    in_one_piece = False
    turn = threading.Lock()


class _Running:
    """What runs now, so that it can be stopped."""

    stopped = False
    parts: ClassVar[set[subprocess.Popen]] = set()


def _stop(*_signal_and_frame: object) -> None:
    _Running.stopped = True
    for pytest in [*_Running.parts]:
        pytest.terminate()
    sys.exit("Stopped.")


def main(arguments: list[str]) -> int:
    """Run the parts; 0 when all went well. Unknown options are pytest's.

    Three side by side, since a part often waits (for sockets, servers and pages): what a part prints is shown in one
    piece when it has ended. With ``--fast``, or ``--one-by-one``, it is shown as it comes.
    """
    parser = argparse.ArgumentParser(prog="make test", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="SQLite only, without the browser and the clients")
    parser.add_argument("--one-by-one", action="store_true", help="one part after the other, shown as it comes")
    options, for_pytest = parser.parse_known_args(arguments)
    # Being told to stop must stop the database servers too, and what has not begun.
    signal.signal(signal.SIGTERM, _stop)
    chosen = [on_sqlite] if options.fast else _PARTS
    parts = _run(chosen, for_pytest, at_once=1 if options.fast or options.one_by_one else _AT_ONCE)
    print("\n" + " · ".join(str(part) for part in parts))
    return 0 if all(part.good for part in parts) else 1


def _run(chosen: list[_Run], arguments: list[str], *, at_once: int) -> list[Part]:
    """Each in its turn, so many side by side; what runs alone prints as it goes."""
    _Output.in_one_piece = at_once > 1
    with ThreadPoolExecutor(at_once) as crew:
        done = [*crew.map(lambda part: None if _Running.stopped else part(arguments), chosen)]
    return [part for part in done if part]


def on_sqlite(arguments: list[str]) -> Part:
    """Everything but the browser and other people's clients, on files of SQLite."""
    return _pytest("SQLite", ["-m", _ELSEWHERE, *_workers(), *arguments])


def on_mariadb(arguments: list[str]) -> Part:
    """The same on a real MariaDB, but what hardly looks at a database: conftest leaves that out, it ran already."""
    return _on_server("MariaDB", mariadb.private_server, arguments)


def on_postgresql(arguments: list[str]) -> Part:
    """And on a real PostgreSQL."""
    return _on_server("PostgreSQL", functools.partial(postgres.private_server, autovacuum=False), arguments)


def _on_server(name: str, server: Callable[[], AbstractContextManager[str]], arguments: list[str]) -> Part:
    try:
        with server() as address:
            return _pytest(name, ["-m", _ELSEWHERE, *_workers(), *arguments], DATABASE_URL=address)
    except servers.Unavailable as reason:
        return _not_run(name, str(reason))


def with_promtool(arguments: list[str]) -> Part:
    """The rules for Prometheus, played by its own tool; borrowed from Debian where it is not installed."""
    if not promtool.found():
        # Debian 13 has it in a package of its own.
        subprocess.run([ROOT / "scripts" / "borrow-debian", "/usr/bin/promtool", "promtool", "prometheus"], check=False)
    if not promtool.found():
        return _not_run("promtool", promtool.WHAT_IS_MISSING)
    return _pytest("promtool", ["tests/metrics", "-m", "promtool", *arguments])


def in_browser(arguments: list[str]) -> Part:
    """What an editor sees, in a headless Chromium, on SQLite."""
    if IN_CI or not browser.chromium():
        any(_installed(package) for package in browser.PACKAGES)
    if not browser.chromium():
        return _not_run("browser", browser.WHAT_IS_MISSING)
    part = _pytest("browser", [*_files_with("mark.browser"), "-m", "browser", *arguments])
    if part.skipped:
        part.name = f"browser ({part.skipped} NOT RUN for want of npm)"
    return part


def _installed(package: str) -> bool:
    return not subprocess.run([ROOT / "scripts" / "need-debian", package], check=False).returncode


def _files_with(word: str) -> list[str]:
    """Those files of tests that hold it: to import and collect all others costs more than many a test."""
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    return [str(file.relative_to(ROOT)) for file in files if word in file.read_text()]


def with_clients(arguments: list[str]) -> Part:
    """The sandbox under clients that nobody here wrote: those in Python, and those for Node where there is npm."""
    try:
        clients.python()
    except clients.Unavailable as reason:
        return _not_run("clients", str(reason))
    part = _pytest("clients", ["tests/clients", "-m", "clients", *arguments])
    if part.skipped:
        part.name = f"clients ({part.skipped} NOT RUN for want of Node)"
    return part


#: As they begin. The browser has one process, and goes with the longest; in the end none runs alone for long.
_PARTS: list[_Run] = [in_browser, on_sqlite, on_postgresql, on_mariadb, with_clients, with_promtool]


def _workers() -> list[str]:
    return ["-n", str(min(max(os.cpu_count() or 2, 2), 4)), "--dist", "worksteal"]


def _not_run(name: str, reason: str) -> Part:
    part = Part(name, trouble=reason, could_not_run=True)
    print(f"\n── {part}\n{reason}", flush=True)
    return part


def _pytest(name: str, arguments: list[str], **environment: str) -> Part:
    # An exported DATABASE_URL belongs to somebody's site, not to this run.
    inherited = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    keep_bytecode(inherited)
    # What was borrowed from Debian lies beside this Python.
    inherited["PATH"] = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    part, started = Part(name), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", f"--junitxml={report}", f"--timeout={_TEST_TIMEOUT_S}", *arguments]
        status = _printed(name, command, inherited | environment)
        if report.exists():
            _count(part, report)
    part.seconds = time.monotonic() - started
    if status == _NOTHING_COLLECTED:
        part.trouble, part.could_not_run = "no test was chosen", True
    elif status and not part.failed:
        part.trouble = f"pytest ended with {status}"
    return part


def _printed(name: str, command: list[str], environment: dict[str, str]) -> int:
    heading = f"\n── {name} " + "─" * (100 - len(name))
    if not _Output.in_one_piece:
        print(heading, flush=True)
        return _ended(subprocess.Popen(command, cwd=ROOT, env=environment))
    print(f"── {name} has begun", flush=True)
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as kept:
        output = {"stdout": kept, "stderr": subprocess.STDOUT}
        status = _ended(subprocess.Popen(command, cwd=ROOT, env=environment, **output))
        kept.seek(0)
        with _Output.turn:
            print(heading)
            shutil.copyfileobj(kept, sys.stdout)
            sys.stdout.flush()
    return status


def _ended(pytest: subprocess.Popen) -> int:
    _Running.parts.add(pytest)
    try:
        return pytest.wait()
    finally:
        _Running.parts.discard(pytest)


def _count(part: Part, report: Path) -> None:
    # Our own file, just written by pytest.
    suite = ElementTree.parse(report).getroot().find("testsuite")
    number: Callable[[str], int] = lambda name: int(suite.get(name, 0))  # noqa: E731
    part.failed = number("failures") + number("errors")
    part.skipped = number("skipped")
    part.passed = number("tests") - part.failed - part.skipped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
