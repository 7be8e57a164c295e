"""Clicks and published posts for tests of what is made of them."""

from datetime import datetime

from metrics.models import Click
from social_queue.models import Post
from tests import factories


def published(account, *, at: datetime, **fields) -> Post:
    """A post that is out since ``at``."""
    return factories.make_post(
        account=account, status=Post.Status.PUBLISHED, external_id="out", published_at=at, **fields
    )


def click(post: Post, *, at: datetime, times: int = 1, robot: bool = False) -> None:
    """``times`` clicks on a post at one moment."""
    Click.objects.bulk_create(
        Click(
            post=post.pk,
            queue_item=post.item_id,
            platform=post.platform,
            variant=post.variant,
            clicked_at=at,
            is_robot=robot,
        )
        for _ in range(times)
    )
