"""What an item would look like on each of its accounts; nothing is stored and nobody is asked."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import connectors
from social_queue import approvals
from social_queue.accounts import channels
from social_queue.intake import posts as item_posts
from social_queue.intake.incoming import Incoming
from social_queue.models import Post, PostStatus, QueueItem
from social_queue.sentences import said
from social_queue.wording import captions, following, labels, links, variants
from social_queue.wording.checks import Problem
from social_queue.wording.templates.finding import Shelf


def of_incoming(incoming: Incoming, *, platform: str = "") -> Iterator[dict]:
    """One object an account: ``account platform caption length limit problems``; ``platform`` leaves others out."""
    item = QueueItem(**incoming.columns())
    item.media_to_be = incoming.media or None
    return _rows(_posts_to_be(item), platform)


def of_item(item: QueueItem, *, platform: str = "") -> Iterator[dict]:
    """The same for a stored item: its posts as they went or would go out; without posts, as if it came in now."""
    return _rows(_posts_of(item), platform)


def with_posts(item: QueueItem) -> Iterator[tuple[Post, dict]]:
    """The same with each account's post, which need not be stored."""
    shelf = Shelf()
    return ((post, _row(post, _with_follow_ups(post, shelf))) for post in _posts_of(item))


def of_post(post: Post) -> dict:
    """The same of one post, its item and account in hand."""
    return _row(post)


def as_written(item: QueueItem, stored: Iterable[Post]) -> Iterator[tuple[Post, dict]]:
    """``with_posts`` for an item that is being written and need not be stored; posts it has already keep their links.

    Each row has in ``stops`` those of its problems that keep it from going out. Raises UnknownChannels.
    """
    codes, shelf = {post.account_id: post.code for post in stored}, Shelf()
    for post in _posts_to_be(item):
        post.code = codes.get(post.account_id, post.code)
        worded = _with_follow_ups(post, shelf)
        yield post, _row(post, worded) | {"stops": [problem for problem in worded.problems if problem.stops]}


def of_posts(posts: Iterable[Post], shelf: Shelf) -> Iterator[dict]:
    """The same of posts that were just laid down, their item and account in hand; ``shelf`` holds templates."""
    return (_row(post, _worded(post, shelf)) for post in posts)


def _posts_of(item: QueueItem) -> Iterable[Post]:
    posts = list(item.posts.select_related("item", "account").order_by("pk"))
    return posts or _posts_to_be(item)


def _posts_to_be(item: QueueItem) -> Iterator[Post]:
    chosen = channels.select(item.channels)
    named, words = variants.foresee_variants(item, chosen), approvals.kept_words(item)
    for account in chosen:
        own = {"caption": words.get(account.pk, ""), "caption_edited": account.pk in words}
        yield Post(item=item, account=account, platform=account.platform, variant=named[account.pk], **own)


def _rows(posts: Iterable[Post], platform: str) -> Iterator[dict]:
    shelf = Shelf()
    return (_row(post, _with_follow_ups(post, shelf)) for post in posts if platform in ("", post.platform))


def _worded(post: Post, shelf: Shelf | None = None) -> captions.Rendered:
    link = links.expected_link(post).short
    return captions.preview(post.item, post.account, link=link, variant=post.variant, edited=post.caption, shelf=shelf)


def _with_follow_ups(post: Post, shelf: Shelf | None = None) -> captions.Rendered:
    """With the problems of what follows it."""
    worded, link = _worded(post, shelf), links.expected_link(post).short
    return replace(worded, problems=(*worded.problems, *following.problems(post.item, post.account, link=link)))


def _row(post: Post, worded: captions.Rendered | None = None) -> dict:
    worded, link = worded or _with_follow_ups(post), links.expected_link(post).short
    follows = following.rows(post.item, post.account, link=link)
    return (
        {
            "account": post.account.slug,
            "platform": post.platform,
            "caption": worded.text,
            "length": worded.length,
            "limit": worded.limit,
            "problems": [
                {"code": problem.code, "message": str(problem.message)} for problem in (*worded.problems, *_when(post))
            ],
        }
        | ({"follow_ups": follows} if follows else {})
        | _label(post)
    )


def _when(post: Post) -> list[Problem]:
    """What is wrong with the time of a post that has not been tried."""
    if post.status != PostStatus.PENDING or post.attempts_made or not item_posts.too_quiet(post.item, post.account):
        return []
    words = said("The account's quiet hours end only when the item has expired, so it does not go out here.")
    return [Problem("expires_in_quiet_hours", words, field="expires_at")]


def _label(post: Post) -> dict[str, str]:
    """How readers are told that a machine made it; left out where they are not."""
    way = labels.way(post.item, connectors.get(post.platform), post.account.options)
    return {"ai_label": way} if way else {}
