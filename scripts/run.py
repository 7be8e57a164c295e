"""Runs the Procfile's web and worker, and the sandbox while SANDBOX is on, in one terminal until Ctrl-C.

honcho's own command is not used: it gives every process a PORT of its own, and here PORT is part of every link.
"""

import os
import sys
from pathlib import Path

from honcho import manager as honcho
from honcho.environ import parse_procfile

ROOT = Path(__file__).resolve().parent.parent
#: Seconds that a worker gets to end its round once it is told to stop; what is cut off then is looked for later.
honcho.KILL_WAIT = 10


def main() -> int:
    """Start what is wanted, wait, and return the exit status of whichever ended first."""
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    from autopost_site import settings

    lines = parse_procfile((ROOT / "Procfile").read_text()).processes
    manager = honcho.Manager()
    for name in ["web", "worker", *(["sandbox"] if settings.SANDBOX else [])]:
        manager.add_process(name, lines[name], env=dict(os.environ))
    manager.loop()
    return manager.returncode


if __name__ == "__main__":
    sys.exit(main())
