"""A client that dies of SIGKILL at random moments while it queues items, and begins again: what is in the queue after?

`python -m benchmarks.doors.killed_client` starts a desk of its own (a database, gunicorn) and kills its client 1,000
times. A life goes on at the first number whose answer the one before did not live to note, with the idempotency key
that follows from the number, as a generator does that keeps its place in a file. Exit 0 only if each number is one
item.
"""

import argparse
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.ground import DATABASES, ROOT, child, ground, table

#: A life lasts up to so long after it has begun to speak; an answer takes a few hundredths.
_LONGEST_LIFE_S = 0.08
_NEVER = "2100-01-01T00:00:00Z"
#: So many numbers after the last death go through undisturbed.
_CALM = 5


def main() -> int:
    """The trial with a desk of its own, or with ``--against`` the killing alone, which prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--database", choices=DATABASES, default="sqlite")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--against", nargs=2, metavar=("URL", "KEY"))
    asked = parser.parse_args()
    if asked.against:
        print(json.dumps(storm(*asked.against, kills=asked.kills, seed=asked.seed)))
        return 0
    from benchmarks.go import served

    with ground(asked.database, API_RATE_LIMIT="0") as env:
        key = _prepare(env)
        with served("autopost_site.wsgi", env) as (port, _server):
            words = ["-m", "benchmarks.doors.killed_client", "--against", f"http://127.0.0.1:{port}", key]
            words += ["--kills", str(asked.kills), "--seed", str(asked.seed)]
            killer = subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True)
        print(killer.stderr, file=sys.stderr)
        killer.check_returncode()
        result = json.loads(killer.stdout) | verdict(_titles(env), json.loads(killer.stdout)["meant"])
    given = f"--database {asked.database} --kills {asked.kills} --seed {asked.seed}"
    print(f"python -m benchmarks.doors.killed_client {given}")
    print(table([{"what": name, "how many": number} for name, number in result.items()], ["what", "how many"]))
    return int(bool(result["missing"] or result["twice"] or result["of nobody's"]))


def storm(url: str, key: str, *, kills: int, seed: int) -> dict[str, int]:
    """Kill the client so many times; afterwards one life goes through in peace. ``meant``: how many items there are."""
    chance, dead = random.Random(seed), 0
    with tempfile.TemporaryDirectory() as home:
        place, tries = Path(home) / "place", Path(home) / "tries"
        place.write_text("0")
        while dead < kills:
            before = _size(tries)
            life = _live(url, key, place, tries, until=None)
            _wait_until_it_speaks(tries, before)
            time.sleep(chance.uniform(0, _LONGEST_LIFE_S))
            os.kill(life, signal.SIGKILL)
            dead += os.WIFSIGNALED(os.waitpid(life, 0)[1])
        meant = int(tries.read_text().split()[-1]) + 1 + _CALM
        _, status = os.waitpid(_live(url, key, place, tries, until=meant), 0)
        if status:
            raise SystemExit("The last life did not come through.")
        return {"kills": dead, "meant": meant, "said": len(tries.read_text().split())}


def verdict(titles: list[str], meant: int) -> dict[str, int]:
    """What became of the numbers from 0 to ``meant``."""
    found, wanted = Counter(titles), {f"Number {number}" for number in range(meant)}
    return {
        "items": len(titles),
        "missing": len(wanted - set(found)),
        "twice": sum(count > 1 for count in found.values()),
        "of nobody's": len(set(found) - wanted),
    }


def _live(url: str, key: str, place: Path, tries: Path, *, until: int | None) -> int:
    """Begin a life; its process id. A fork, since a thousand starts of Python would take longer than all the rest."""
    sys.path.insert(0, str(ROOT / "clients" / "python"))
    from autopost_client import Autopost

    sys.stdout.flush()
    if life := os.fork():
        return life
    ended = 1
    try:
        desk = Autopost(url, key)
        for number in itertools.count(int(place.read_text())):
            if number == until:
                break
            with tries.open("a") as said:
                said.write(f"{number}\n")
            # At an hour that does not come: nothing of it is to be posted.
            words = {"title": f"Number {number}", "link": "https://example.com/", "publish_at": _NEVER}
            desk.enqueue(**words, idempotency_key=f"number-{number}")
            done = place.with_suffix(".new")
            done.write_text(str(number + 1))
            done.replace(place)
        ended = 0
    finally:
        os._exit(ended)


def _wait_until_it_speaks(tries: Path, before: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends and _size(tries) == before:
        time.sleep(0.001)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _prepare(env: dict[str, str]) -> str:
    child("manage.py", "migrate", "--verbosity", "0", env=env).wait()
    script = (
        "import django; django.setup()\n"
        "from social_queue.access import keys\n"
        "from social_queue.models import PlatformAccount\n"
        "PlatformAccount.objects.create(platform='telegram', slug='bench', address='bench')\n"
        "print(keys.issue('generator', keys.SCOPES)[1])\n"
    )
    return _said(script, env)


def _titles(env: dict[str, str]) -> list[str]:
    script = (
        "import django, json; django.setup()\n"
        "from social_queue.models import QueueItem\n"
        "print(json.dumps(list(QueueItem.objects.values_list('title', flat=True))))\n"
    )
    return json.loads(_said(script, env))


def _said(script: str, env: dict[str, str]) -> str:
    words = [sys.executable, "-c", script]
    return subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True, check=True).stdout.split("\n")[-2]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    sys.exit(main())
