"""One fault while real clusters publish: what is out twice, lost, late, or left to a human.

44 accounts, a post every 45 ms for a minute, settings as they come. After fifteen seconds the fault comes and goes.
Then the wall is compared with the rows, and every post with its time: it is late from its moment until it is out.
"""

import argparse
import contextlib
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from benchmarks.chaos import acts, things
from benchmarks.chaos.hosts import Host, hosts
from benchmarks.chaos.verdict import FAULTY, judge, show
from benchmarks.ground import create_in_mariadb, create_in_postgres, ground

SECONDS, AFTER = 60, 15
#: Who is told alerts, so that messages can be counted where they arrive.
_BOT, _CHAT = "4242:sandbox-bot", "-1009990000001"


def run(asked: argparse.Namespace) -> int:
    """The trial; 0 when nothing is out twice, lost or left to a human, and nothing was later than the goal."""
    fault = acts.FAULTS[asked.fault]
    database = asked.database or ("mariadb" if fault.needs_server or asked.hosts > 1 else "sqlite")
    if database == "sqlite" and (fault.needs_server or asked.hosts > 1):
        raise SystemExit("This wants a database that is a server: --database mariadb or postgres.")
    from connectors.sandbox import Sandbox

    with Sandbox(latency=fault.latency_s) as sandbox, _scene(asked, fault, database, sandbox.url) as scene:
        if not fault.before:
            for host in scene.hosts:
                host.start()
        else:
            fault.act(scene)
        first = _lay_down(asked.items * 4)
        if not fault.before:
            time.sleep(max(0.0, first - time.time()) + AFTER)
            fault.act(scene)
        began = time.monotonic()
        _settled(patience=asked.patience)
        told = _judge(sandbox.wall, began)
    words = f"--fault {asked.fault} --database {database} --hosts {asked.hosts} --items {asked.items}"
    print(f"make chaos ARGS='{words}'  (load {', '.join(f'{load:.0f}' for load in os.getloadavg())})")
    show(told)
    return int(any(told.get(what) for what in FAULTY) or told["unknown"] > 0 or told["latest (s)"] > fault.goal_s)


@contextlib.contextmanager
def _scene(asked: argparse.Namespace, fault: acts.Fault, database: str, sandbox: str) -> Iterator[acts.Scene]:
    """The ground with what this fault needs; this process is set up on it, past the first host's cable."""
    told = {f"{name}_API_URL": sandbox for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
    told |= {"CARDS": "off", "Q_WORKERS": str(asked.workers), **fault.settings}
    told |= {"TELEGRAM_ALERT_BOT_TOKEN": _BOT, "TELEGRAM_ALERT_CHAT_ID": _CHAT, "LOG_LEVEL": asked.log}
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="autopost-trial-")))
        home.chmod(0o755)
        disk = stack.enter_context(things.small_disk(400, home / "disk")) if fault.small_disk else home
        env = stack.enter_context(ground("sqlite", **told)) | {"DATABASE_URL": f"sqlite:///{disk / 'trial.sqlite3'}"}
        server = stack.enter_context(_server(database, disk)) if database != "sqlite" else None
        if server is not None:
            env["DATABASE_URL"] = server.address
        broker = things.Redis() if fault.redis else None
        if broker is not None:
            broker.start()
            stack.callback(broker.stop)
            env["Q_BROKER"] = broker.url
        port = server.port if server is not None and fault.cables else None
        os.environ.update(env)
        made: list[Host] = stack.enter_context(hosts(asked.hosts, env, disk, port=port))
        _set_up()
        yield acts.Scene(made, disk, server, broker)


@contextlib.contextmanager
def _server(database: str, disk: Path) -> Iterator[things.Server]:
    from tests.support import mariadb, postgres

    home = disk / "db"
    home.mkdir()
    with {"mariadb": mariadb, "postgres": postgres}[database].restartable_server(home) as server:
        {"mariadb": create_in_mariadb, "postgres": create_in_postgres}[database](server.address)
        yield server


def _set_up() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _lay_down(posts: int) -> float:
    """Rows that fall due evenly; returns the first moment."""
    from django.utils import timezone

    from social_queue.models import PlatformAccount, Post, QueueItem

    keys = {"telegram": {"bot_token": _BOT}, "facebook": {"access_token": "sandbox-page"}}
    accounts = [
        PlatformAccount.objects.create(
            platform=name, slug=f"{name}-{number}", address=f"{start}{number:04}", credentials=keys[name]
        )
        for number in range(22)
        for name, start in (("telegram", "-10012345"), ("facebook", "102938"))
    ]
    first = timezone.now() + timedelta(seconds=posts / 100 + 8)
    for number in range(posts):
        due, account = first + timedelta(seconds=SECONDS * number / posts), accounts[number % len(accounts)]
        words = {"title": f"Outage item {number}", "link": f"https://example.com/outage/{number}", "source": "chaos"}
        item = QueueItem.objects.create(**words, publish_at=due)
        Post.objects.create(item=item, account=account, platform=account.platform, not_before=due)
    return first.timestamp()


def _settled(*, patience: float) -> None:
    from django.db import connection

    from social_queue.models import Alert, Post

    ends = time.monotonic() + patience
    while time.monotonic() < ends:
        connection.close()
        still = Post.objects.filter(status__in=["pending", "publishing", "unknown"])
        if not still.exclude(pk__in=Alert.objects.filter(kind="undecided").values("post")).exists():
            return
        left = {name: still.filter(status=name).count() for name in ("pending", "publishing", "unknown")}
        print(f"  {left}", file=sys.stderr, flush=True)
        time.sleep(5)


def _judge(wall: list, began: float) -> dict:
    from social_queue.models import Alert, Attempt, Post

    told = judge(wall, kills=0, seconds=time.monotonic() - began)
    out = {link.rsplit("/go/", 1)[1]: posting.posted_at for posting in wall for link in posting.links if "/go/" in link}
    dues = Post.objects.values_list("code", "item__publish_at")
    late = sorted((out[code] - due).total_seconds() for code, due in dues if code in out)
    ends = {"too early (s)": max(0.0, -late[0]), "median (s)": statistics.median(late)}
    ends |= {"99 of 100 within (s)": late[int(len(late) * 0.99)], "latest (s)": late[-1]}
    return {
        **{name: told[name] for name in ("posts", "published", "doubles", "lost", "unknown", "unknown elsewhere")},
        "unknown without an alert": told["unknown without an alert"],
        "leases that ended": Attempt.objects.filter(outcome="lease_ended").count(),
        "second tries": Attempt.objects.filter(number__gt=1).count(),
        "humans asked": Alert.objects.filter(kind="undecided").count(),
        "messages sent": sum(posting.address == _CHAT for posting in wall),
        **{name: round(value, 1) for name, value in ends.items()},
        "workers that published": len(set(Attempt.objects.values_list("worker", flat=True))),
        "seconds after it was back": told["seconds"],
    }
