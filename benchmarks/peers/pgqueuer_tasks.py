"""PgQueuer, one job a post, each in a thread, since the call blocks. https://janbjorge.github.io/pgqueuer/

`python -m benchmarks.peers.pgqueuer_tasks THREADS` is one worker.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
from pgqueuer import PgQueuer
from pgqueuer.db import PsycopgDriver
from pgqueuer.models import Job
from pgqueuer.queries import Queries

from benchmarks.peers import work

PROCESSES, AT_ONCE = 4, 5


def workers(threads: int) -> list[tuple[str, ...]]:
    """The commands of the processes that do the work."""
    _asked(lambda queries: queries.install())
    each, processes = (threads // 2, 2) if threads else (AT_ONCE, PROCESSES)
    return [("-m", "benchmarks.peers.pgqueuer_tasks", str(each))] * processes


def queue(ids: list[int]) -> None:
    """One job for each post, in one go."""
    jobs = [str(post).encode() for post in ids]
    _asked(lambda queries: queries.enqueue(["publish"] * len(jobs), list(jobs), [0] * len(jobs)))


def _asked(act: Callable[[Queries], Awaitable[object]]) -> None:
    async def asked() -> None:
        async with await psycopg.AsyncConnection.connect(work.address(), autocommit=True) as connection:
            await act(Queries(PsycopgDriver(connection)))

    asyncio.run(asked())


async def run_worker(threads: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
    connection = await psycopg.AsyncConnection.connect(work.address(), autocommit=True)
    queue = PgQueuer(PsycopgDriver(connection))

    @queue.entrypoint("publish")
    async def publish(job: Job) -> None:
        await asyncio.to_thread(work.publish, int(job.payload or b"0"))

    # Its own size of a batch, and no bound but the threads: with one it waits after each batch.
    await queue.run(dequeue_timeout=timedelta(seconds=0.1))


if __name__ == "__main__":
    asyncio.run(run_worker(int(sys.argv[1])))
