"""The peer: Celery with Redis doing the same call and the same row, one task a post, as most people would write it."""

import os
import time

import requests
from celery import Celery

app = Celery("peer", broker=os.environ.get("PEER_BROKER", "redis://127.0.0.1:6399/0"))
app.conf.update(task_ignore_result=True, worker_prefetch_multiplier=4, broker_connection_retry_on_startup=True)


@app.task
def publish(post: int) -> None:
    """One call, then one row: pending becomes published, with the platform's id."""
    _django()
    from django.utils import timezone

    from social_queue.models import Post

    answer = requests.post(
        f"{os.environ['TELEGRAM_API_URL']}/bot4242:sandbox-bench/sendMessage",
        json={"chat_id": "-100", "text": "Bench item, worded beforehand."},
        timeout=(5, 30),
        headers={"Connection": "close"},
    )
    Post.objects.filter(pk=post).update(
        status="published", external_id=str(answer.json()["result"]["message_id"]), published_at=timezone.now()
    )


def _django() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def drain(ids: list[int]) -> float:
    """Queue every post and wait until the last row is written; returns posts per second."""
    from social_queue.models import Post

    began = time.monotonic()
    for post in ids:
        publish.delay(post)
    while Post.objects.filter(status="published").count() < len(ids):
        time.sleep(0.05)
    return len(ids) / (time.monotonic() - began)
