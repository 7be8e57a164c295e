"""Which words follow a post on its account, and the rows that are laid for them when it is out."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import connectors
from connectors.texts.following import LINK_IN_FOLLOW_UP, FollowUpLimits
from connectors.texts.links_in_words import kept_apart
from social_queue.models import FIRST_FOLLOW_UP, Part, PlatformAccount, Post, QueueItem

#: What stands for the post's link in a text.
LINK = "{link}"


def limits_for(account: PlatformAccount) -> FollowUpLimits | None:
    """What a follow-up on this account may be; None where there are none."""
    if account.platform not in connectors.names():
        return None
    return connectors.get(account.platform).follow_ups_for(account.options)


def carry_link(account: PlatformAccount) -> bool:
    """Does the link of this account's posts stand in their first follow-up instead?"""
    wished = account.include_link and account.options.get(LINK_IN_FOLLOW_UP.name) is True
    return bool(wished and limits_for(account))


def in_caption(account: PlatformAccount) -> bool:
    """Does the link of this account's posts stand in their captions?"""
    return account.include_link and not carry_link(account)


def asked(item: QueueItem, account: PlatformAccount) -> list[str]:
    """The texts that the item has for this account, in order, as they were written."""
    return [str(entry["text"]) for entry in item.follow_ups if _is_for(entry.get("channels"), account)]


def planned(item: QueueItem, account: PlatformAccount, *, link: str) -> list[str]:
    """The texts that follow the item's post on this account, in order, with the post's link in its place.

    What nothing is left of, because the account's posts carry no link, is no follow-up.
    """
    if not (item.follow_ups or account.options.get(LINK_IN_FOLLOW_UP.name)) or limits_for(account) is None:
        return []
    texts = asked(item, account)
    if carry_link(account) and LINK not in "".join(texts[:1]):
        texts.insert(0, LINK)
    shown = link if account.include_link else ""
    filled = [kept_apart(text.replace(LINK, shown), shown).strip() for text in texts]
    return [text for text in filled if text]


def lay(published: Iterable[tuple[Post, Mapping[str, Any]]]) -> None:
    """Write the rows of what follows posts that are published by these columns, in that transaction.

    The first is due at once; each of the others when the one before it is out. None is while somebody wants it back.
    """
    rows = [row for post, values in published for row in _rows(post, values.get("published_at"))]
    if not rows:
        return
    laid_for = {row.post_id for row in rows}
    wanted = Post.objects.filter(pk__in=laid_for, recall_asked_at__isnull=False)
    asked_back = set(wanted.values_list("pk", flat=True))
    for row in rows:
        if row.post_id in asked_back:
            row.not_before = None
    Part.objects.bulk_create(rows)


def _rows(post: Post, now: datetime | None) -> Iterable[Part]:
    texts = planned(post.item, post.account, link=post.short_link)
    for number, text in enumerate(texts, FIRST_FOLLOW_UP):
        due = now if number == FIRST_FOLLOW_UP else None
        yield Part(post=post, account_id=post.account_id, number=number, text=text, not_before=due)


def _is_for(channels: list[str] | None, account: PlatformAccount) -> bool:
    """``channels`` as an item names them: slugs, platforms and their other names; none at all means everywhere."""
    if channels is None:
        return True
    return any(name == account.slug or connectors.resolve_alias(name) == account.platform for name in channels)
