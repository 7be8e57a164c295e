"""What is left of posts whose items were pruned: where their links lead, and that they went out."""

from collections.abc import Collection
from datetime import datetime

from connectors.texts.ascii_links import ascii_link
from metrics import standing
from metrics.models import KeptPost
from metrics.sums import tallies
from social_queue.models import Post
from social_queue.wording import links


def keep(posts: Collection[int], now: datetime) -> None:
    """Note them down before they go; their attempts are in the counters then."""
    tallies.add_up(now)
    standing.pruned()
    # What never went out has no link that anybody could follow.
    rows = Post.objects.select_related("item", "account").filter(pk__in=posts, status=Post.Status.PUBLISHED)
    KeptPost.objects.bulk_create(
        (
            KeptPost(
                post=post.pk,
                queue_item=post.item_id,
                account=post.account_id,
                platform=post.platform,
                variant=post.variant,
                game=post.item.game,
                code=post.code,
                url=ascii_link(post.tracked_url or links.tracked_url(post)),
                published_at=post.published_at or now,
            )
            for post in rows
        ),
        ignore_conflicts=True,
    )


def by_code(code: str) -> KeptPost | None:
    """The post of a link; letters count, whatever the database thinks of them."""
    return next((row for row in KeptPost.objects.filter(code=code) if row.code == code), None)
