"""A sender that offers so many signed deliveries a second, whatever becomes of them, and sends again what was refused.

A delivery is due at its moment, answered or not those before it; one that was refused is due again after the time that
``Retry-After`` names, and twice as long each time, as senders of webhooks do it.
"""

import argparse
import asyncio
import heapq
import json
import random
import re
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.doors import signed

#: Connections that are kept open.
CONNECTIONS = 64
#: What has not been taken so long after the last was offered is given up, and told.
PATIENCE_S = 120
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0


@dataclass
class Sent:
    """``taken``: numbers that were answered 2xx, and when, ``at_once`` of them at the first try; ``refused``: by what
    was said; ``waits``: of the first try, when it was due, and how many milliseconds later it was answered.
    """

    offered: int = 0
    taken: dict[int, float] = field(default_factory=dict)
    at_once: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    waits: list[tuple[float, float]] = field(default_factory=list)


@dataclass(order=True)
class _Due:
    at: float
    number: int
    tries: int = 0


class _Sender:
    def __init__(self, url: str, secret: str, *, rate: int, seconds: float) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._place = urlsplit(url).netloc
        self._requests = [self._request(secret, number) for number in range(int(rate * seconds))]
        self._began = time.monotonic() + 0.5
        self._due = [_Due(self._began + number / rate, number) for number in range(len(self._requests))]
        self._ends = self._began + seconds + PATIENCE_S
        self.sent = Sent(offered=len(self._requests))

    def _request(self, secret: str, number: int) -> bytes:
        """Signed before the first is sent, so that this costs nothing meanwhile; good for five minutes."""
        headers, body = signed.delivery(secret, number)
        lines = [f"POST {signed.PATH} HTTP/1.1", f"Host: {self._place}", "Content-Type: application/json"]
        lines += [f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in headers.items())]
        return "\r\n".join([*lines, "", ""]).encode() + body

    async def send(self) -> None:
        """Until all is taken, or the time is over."""
        await asyncio.gather(*(self._line() for _ in range(CONNECTIONS)))

    async def _line(self) -> None:
        """One connection: whatever is due, until all are taken or the time is over."""
        wire = None
        while len(self.sent.taken) < self.sent.offered and time.monotonic() < self._ends:
            now = time.monotonic()
            if not self._due or self._due[0].at > now:
                await asyncio.sleep(min(0.02, self._due[0].at - now) if self._due else 0.02)
                continue
            due = heapq.heappop(self._due)
            try:
                wire = wire or await asyncio.open_connection(self._host, self._port)
                status, again, wire = await _ask(wire, self._requests[due.number])
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                status, again, wire = "no answer", 0.0, None
            self._note(due, status, again)

    def _note(self, due: _Due, status: str, again: float) -> None:
        now, sent = time.monotonic(), self.sent
        if due.tries == 0:
            sent.waits.append((round(due.at - self._began, 3), round((now - due.at) * 1000, 1)))
        if status.startswith("2"):
            sent.taken[due.number] = round(now - self._began, 3)
            sent.at_once += due.tries == 0
            return
        sent.refused[f"{status}, Retry-After {again:.0f}" if again else status] += 1
        pause = min(_LONGEST_PAUSE_S, max(again, _FIRST_PAUSE_S) * 2**due.tries)
        heapq.heappush(self._due, _Due(now + pause * random.uniform(1, 1.3), due.number, due.tries + 1))


async def _ask(wire: tuple, request: bytes) -> tuple[str, float, tuple | None]:
    reader, writer = wire
    writer.write(request)
    async with asyncio.timeout(60):
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
    again = re.search(rb"(?i)retry-after: (\d+)", head)
    closes = re.search(rb"(?i)connection: close", head)
    if closes:
        writer.close()
    return head.split(maxsplit=2)[1].decode(), float(again[1]) if again else 0.0, None if closes else wire


def main() -> int:
    """One line of JSON when all is taken, or the time is over; a line that says so when it begins."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("secret")
    parser.add_argument("--rate", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    asked = parser.parse_args()
    sender = _Sender(asked.url, asked.secret, rate=asked.rate, seconds=asked.seconds)
    print("begins", flush=True)
    asyncio.run(sender.send())
    print(json.dumps(vars(sender.sent)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
