"""What commands print, when nobody takes it any more."""

import os
import select
import sys


def is_read() -> bool:
    """Does somebody still take what is printed?"""
    looking = select.poll()
    looking.register(sys.stdout.fileno(), 0)
    return not looking.poll(0)


def give_up() -> None:
    """Send the rest of standard output nowhere, or Python complains of what it could not write when it ends.

    https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
