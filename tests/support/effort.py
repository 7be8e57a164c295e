"""What something costs of the processor: no other process counts, and what this one does beside it once at most."""

import time
from collections.abc import Callable

_TRIES = 3


def costs_less(seconds: float, act: Callable[[], object]) -> bool:
    """Whether ``act`` needs less of this thread's time. The garbage of other tests may be collected in a try or two."""
    return any(_cost(act) < seconds for _ in range(_TRIES))


def _cost(act: Callable[[], object]) -> float:
    began = time.thread_time()
    act()
    return time.thread_time() - began
