"""Where the workers of a storm come from: forked from a process that has the project imported and does nothing else.

A Python that starts anew spends its first second with imports, and a kill that meets imports proves nothing.
"""

import multiprocessing
import os
import signal
from contextlib import suppress
from multiprocessing.process import BaseProcess

_PRELOADED = "benchmarks.chaos.preloaded"


def start(*words: str) -> BaseProcess:
    """A `manage.py` command as a process of its own, in a group of its own; what it prints goes nowhere.

    The environment is the one that this process had when it called first.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([_PRELOADED])
    process = context.Process(target=_live, args=words)
    process.start()
    return process


def kill(process: BaseProcess, number: int = signal.SIGKILL) -> None:
    """It and whatever it started."""
    assert process.pid is not None
    with suppress(ProcessLookupError):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:  # so young that it has no group of its own yet
            os.kill(process.pid, number)
    process.join(timeout=30)


def _live(*words: str) -> None:
    os.setsid()
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    from django.core.management import call_command

    call_command(*words)
