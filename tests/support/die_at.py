"""`python -m tests.support.die_at before|after module.path:function [n]`: dispatch, and die of SIGKILL at that step.

``n``: the time that it comes there, the first unless said otherwise.
"""

import importlib
import itertools
import os
import signal
import sys


def _die(*_arguments, **_named):
    os.kill(os.getpid(), signal.SIGKILL)


def _lay_trap(moment: str, place: str, time: str = "1") -> None:
    module_name, _, path = place.partition(":")
    owner = importlib.import_module(module_name)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    original = getattr(owner, name)

    left = itertools.count(int(time) - 1, -1)

    def trapped(*arguments, **named):
        last = next(left) == 0
        if last and moment == "before":
            _die()
        result = original(*arguments, **named)
        if last:
            _die()
        return result

    setattr(owner, name, trapped)


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    _lay_trap(*sys.argv[1:])
    call_command("dispatch")
