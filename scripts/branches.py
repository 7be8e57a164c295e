"""Prints the branch coverage of delivery, states and intake by the tests that are about them: ``make coverage``.

It runs them on SQLite; options for pytest may follow. Nothing is judged: it fails only when a test does.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_MEASURED = ("social_queue/delivery/*", "social_queue/states.py", "social_queue/fenced.py", "social_queue/intake/*")
_TESTS = (
    "tests/delivery",
    "tests/intake",
    "tests/test_states.py",
    "tests/api/test_ingest_door.py",
)
#: Threads are followed by themselves; greenlets and child processes are not.
_SETTINGS = f"""[run]
branch = True
concurrency = thread
include = {", ".join(_MEASURED)}
"""


def main() -> int:
    """Run and report; the exit status is pytest's."""
    with tempfile.TemporaryDirectory(prefix="autopost-coverage-") as folder:
        rules = Path(folder, "rules")
        rules.write_text(_SETTINGS)
        kept = [f"--rcfile={rules}", f"--data-file={Path(folder, 'data')}"]
        coverage = [sys.executable, "-m", "coverage"]
        tests = [*coverage, "run", *kept, "-m", "pytest", "-q", *_TESTS, *sys.argv[1:]]
        status = subprocess.run(tests, cwd=ROOT, check=False).returncode
        subprocess.run([*coverage, "report", *kept, "--precision=1"], cwd=ROOT, check=False)
    return status


if __name__ == "__main__":
    sys.exit(main())
