"""A generator that is killed again and again: it queues twelve things and begins anew each time."""

import sys

from autopost_client import Autopost


def main(url: str, key: str, run: str) -> None:
    """Every item under a key that the next life will choose too."""
    desk = Autopost(url, key)
    for number in range(12):
        desk.enqueue(title=f"{run} {number}", link="https://example.com/", idempotency_key=f"{run}-{number}")
        print(number, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
