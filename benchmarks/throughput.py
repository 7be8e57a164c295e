"""Published posts per second, row due → row published, beside a bare thread pool and beside Celery."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import requests

from benchmarks import seed
from benchmarks.ground import ROOT, child, ground
from connectors import http

#: Seconds for a cluster to come up before the posts fall due, so that its start is not measured.
HEAD_START = 12
#: What calls at once: with an answer at once more threads only get into each other's way; with one that takes its time
#: as many as Autopost may have in flight, one on each account.
THREADS_AT_ONCE, THREADS_WAITING = 20, 40
_WORDS = "Bench item, worded beforehand."


def measure(
    database: str,
    delay: float,
    *,
    posts: int,
    groups: int,
    workers: int = 4,
    batch: int = 20,
    a_core_each: bool = False,
    certificate: str = "",
    accounts: int = seed.ACCOUNTS,
) -> dict:
    """One line of the table: Autopost with ``groups`` worker process groups of ``workers`` on ``database``.

    ``batch``: what a worker has in flight. ``accounts``: so many have the posts, each one in flight at a time.
    ``a_core_each`` holds every group to one core of its own. With the file of a ``certificate`` there is TLS.
    """
    told = {"Q_WORKERS": str(workers), "DISPATCH_BATCH": str(batch), "Q_POLL": "0.1"}
    with answering(delay, certificate=certificate) as url, ground(database, TELEGRAM_API_URL=url, **told) as env:
        return in_child("autopost", env, posts=posts, accounts=accounts, groups=groups, a_core_each=a_core_each)


def measure_peer(peer: str, database: str, delay: float, *, posts: int, certificate: str = "") -> dict:
    """One of ``benchmarks.peers``, with as many calls at once as we have where the answer takes its time."""
    with contextlib.ExitStack() as stack:
        told = {"TELEGRAM_API_URL": stack.enter_context(answering(delay, certificate=certificate))}
        if peer == "celery":
            told["PEER_BROKER"] = stack.enter_context(redis())
        env = stack.enter_context(ground(database, **told))
        return in_child("peer", env, name=peer, posts=posts, threads=THREADS_WAITING if delay else 0)


def measure_bound(delay: float, *, posts: int, certificate: str = "", ours: bool = False) -> dict:
    """The bound on this machine: one process, a bare thread pool, and no database at all.

    It calls by requests, or as ``ours`` do, which read the authorities once.
    """
    with answering(delay, certificate=certificate) as url:
        address, body = f"{url}/bot4242:sandbox-bench/sendMessage", {"chat_id": "-100", "text": _WORDS}

        def send(_number: int) -> None:
            if ours:
                http.call("POST", address, json=body, creates=True)
            else:
                requests.post(address, json=body, timeout=(5, 30), headers={"Connection": "close"}).json()

        began, used = time.monotonic(), time.process_time()
        with ThreadPoolExecutor(THREADS_WAITING if delay else THREADS_AT_ONCE) as crew:
            list(crew.map(send, range(posts)))
        took = time.monotonic() - began
        return {"rate": posts / took, "cpu_ms": 1000 * (time.process_time() - used) / posts}


@contextlib.contextmanager
def answering(delay: float, *, certificate: str = "") -> Iterator[str]:
    """The local server of quick_server in a process of its own; with the file of a certificate it speaks TLS."""
    port = free_port()
    told = [str(port), str(delay), *filter(None, [certificate])]
    server = child("-m", "benchmarks.wire.quick_server", *told, env=dict(os.environ))
    try:
        _wait_for(port)
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
    finally:
        stop(server)


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A private Redis that keeps nothing. Raises RuntimeError when the machine has none."""
    program = shutil.which("redis-server")
    if program is None:
        raise RuntimeError("redis-server is missing: sudo apt-get install redis-server")
    port = free_port()
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(server)


def stop(process: subprocess.Popen) -> None:
    """End a process we started, and its children."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)  # what does not end by then is killed below
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def in_child(what: str, env: dict[str, str], **asked: object) -> dict:
    """Each measurement in a fresh process, since Django's settings are read once."""
    words = [sys.executable, "-m", "benchmarks.throughput_child", what, json.dumps(asked)]
    done = subprocess.run(words, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return json.loads(done.stdout.splitlines()[-1])


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing answers on port {port}")


def head_start() -> timedelta:
    """How long before the posts fall due the workers are started."""
    return timedelta(seconds=HEAD_START)
