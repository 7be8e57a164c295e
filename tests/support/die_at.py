"""`python -m tests.support.die_at before|after module.path:function`: dispatch, and die of SIGKILL at that step."""

import importlib
import os
import signal
import sys


def _die(*_arguments, **_named):
    os.kill(os.getpid(), signal.SIGKILL)


def _lay_trap(moment: str, place: str) -> None:
    module_name, _, path = place.partition(":")
    owner = importlib.import_module(module_name)
    *holders, name = path.split(".")
    for holder in holders:
        owner = getattr(owner, holder)
    original = getattr(owner, name)

    def then_die(*arguments, **named):
        original(*arguments, **named)
        _die()

    setattr(owner, name, _die if moment == "before" else then_die)


if __name__ == "__main__":
    import django

    django.setup()
    from django.core.management import call_command

    _lay_trap(*sys.argv[1:3])
    call_command("dispatch")
