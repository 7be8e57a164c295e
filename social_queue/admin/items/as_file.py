"""Items as a file: in the columns that import reads, and in notes that it does not read what became of them."""

from social_queue.admin.pieces.exports import Column
from social_queue.intake.files.csv_rows import NOTE
from social_queue.models import QueueItem


def _posts(item: QueueItem) -> str:
    return "; ".join(f"{post.account.slug}: {post.status}" for post in item.posts.all())


EXPORTED: tuple[Column, ...] = (
    *((name, name) for name in ("title", "link", "summary", "image_url", "alt_text", "hashtags", "channels")),
    *((name, name) for name in ("focus", "publish_at", "expires_at", "data", "meta", "reference")),
    (f"{NOTE}id", "pk"),
    (f"{NOTE}status", "status"),
    (f"{NOTE}source", "source"),
    (f"{NOTE}posts", _posts),
    (f"{NOTE}received", "created_at"),
)
