"""Several threads that begin the same thing at the same moment, each with a database connection of its own."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections


def at_once(act: Callable[[int], object], people: int) -> list:
    """What ``act(number)`` returned for each of ``people`` threads; a fault in any of them is raised here."""
    gate = threading.Barrier(people)

    def one(number: int) -> object:
        try:
            gate.wait(timeout=30)
            return act(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(people) as pool:
        return list(pool.map(one, range(people)))
