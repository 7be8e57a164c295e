"""What every peer does for one post: one call, then one row."""

import os

import requests


def publish(post: int) -> None:
    """Pending becomes published, with the platform's id. No caption, no attempt, no lease, no fence."""
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


def address() -> str:
    """The database's, as the drivers of PostgreSQL take it."""
    return os.environ["DATABASE_URL"]


def _django() -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
