"""Runs the Procfile's web and worker, and the sandbox while SANDBOX is on, in one terminal until Ctrl-C.

honcho's own command is not used: it gives every process a PORT of its own, and here PORT is part of every link.
"""

import os
import socket
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
    from django.core.exceptions import ImproperlyConfigured

    from social_queue.management import stops

    try:
        from autopost_site import settings
    except ImproperlyConfigured as fault:
        raise SystemExit(stops.told(fault)) from None

    ports = {"PORT": settings.PORT, **({"SANDBOX_PORT": settings.SANDBOX_PORT} if settings.SANDBOX else {})}
    for name, port in ports.items():
        if not is_free(port):
            raise SystemExit(
                f"Port {port} is taken, perhaps by another site. Choose another: `make run {name}={port + 1}`."
            )

    lines = parse_procfile((ROOT / "Procfile").read_text()).processes
    manager = honcho.Manager()
    for name in ["web", "worker", *(["sandbox"] if settings.SANDBOX else [])]:
        manager.add_process(name, lines[name], env=dict(os.environ))
    manager.loop()
    return manager.returncode


def is_free(port: int) -> bool:
    """Can a process of ours listen there?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    sys.exit(main())
