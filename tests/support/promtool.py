"""Prometheus' own tool for rules and metrics: installed, or borrowed from Debian by `make test`."""

import shutil
import subprocess
import sys
from pathlib import Path

WHAT_IS_MISSING = "promtool is missing: sudo apt-get install prometheus (on Debian 13 the package promtool)"


def found() -> str | None:
    """Where it is: on the path, or beside this Python, where what was borrowed lies."""
    return shutil.which("promtool") or shutil.which("promtool", path=str(Path(sys.executable).parent))


def run(*words: str, told: bytes = b"") -> subprocess.CompletedProcess:
    """What it says, as text."""
    done = subprocess.run([found() or "promtool", *words], input=told, capture_output=True, check=False, timeout=120)
    return subprocess.CompletedProcess(done.args, done.returncode, (done.stdout + done.stderr).decode())
