"""An item goes to other accounts, or says other words there: its posts follow, as long as nobody has claimed one."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from social_queue import states
from social_queue.accounts import channels
from social_queue.intake import posts as item_posts
from social_queue.intake.incoming import Malformed
from social_queue.models import PlatformAccount, Post, PostStatus, QueueItem
from social_queue.sentences import said


def named(given: object) -> list[PlatformAccount]:
    """The accounts that a list from outside names; none where it names nobody, which is said elsewhere."""
    words = given if isinstance(given, list) and all(isinstance(word, str) for word in given) else None
    try:
        return channels.select(words or []) if words or given is None else []
    except channels.UnknownChannels:
        return []


def reroute(item: QueueItem, posts: list[Post], *, before: Collection[str], now: datetime) -> list[Post]:
    """The posts of an item whose channels were ``before`` and are others now; in the caller's transaction.

    The caller has locked the posts. A draft has none. Raises Malformed when a post that was tried or cancelled would
    have to come or go, and UnknownChannels.
    """
    if item.status in (QueueItem.Status.DRAFT, QueueItem.Status.SKIPPED):
        return posts
    wanted = {account.pk: account.slug for account in item_posts.accounts_of(item.channels)}
    had, held = {account.pk for account in named(list(before) or None)}, {post.account_id for post in posts}
    # Who is named by its own name now is meant, though all were meant before it was there, or when it was left out.
    had -= {pk for pk, slug in wanted.items() if slug in item.channels and slug not in before and pk not in held}
    leaving = [post for post in posts if post.account_id not in wanted and post.status != PostStatus.CANCELLED]
    _refuse_what_is_over(posts, wanted, had=had, leaving=leaving)
    gone = {post.pk for post in leaving}
    Post.objects.filter(pk__in=gone, attempts_made=0, status=PostStatus.PENDING).delete()
    # Accounts that were left out when it came in, as they had said the same lately, stay left out.
    made = item_posts.create_posts(item, now=now, without=had)
    left = [post for post in posts if post.pk not in gone] + made
    states.settle({item.pk})
    waiting = [post.not_before for post in left if post.status == PostStatus.PENDING]
    if item.next_slot and waiting:
        item.publish_at = min(waiting)
        QueueItem.objects.filter(pk=item.pk).update(publish_at=item.publish_at)
    return left


def reworded(item: QueueItem, values: Mapping) -> set[str]:
    """Names of accounts and platforms whose own words another text takes the place of."""
    if "captions" not in values:
        return set()
    old, new = item.captions or {}, values["captions"]
    return {name for name in {*old, *new} if old.get(name) != new.get(name)}


def take_back_own(posts: Iterable[Post], names: Collection[str]) -> None:
    """What somebody wrote for one post gives way to words that came later for its account."""
    later = [post.pk for post in posts if {post.account.slug, post.platform} & set(names)] if names else []
    waiting = Post.objects.filter(pk__in=later, status__in=(PostStatus.PENDING, PostStatus.FAILED))
    waiting.update(caption="", caption_edited=False)


def _refuse_what_is_over(posts: list[Post], wanted: Mapping[int, str], *, had: set[int], leaving: list[Post]) -> None:
    held = {post.account_id: post for post in posts}
    tried = [post.account.slug for post in posts if post.attempts_made]
    if tried and (leaving or set(wanted) - had - set(held)):
        raise Malformed({"channels": [said("can't be changed any more: %(slugs)s was tried.", slugs=", ".join(tried))]})
    over = {post.account_id for post in posts if post.status == PostStatus.CANCELLED}
    if back := [slug for pk, slug in wanted.items() if pk in over and pk not in had]:
        raise Malformed(
            {"channels": [said("can't name %(slugs)s again: it is cancelled there.", slugs=", ".join(back))]}
        )
