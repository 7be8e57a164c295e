"""The posts of an item: one for each account it is for, each at the account's own time."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from social_queue import approvals, statements
from social_queue.accounts import channels as account_channels
from social_queue.intake.field_checks import NO_ACCOUNT
from social_queue.models import PlatformAccount, Post, PostStatus, QueueItem
from social_queue.rows import columns
from social_queue.sentences import said
from social_queue.timing import quiet, slots
from social_queue.wording import variants


def accounts_of(channels: Collection[str]) -> list[PlatformAccount]:
    """Those that a list of channels names. Raises UnknownChannels when one names none, or none is active."""
    chosen = account_channels.select(channels)
    if not chosen:
        raise account_channels.UnknownChannels(NO_ACCOUNT)
    return chosen


def cancelled_on(items: Iterable[QueueItem]) -> dict[int, set[int]]:
    """{item id: ids of the accounts on which its post is cancelled}, as one of a draft can be that was ready before."""
    rows, found = Post.objects.filter(item__in=[one.pk for one in items], status=PostStatus.CANCELLED), defaultdict(set)
    for item, account in rows.values_list("item", "account"):
        found[item].add(account)
    return found


def create_posts(
    item: QueueItem, *, now: datetime, without: Collection[int] = (), at_once: datetime | None = None
) -> list[Post]:
    """One pending post for each account the item is for, in the caller's transaction; those it has stay as they are.

    ``without``: ids of accounts to leave out. ``at_once``: what "now" means for an account without slots. Raises
    UnknownChannels when a channel names no account any more, or when no account is active. Where the item asks for
    slots, the caller has laid their locks.
    """
    already = set(item.posts.values_list("account_id", flat=True))
    chosen = [account for account in accounts_of(item.channels) if account.pk not in already | set(without)]
    # In one order, so that two transactions can't wait for each other in a circle.
    chosen.sort(key=lambda account: account.pk)
    planned, named = _planned(item, chosen, now, at_once or now), variants.choose_variants(item, chosen)
    words = approvals.kept_words(item)
    made = [
        _new(
            item,
            account,
            variant=named[account.pk],
            caption=words.get(account.pk, ""),
            caption_edited=account.pk in words,
            **planned[account.pk],
        )
        for account in chosen
    ]
    for post in made:
        post.save(force_insert=True)
    if item.next_slot and made:
        item.publish_at = min(post.not_before for post in made)
        QueueItem.objects.filter(pk=item.pk).update(publish_at=item.publish_at)
    return made


def create_together(asked: Sequence[tuple[QueueItem, datetime]]) -> dict[int, list[Post]]:
    """{item id: its pending posts} of items just stored, each with its "now", in the caller's transaction.

    None of them may ask for slots. Raises UnknownChannels as ``create_posts``.
    """
    chosen = [(item, sorted(accounts_of(item.channels), key=lambda account: account.pk)) for item, _ in asked]
    named, made = variants.choose_together(chosen), dict[int, list[Post]]()
    for (item, now), (_, accounts), variant in zip(asked, chosen, named, strict=True):
        planned = _planned(item, accounts, now, now)
        made[item.pk] = [_new(item, one, variant=variant[one.pk], **planned[one.pk]) for one in accounts]
    statements.insert_all([post for posts in made.values() for post in posts])
    return made


def create_all(
    wanted: Sequence[tuple[QueueItem, Sequence[PlatformAccount]]],
    *,
    now: datetime,
    at_once: datetime,
    words: Mapping[int, Mapping[int, str]],
) -> dict[int, list[Post]]:
    """{item id: its new posts} of items that have none, each with the accounts it goes to; as ``create_posts``.

    ``words``: as ``approvals.words_of``. Where items ask for slots, the caller has laid their locks.
    """
    made, joined = dict[int, list[Post]](), list[tuple[QueueItem, list[PlatformAccount]]]()
    for item, accounts in wanted:
        # These look at what was laid down or counted just before them.
        if item.next_slot or variants.mode_of(item.meta) == variants.SPLIT:
            made[item.pk] = create_posts(item, now=now, at_once=at_once)
        else:
            joined.append((item, sorted(accounts, key=lambda account: account.pk)))
    for (item, accounts), variant in zip(joined, variants.choose_together(joined), strict=True):
        planned, own = _planned(item, accounts, now, at_once), words.get(item.pk, {})
        made[item.pk] = [
            _new(
                item,
                one,
                variant=variant[one.pk],
                caption=own.get(one.pk, ""),
                caption_edited=one.pk in own,
                **planned[one.pk],
            )
            for one in accounts
        ]
    statements.insert_all([post for item, _ in joined for post in made[item.pk]])
    return made


def lay_locks(channels: Collection[str]) -> None:
    """Create the lock rows of slots; call it before the transaction that calls ``create_posts``."""
    slots.lay_locks([account.pk for account in account_channels.select(channels)])


def move(item: QueueItem, posts: Iterable[Post], *, now: datetime) -> None:
    """Posts that wait go when their item does now, in the caller's transaction; slots they had are free.

    What they met before no longer says when they go: nothing hurries them, nor puts them back to where they were.
    """
    posts = list(posts)
    own = [post.pk for post in posts]
    Post.objects.filter(pk__in=own).update(slot_at=None)
    planned = _planned(item, [post.account for post in posts], now, now, leaving=own)
    afresh: dict[str, Any] = {"slot_at": None, "error_kind": "", "error": "", "waiting_since_at": None}
    for post in posts:
        Post.objects.filter(pk=post.pk).update(**afresh | planned[post.account_id])
    if item.next_slot and posts:
        item.publish_at = min(planned[post.account_id]["not_before"] for post in posts)
        QueueItem.objects.filter(pk=item.pk).update(publish_at=item.publish_at)


def first_moment(accounts: Iterable[PlatformAccount], *, now: datetime) -> datetime:
    """When the first post of an item would go that takes the next slots; the slots are held for the transaction."""
    accounts = list(accounts)
    slots.hold([account.pk for account in accounts])
    return min((slots.next_free(account, after=now) or now for account in accounts), default=now)


def notes(item: QueueItem, posts: Iterable[Post]) -> list[str]:
    """Notes for the answer about posts just laid down: who gets none, and who no slot."""
    posts, found = list(posts), list[str]()
    if late := ", ".join(post.account.slug for post in posts if too_quiet(item, post.account)):
        found.append(said("Quiet hours last until expires_at, so it does not go out: %(slugs)s.", slugs=late))
    if free := ", ".join(post.account.slug for post in posts if item.next_slot and post.slot_at is None):
        found.append(said("Without slots, so at once: %(slugs)s.", slugs=free))
    return found


def too_quiet(item: QueueItem, account: PlatformAccount) -> bool:
    """Do the account's quiet hours put the item off until it has expired? Slots are never in quiet hours."""
    if item.next_slot or item.expires_at is None:
        return False
    return item.expires_at > item.publish_at and quiet.end(account, item.publish_at) >= item.expires_at


def _new(item: QueueItem, account: PlatformAccount, **more: Any) -> Post:
    own = {"item_id": item.pk, "account_id": account.pk, "platform": account.platform}
    post = columns.new(Post, own | more)
    post.item, post.account = item, account
    return post


def _planned(
    item: QueueItem, accounts: list[PlatformAccount], now: datetime, at_once: datetime, *, leaving: Collection[int] = ()
) -> dict[int, dict[str, Any]]:
    """{account id: the columns of its post that say when}."""
    if not item.next_slot:
        # A time of a series that should have gone already was missed, and its account's policy says what now.
        moment = item.publish_at if item.series_at else max(item.publish_at, now)
        return {account.pk: {"not_before": moment} for account in accounts}
    slots.hold([account.pk for account in accounts])
    free = {account.pk: slots.next_free(account, after=now, leaving=leaving) for account in accounts}
    return {pk: {"not_before": slot or at_once, "slot_at": slot} for pk, slot in free.items()}
