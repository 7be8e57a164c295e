"""What a web server's log says of a site that can't start: a sentence, where Python would show its inside."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from social_queue.management import stops

#: gunicorn's "the application can't be loaded": it then ends, too, and starts no other process.
CANT_BE_LOADED = 4


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Ends this process with a sentence where the operator can mend what is wrong; a fault of ours stays as it is."""
    try:
        yield
    except Exception as fault:
        words = stops.told(fault)
        if not words:
            raise
        sys.stderr.write(f"{words}\n")
        raise SystemExit(CANT_BE_LOADED) from None
