"""Celery with Redis, one task a post. https://docs.celeryq.dev/en/stable/userguide/tasks.html"""

import os

from celery import Celery

from benchmarks.peers import work

app = Celery("peer", broker=os.environ.get("PEER_BROKER", "redis://127.0.0.1:6399/0"))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)
#: One worker of four processes, or of so many threads where the answer takes its time.
WORKER = ("-m", "celery", "-A", "benchmarks.peers.celery_tasks", "worker", "--loglevel", "ERROR")


@app.task
def publish(post: int) -> None:
    """One post."""
    work.publish(post)


def workers(threads: int) -> list[tuple[str, ...]]:
    """The commands of the processes that do the work."""
    return [(*WORKER, *(("--pool", "threads", "--concurrency", str(threads)) if threads else ("--concurrency", "4")))]


def queue(ids: list[int]) -> None:
    """One task for each post."""
    for post in ids:
        publish.delay(post)
