"""Signed deliveries as fast as the site takes them, with the database stopped in the middle: every 2xx is one item?

`python -m benchmarks.doors.deliveries` starts MariaDB and gunicorn (two processes of four threads), and a sender on 32
connections that signs each delivery after Standard Webhooks and sends it again, under its own id, until it is taken.
After ten seconds the database is stopped for thirty. Exit 0 only if each delivery that was answered 2xx is one item.
"""

import argparse
import asyncio
import base64
import hashlib
import hmac
import itertools
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from benchmarks.ground import ROOT, child, create_in_mariadb, ground, table

CONNECTIONS = 32
BEFORE_S, AFTER_S = 10, 20
#: What was not answered when the time is over is sent again for so long.
_PATIENCE_S = 60
_SLUG = "bench"


def main() -> int:
    """The trial, or with ``--against`` the sender alone, which prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--outage", type=float, default=30, help="seconds that the database is stopped")
    parser.add_argument("--against", nargs=2, metavar=("URL", "SECRET"))
    parser.add_argument("--seconds", type=float, default=60)
    asked = parser.parse_args()
    if asked.against:
        print(json.dumps(vars(asyncio.run(_send(*asked.against, seconds=asked.seconds)))))
        return 0
    from benchmarks.go import served
    from tests.support import mariadb

    with mariadb.restartable_server() as server, ground("sqlite", DATABASE_URL=server.address) as env:
        create_in_mariadb(server.address)
        secret = _prepare(env)
        with served("autopost_site.wsgi", env) as (port, _web):
            words = ["-m", "benchmarks.doors.deliveries", "--against", f"http://127.0.0.1:{port}", secret]
            words += ["--seconds", str(BEFORE_S + asked.outage + AFTER_S)]
            sender = subprocess.Popen([sys.executable, *words], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
            time.sleep(BEFORE_S)
            server.stop()
            time.sleep(asked.outage)
            server.start()
            told = json.loads(sender.communicate()[0])
        result = _verdict(told, _titles(env), outage=asked.outage)
    print(table([{"what": name, "how many": value} for name, value in result.items()], ["what", "how many"]))
    return int(bool(result["taken, and no item"] or result["items twice"]))


@dataclass
class Sent:
    """``taken``: numbers that were answered 2xx; ``each_second``: how many were in each; ``answers``: by status."""

    taken: list[int] = field(default_factory=list)
    each_second: Counter[int] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)


async def _send(url: str, secret: str, *, seconds: float) -> Sent:
    sent, numbers, began = Sent(), itertools.count(), time.monotonic()
    lines = (_line(url, secret, sent, numbers, began, ends=began + seconds) for _ in range(CONNECTIONS))
    await asyncio.gather(*lines)
    return sent


async def _line(url: str, secret: str, sent: Sent, numbers: Iterator[int], began: float, *, ends: float) -> None:
    """One connection: a delivery after the other, each until it is taken."""
    wire = None
    while time.monotonic() < ends:
        number = next(numbers)
        while True:
            try:
                wire = wire or await asyncio.open_connection(urlsplit(url).hostname, urlsplit(url).port)
                status, wire = await _ask(wire, _request(url, secret, number))
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                status, wire = "no answer", None
            sent.answers[status] += 1
            if status.startswith("2"):
                sent.taken.append(number)
                sent.each_second[int(time.monotonic() - began)] += 1
                break
            if time.monotonic() > ends + _PATIENCE_S:
                return
            await asyncio.sleep(0.5)


async def _ask(wire: tuple, request: bytes) -> tuple[str, tuple | None]:
    reader, writer = wire
    writer.write(request)
    async with asyncio.timeout(60):
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        await reader.readexactly(int(length[1]) if length else 0)
    closes = re.search(rb"(?i)connection: close", head)
    if closes:
        writer.close()
    return head.split()[1].decode(), None if closes else wire


def _request(url: str, secret: str, number: int) -> bytes:
    body = json.dumps(
        {
            "title": f"Delivery {number}",
            "summary": "Gates opens at seven, and the hour after is the best of the evening.",
            "link": f"https://example.com/d/{number}",
            "publish_at": "2100-01-01T00:00:00Z",
        }
    ).encode()
    moment, name = str(int(time.time())), f"msg_{number}"
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = base64.b64encode(hmac.new(key, f"{name}.{moment}.".encode() + body, hashlib.sha256).digest()).decode()
    head = (
        f"POST /api/autopost/webhook/{_SLUG} HTTP/1.1\r\nHost: {urlsplit(url).netloc}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"webhook-id: {name}\r\nwebhook-timestamp: {moment}\r\nwebhook-signature: v1,{digest}\r\n\r\n"
    )
    return head.encode() + body


def _verdict(told: dict, titles: list[str], *, outage: float) -> dict[str, object]:
    found, taken = Counter(titles), [f"Delivery {number}" for number in told["taken"]]
    each = {int(second): count for second, count in told["each_second"].items()}
    again = int(BEFORE_S + outage)
    after = [each.get(second, 0) for second in range(again + 5, again + AFTER_S)]
    answers = ", ".join(f"{status} {count}" for status, count in sorted(told["answers"].items()))
    return {
        "taken": len(taken),
        "a second, before the database went": round(sum(each.get(second, 0) for second in range(1, BEFORE_S - 1)) / 8),
        "a second, from five seconds after it was back": round(sum(after) / len(after)),
        "the best second": max(each.values()),
        "answers": answers,
        "taken, and no item": sum(title not in found for title in taken),
        "items twice": sum(count > 1 for count in found.values()),
        "items of deliveries whose answer was lost": len(set(found) - set(taken)),
    }


def _prepare(env: dict[str, str]) -> str:
    child("manage.py", "migrate", "--verbosity", "0", env=env).wait()
    script = (
        "import django; django.setup()\n"
        "from social_queue.models import PlatformAccount\n"
        "PlatformAccount.objects.create(platform='telegram', slug='bench', address='bench')\n"
    )
    subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True)
    made = subprocess.run(
        [sys.executable, "manage.py", "webhook_source", _SLUG], cwd=ROOT, env=env, check=True, capture_output=True
    )
    return made.stdout.decode().strip().split("\n")[-1]


def _titles(env: dict[str, str]) -> list[str]:
    script = (
        "import django, json; django.setup()\n"
        "from social_queue.models import QueueItem\n"
        "print(json.dumps(list(QueueItem.objects.values_list('title', flat=True))))\n"
    )
    told = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=env, check=True, capture_output=True)
    return json.loads(told.stdout.decode().strip().split("\n")[-1])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    sys.exit(main())
