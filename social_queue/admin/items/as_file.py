"""Items as a file: in the columns that import reads, and in notes that it does not read what became of them."""

import json
from collections.abc import Callable

from social_queue.admin.pieces.exports import Column
from social_queue.intake.files.csv_rows import NOTE
from social_queue.media import carried
from social_queue.models import QueueItem


def _posts(item: QueueItem) -> str:
    return "; ".join(f"{post.account.slug}: {post.status}" for post in item.posts.all())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def _alone(name: str) -> Callable[[QueueItem], str]:
    """A column that speaks of the first of several media; those say it themselves."""
    return lambda item: "" if carried.album(item) else getattr(item, name)


EXPORTED: tuple[Column, ...] = (
    *((name, name) for name in ("title", "link", "summary")),
    *((name, _alone(name)) for name in ("image_url", "alt_text")),
    *(
        (name, name)
        for name in ("hashtags", "channels", "focus", "publish_at", "expires_at", "data", "meta", "reference")
    ),
    ("media", lambda item: _json(carried.album(item))),
    ("follow_ups", lambda item: _json(item.follow_ups)),
    ("ai", lambda item: _json(item.ai)),
    (f"{NOTE}id", "pk"),
    (f"{NOTE}status", "status"),
    (f"{NOTE}source", "source"),
    (f"{NOTE}posts", _posts),
    (f"{NOTE}received", "created_at"),
)
