"""Callers who never rest, to see whether an upgrade loses one of them: load.py KEY CODE, until it is told to stop.

Each makes a connection per request, as strangers do, or keeps one, as programs do; what it hears is counted, and the
longest it waited. Prints one JSON object at the end.
"""

import http.client
import json
import signal
import sys
import threading
import time
from collections import Counter

from scripts.guide.door import Door

_PAUSE_S = 0.25

stopping = threading.Event()
told: Counter = Counter()
longest = [0.0]


def call(name: str, method: str, path: str, *, wanted: int, key: str = "", keep: bool = False) -> None:
    """Ask until it is time to stop."""
    connection, number = Door(), 0
    while not stopping.wait(_PAUSE_S):
        number += 1
        body = json.dumps({"title": f"{name} {number}", "link": "https://example.com/a"}) if key else None
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"} if key else {}
        started = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
            told[f"{name}: {answer.status}" + ("" if answer.status == wanted else " (wrong)")] += 1
        except (OSError, http.client.HTTPException) as fault:
            told[f"{name}: {type(fault).__name__} (wrong)"] += 1
            connection.close()
        longest[0] = max(longest[0], time.monotonic() - started)
        if not keep:
            connection.close()
    connection.close()


def main(key: str, code: str) -> None:
    """All callers at once."""
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    ingest = ("POST", "/api/autopost/ingest")
    kinds: list[tuple[tuple[str, str, str], dict]] = [
        (("ingest", *ingest), {"wanted": 201, "key": key}),
        (("ingest kept", *ingest), {"wanted": 201, "key": key, "keep": True}),
        (("link", "GET", f"/go/{code}"), {"wanted": 302}),
        (("docs", "GET", "/api/docs/"), {"wanted": 200, "keep": True}),
    ]
    callers = [threading.Thread(target=call, args=words, kwargs=more) for words, more in kinds]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    print(json.dumps({"told": dict(sorted(told.items())), "longest": round(longest[0], 1)}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
