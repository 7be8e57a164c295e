"""Procrastinate, one job a post: plain functions, which its workers run in threads. https://procrastinate.readthedocs.io/

`python -m benchmarks.peers.procrastinate_tasks THREADS` is one worker.
"""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

import procrastinate

from benchmarks.peers import work

app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=work.address()))
#: As many calls at once as Celery's four processes, and as many as ours, whose bound they share.
PROCESSES, AT_ONCE = 4, 5


@app.task(name="publish")
def publish(post: int) -> None:
    """One post."""
    work.publish(post)


def workers(threads: int) -> list[tuple[str, ...]]:
    """The commands of the processes that do the work."""
    _in_database(_lay_tables)
    each, processes = (threads // 2, 2) if threads else (AT_ONCE, PROCESSES)
    return [("-m", "benchmarks.peers.procrastinate_tasks", str(each))] * processes


def queue(ids: list[int]) -> None:
    """One job for each post, in one go."""

    async def defer() -> None:
        await publish.batch_defer_async(*({"post": post} for post in ids))

    _in_database(defer)


async def _lay_tables() -> None:
    await app.schema_manager.apply_schema_async()


def _in_database(act) -> None:
    async def opened() -> None:
        async with app.open_async():
            await act()

    asyncio.run(opened())


async def run_worker(threads: int) -> None:
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
    async with app.open_async():
        await app.run_worker_async(concurrency=threads, fetch_job_polling_interval=0.1)


if __name__ == "__main__":
    # The tasks are known by the module's own name, and not by that of the program.
    from benchmarks.peers import procrastinate_tasks

    asyncio.run(procrastinate_tasks.run_worker(int(sys.argv[1])))
