"""Requests over keep-alive connections for some seconds: by `wrk` where it is installed, else by our own process."""

import asyncio
import json
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

from benchmarks.ground import ROOT

CONNECTIONS = 16
PERSON = (
    "Mozilla/5.0 (Linux; Android 14; SM-A155F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36"
)


@dataclass(frozen=True)
class Load:
    """``median_ms`` and ``slow_ms`` (99 of 100 were faster) are times of one answer; ``wrong`` were no redirects."""

    per_second: float
    answered: int
    wrong: int
    median_ms: float
    slow_ms: float
    tool: str


def fire(url: str, *, seconds: int) -> Load:
    """Ask for one address from CONNECTIONS connections at once."""
    if shutil.which("wrk"):
        return _wrk(url, seconds)
    command = [sys.executable, "-m", "benchmarks.load", url, str(seconds)]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return Load(**json.loads(told))


def _wrk(url: str, seconds: int) -> Load:
    words = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-H", f"User-Agent: {PERSON}", url]
    told = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    answered, took = re.search(r"(\d+) requests in ([\d.]+)(m?s)", told).group(1, 2)
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", told)
    other = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    wrong = sum(int(number) for found in (sockets, other) if found for number in found.groups())
    median, slow = (_milliseconds(*re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", told).groups()) for share in (50, 99))
    return Load(round(int(answered) / float(took), 1), int(answered), wrong, median, slow, "wrk")


def _milliseconds(number: str, unit: str) -> float:
    return round(float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit], 2)


async def _person(host: str, port: int, request: bytes, *, until: float, took: list[float], wrong: list[int]) -> None:
    reader, writer = await asyncio.open_connection(host, port)
    while (began := time.perf_counter()) < until:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
        wrong[0] += not head.startswith(b"HTTP/1.1 302")
        took.append(time.perf_counter() - began)
    writer.close()


async def _crowd(url: str, seconds: int) -> Load:
    parts = urlsplit(url)
    request = f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUser-Agent: {PERSON}\r\n\r\n".encode()
    took: list[float] = []
    wrong, began = [0], time.perf_counter()
    people = (
        _person(parts.hostname, parts.port, request, until=began + seconds, took=took, wrong=wrong)
        for _ in range(CONNECTIONS)
    )
    await asyncio.gather(*people)
    rate = len(took) / (time.perf_counter() - began)
    took.sort()
    median, slow = (round(1000 * took[int(share * len(took))], 2) for share in (0.5, 0.99))
    return Load(round(rate, 1), len(took), wrong[0], median, slow, "asyncio")


if __name__ == "__main__":
    print(json.dumps(vars(asyncio.run(_crowd(sys.argv[1], int(sys.argv[2]))))))
