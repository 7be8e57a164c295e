"""When the pretended platforms answer: at once, unless a test holds them until something else has happened."""

import time

from connectors.sandbox import Sandbox
from connectors.sandbox.stage.exchange import Exchange

_PATIENCE_S = 120


class Answers:
    """While they are held, whoever calls is heard and waits, so that no test need be faster than an answer."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._most: int | None = None
        # Without any, nobody pauses.
        sandbox.world.latency = 0.001

    def hold(self, *, out: int = 0) -> None:
        """From now on, as soon as so many postings are out."""
        self._most = out

    def go(self) -> None:
        """Give those that were held, and all that follow."""
        self._most = None

    def pause(self, call: Exchange, seconds: float) -> None:
        """Stands in for what the sandbox does before each answer."""
        ends = time.monotonic() + _PATIENCE_S
        while self._most is not None and len(self._sandbox.wall) >= self._most and time.monotonic() < ends:
            time.sleep(0.01)
        call.world.stopping.wait(seconds)
