"""One call in progress: who it concerns, which day it meets, and how an irreversible step is played out."""

import contextlib
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from connectors.sandbox.stage.scenarios import FAULTS, SCENARIOS, Day
from connectors.sandbox.stage.wire import Answer, HangUp, Refused, Request, Silence
from connectors.sandbox.stage.world import Call, World

#: What a platform answers on a bad day: scenario name -> answer.
Refusals = Mapping[str, Callable[["Exchange", Day], Answer]]


@dataclass
class Exchange:
    """The request, the world it acts on and its record in ``calls``."""

    world: World
    request: Request
    call: Call

    def concerns(self, platform: str, address: str = "", *, creates: bool = False) -> None:
        """Note which address this call concerns, for the record and for choosing the scenario."""
        self.call.platform = platform
        self.call.address = address
        self.call.creates = creates

    @property
    def header(self) -> str:
        return self.request.headers.get("x-sandbox-scenario", "")

    def meets(self, name: str, address: str = "") -> bool:
        """Is this the day of the address? Uses nothing up."""
        return self.world.scenarios.look(address or self.call.address, self.header) == name

    def take(self, *names: str) -> Day:
        """The day if it is one of these, else an ordinary one; uses it up and notes it."""
        return self._noted(self.world.scenarios.take(self.call.address, self.header, among=names))

    def create(self, make: Callable[[], Answer], refusals: Refusals) -> Answer:
        """Play out the irreversible step: refuse it, do it, or do it and lose the answer."""
        among, book = {*refusals, *FAULTS}, self.world.scenarios
        random_too = self.call.creates or book.random_everywhere
        day = self._noted(book.take(self.call.address, self.header, among=among, random_too=random_too))
        refused = day.name in refusals
        if refused and not SCENARIOS[day.name].created:
            raise Refused(refusals[day.name](self, day))
        if day.name == "slow":
            self.pause(day.seconds)
        if day.name == "drop_then_time_out" or (day.name == "time_out" and self.world.scenarios.coin()):
            raise Silence
        answer = make()
        self.call.created = self.call.creates
        self._lose(day, refusals)
        if refused:
            raise Refused(refusals[day.name](self, day))
        return answer

    def change(self, make: Callable[[], Answer], refusals: Refusals) -> Answer:
        """The same for what changes or deletes a post that is out: it may be repeated, and its answer may come late."""
        answer = self.create(make, refusals)
        late = self.take("answered_late")
        if late.name == "answered_late":
            self.pause(late.seconds)
        return answer

    def pause(self, seconds: float) -> None:
        """Wait, unless the sandbox is being stopped."""
        self.world.stopping.wait(seconds)

    def _noted(self, day: Day) -> Day:
        if day.name in SCENARIOS and day.name != "ok":
            self.call.scenario = day.name
        return day

    def _lose(self, day: Day, refusals: Refusals) -> None:
        if day.name == "accept_then_500":
            raise Refused(refusals["server_error"](self, day))
        if day.name == "accept_then_hang_up":
            raise HangUp
        if day.name in ("time_out", "accept_then_time_out"):
            raise Silence


def wait_for_the_caller_to_leave(connection: socket.socket, stopping: threading.Event) -> None:
    """Hold the socket and say nothing until the other end closes it or the sandbox stops."""
    connection.settimeout(0.2)
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            if not connection.recv(4096):
                return
