"""What is done to the hosts of a trial, and what may become of their posts: each fault with its goal."""

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.chaos.hosts import Host
from benchmarks.chaos.things import Server


@dataclass
class Scene:
    """All that a fault may lay hands on."""

    hosts: list[Host]
    disk: Path
    database: Server | None = None
    broker: Server | None = None


@dataclass(frozen=True)
class Fault:
    """``act`` does it, and undoes it. ``goal_s``: the latest that a post may be. ``settings``: what the trial needs."""

    act: Callable[[Scene], None]
    goal_s: float
    latency_s: float = 0.05
    settings: dict[str, str] = field(default_factory=dict)
    needs_server: bool = False
    redis: bool = False
    small_disk: bool = False
    cables: bool = False
    #: It happens before anything is due, not in the middle.
    before: bool = False


def _database_away(how: str, seconds: float) -> Callable[[Scene], None]:
    def act(scene: Scene) -> None:
        assert scene.database is not None
        getattr(scene.database, how)()
        time.sleep(seconds)
        scene.database.start()

    return act


def _broker_away(scene: Scene) -> None:
    assert scene.broker is not None
    scene.broker.kill()
    time.sleep(30)
    scene.broker.start()


def _freeze(scene: Scene) -> None:
    """Of several hosts the one that publishes, for longer than a lease; of one host the worker that does."""
    worker = _busiest()
    if len(scene.hosts) > 1:
        host = _host_of(worker, scene)
        host.freeze()
        time.sleep(40)
        host.thaw()
        return
    os.kill(worker, signal.SIGSTOP)
    time.sleep(40)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGCONT)


def _freeze_midway(scene: Scene) -> None:
    """The host that publishes, as soon as a transaction of its workers stands still with it, and with rows locked."""
    from django.db import connection

    host = _host_of(_busiest(), scene)
    for _ in range(500):
        host.freeze()
        time.sleep(0.3)
        with connection.cursor() as cursor:
            cursor.execute(_STANDING_STILL[connection.vendor])
            found = cursor.fetchone()
        connection.close()
        if found and found[0]:
            break
        host.thaw()
        time.sleep(random.uniform(0.02, 0.08))
    else:
        raise SystemExit("No transaction stood still with its host: try again.")
    time.sleep(40)
    host.thaw()


def _busiest() -> int:
    """The number of the worker process that has most in hand."""
    from social_queue.models import Attempt

    names = list(Attempt.objects.order_by("-pk").values_list("worker", flat=True)[:20])
    return int(max(names, key=names.count).rpartition(":")[2])


def _host_of(worker: int, scene: Scene) -> Host:
    return next(host for host in scene.hosts if host.running == os.getpgid(worker))


def _fill_the_disk(scene: Scene) -> None:
    ballast = scene.disk / "ballast"
    ends = time.monotonic() + 20
    while time.monotonic() < ends:
        # Whatever is set free meanwhile is taken, too.
        with contextlib.suppress(OSError), ballast.open("ab", buffering=0) as file:
            while True:
                file.write(b"\0" * 4096)
        time.sleep(0.1)
    ballast.unlink()


def _set_back_the_clock(scene: Scene) -> None:
    """The first host started two hours ahead, was killed, and starts again with the right time."""
    host = scene.hosts[0]
    host.set_clock(2 * 3600)
    for each in scene.hosts:
        each.start()
    time.sleep(20)
    host.kill()
    host.set_clock(host.off_s)
    host.start()


def _cut_the_cable(scene: Scene) -> None:
    """Between the host that publishes and the database."""
    cable = _host_of(_busiest(), scene).cable
    assert cable is not None
    cable.cut()
    time.sleep(60)
    cable.mend()


def _forget_the_connections(scene: Scene) -> None:
    """As a firewall that restarts: what is open hears nothing any more, for ever, and new connections work."""
    cable = _host_of(_busiest(), scene).cable
    assert cable is not None
    cable.forget()


#: How many transactions have rows locked although their host is stopped; the others' take milliseconds.
_STANDING_STILL = {
    "mysql": "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_rows_locked + trx_rows_modified > 0"
    " AND trx_started < NOW() - INTERVAL 0.25 SECOND",
    "postgresql": "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
    " AND backend_xid IS NOT NULL AND state_change < NOW() - INTERVAL '0.25 seconds'",
}
#: Short times, as the settings' check demands them, so that a lease ends within the trial.
_SHORT_LEASE = {
    "TICK_BUDGET": "5", "PREPARE_BUDGET": "5", "CONNECT_TIMEOUT": "2", "READ_TIMEOUT": "5",
    "Q_TIMEOUT": "20", "LEASE_SECONDS": "25", "Q_RETRY": "30",
}  # fmt: skip
FAULTS = {
    "dbrestart": Fault(_database_away("stop", 2), 15, needs_server=True),
    "dbkill": Fault(_database_away("kill", 30), 60, needs_server=True),
    "cut": Fault(_cut_the_cable, 120, latency_s=0.5, needs_server=True, cables=True),
    "forgotten": Fault(_forget_the_connections, 90, latency_s=0.5, needs_server=True, cables=True),
    "brokerkill": Fault(_broker_away, 15, redis=True),
    "freeze": Fault(_freeze, 60, latency_s=0.5, settings=_SHORT_LEASE),
    "midway": Fault(_freeze_midway, 60, latency_s=0.5, settings=_SHORT_LEASE, needs_server=True),
    "diskfull": Fault(_fill_the_disk, 60, small_disk=True),
    "clockback": Fault(_set_back_the_clock, 15, before=True),
}
