"""What one call to a platform costs the process that makes it, plain and over TLS: `python -m benchmarks.wire.calls`.

Beside ours stands ``requests.post``, which reads the authorities that vouch for servers anew for each connection, as
ours did until they were read once. Both are asked by turns, in one process; what is printed are medians of the rounds.
"""

import argparse
import statistics
import time
from collections.abc import Callable

import requests

from benchmarks.ground import table
from benchmarks.throughput import answering
from benchmarks.wire import certificate
from connectors import http

_BODY = {"chat_id": "-100", "text": "Bench item, worded beforehand."}
_PATH = "/bot4242:sandbox-bench/sendMessage"


def main() -> None:
    """Print a table of the processor's time and the clock's, in milliseconds a call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=100, help="of each kind in a round")
    parser.add_argument("--rounds", type=int, default=7)
    asked = parser.parse_args()
    rows = []
    with certificate.own() as certified:
        for kind, told in (("plain", ""), ("TLS", certified)):
            with answering(0.0, certificate=told) as url:
                took = _by_turns({"requests": _of_requests, "Autopost": _of_ours}, url + _PATH, asked)
            rows += [{"line": kind, "call": name, **figures} for name, figures in took.items()]
    print(table(rows, ["line", "call", "CPU ms", "ms"]))


def _of_requests(url: str) -> None:
    requests.post(url, json=_BODY, timeout=(5, 30), headers={"Connection": "close"}).json()


def _of_ours(url: str) -> None:
    http.call("POST", url, json=_BODY, creates=True, secrets=("4242:sandbox-bench",))


def _by_turns(ways: dict[str, Callable[[str], None]], url: str, asked: argparse.Namespace) -> dict[str, dict]:
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    clock: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(asked.rounds):
        for name, call in ways.items():
            call(url)  # what is done once, is done
            began, used = time.perf_counter(), time.process_time()
            for _ in range(asked.calls):
                call(url)
            cpu[name].append(1000 * (time.process_time() - used) / asked.calls)
            clock[name].append(1000 * (time.perf_counter() - began) / asked.calls)
    return {
        name: {"CPU ms": f"{statistics.median(cpu[name]):.2f}", "ms": f"{statistics.median(clock[name]):.2f}"}
        for name in ways
    }


if __name__ == "__main__":
    main()
