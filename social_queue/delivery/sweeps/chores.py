"""What else a publisher looks after, every few seconds: others register it, since delivery knows nothing of it."""

import logging
from collections.abc import Callable
from datetime import datetime

logger = logging.getLogger(__name__)

_CHORES: dict[str, Callable[[datetime], object]] = {}


def register(name: str, act: Callable[[datetime], object]) -> None:
    """Have ``act(now)`` called by every run; it must be cheap when there is nothing to do, and may overlap."""
    _CHORES[name] = act


def do(now: datetime) -> None:
    """All of them; one that fails keeps nobody from publishing."""
    for name, act in _CHORES.items():
        try:
            act(now)
        except Exception:
            logger.exception("the chore %s failed", name)
