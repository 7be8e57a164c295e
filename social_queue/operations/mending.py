"""Editing by hand: allowed while nothing of an item has been sent, whatever was tried."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.core.files import File
from django.db.models import Q
from django.utils.dateparse import parse_datetime

from social_queue.accounts import channels
from social_queue.media import carried, files
from social_queue.models import Attempt, PlatformAccount, Post, QueueItem
from social_queue.wording import links, own_words

P, _O = Post.Status, Attempt.Outcome
#: The platform, or the way to it, said that nothing was made of what was sent; we would send it again ourselves.
_NOTHING_CAME_OF_IT = {
    *(_O.REJECTED, _O.TRANSIENT, _O.RATE_LIMITED, _O.NOT_READY),
    *(_O.TOKEN_INVALID, _O.ACCOUNT_BLOCKED, _O.ADDRESS_MOVED, _O.SITE_FAULT),
}
#: What an editor's form has of an item, column by column: a field each, the moments, and what takes several fields.
WORDS = ("title", "summary", "link", "image_url", "alt_text", "focus", "hashtags")
MOMENTS = ("publish_at", "expires_at")
COMPOUND = ("data", "meta", "follow_ups", "ai")
_KINDS: dict[str, type | tuple[type, ...]] = {
    **dict.fromkeys(("data", "meta", "captions"), dict),
    **dict.fromkeys(("hashtags", "channels", "album", "follow_ups"), list),
    "ai": (dict, type(None)),
    "next_slot": bool,
}


def may_be_out(posts: Iterable[Post]) -> list[Post]:
    """Those that are out, under way or undecided, and those with a try of which nobody said that it came to nothing."""
    posts = list(posts)
    tried = [post.pk for post in posts if post.attempts_made]
    empty = Attempt.objects.filter(Q(sent_at=None) | Q(outcome__in=_NOTHING_CAME_OF_IT), post__in=tried).order_by()
    sure = Counter(empty.values_list("post", flat=True)) if tried else {}
    gone = {P.PUBLISHING, P.PUBLISHED, P.UNKNOWN}
    return [post for post in posts if post.status in gone or post.attempts_made > sure.get(post.pk, 0)]


def as_seen(item: QueueItem) -> dict:
    """The item as a form shows it, as JSON keeps it."""
    moments = {name: getattr(item, name) for name in MOMENTS}
    shown = {name: getattr(item, name) for name in (*WORDS, *COMPOUND)} | {"image": item.image.name or ""}
    shown |= {"captions": own_captions(item), "channels": destinations(item), "album": carried.album(item)}
    shown["next_slot"] = item.next_slot
    return shown | {name: moment.isoformat() if moment else None for name, moment in moments.items()}


def alike(name: str, seen: object) -> bool:
    """Does ``seen`` hold for that name what ``as_seen`` would?"""
    if not isinstance(seen, dict) or name not in seen:
        return False
    value, kind = seen[name], _KINDS.get(name, str)
    if name in MOMENTS and isinstance(value, str):
        try:
            return parse_datetime(value) is not None
        except ValueError:
            return False
    return isinstance(value, kind) or (value is None and name == "expires_at")


def own_captions(item: QueueItem) -> dict[str, str]:
    """{slug: the own words that would go out}; what somebody wrote for one post goes before."""
    edited = [post for post in item.posts.select_related("account") if post.caption_edited]
    rewritten = {post.account_id: own_words.with_place(post.caption, _link(post)) for post in edited}
    if not rewritten and not item.captions:
        return {}
    accounts = PlatformAccount.objects.order_by("pk")
    said = ((account.slug, rewritten.get(account.pk) or own_words.of(item, account)) for account in accounts)
    return {slug: text for slug, text in said if text}


def destinations(item: QueueItem) -> list[str]:
    """The slugs of the accounts that it goes to; none where it asks for every active one and has no posts yet."""
    if posts := [post.account.slug for post in item.posts.select_related("account").order_by("pk")]:
        return posts
    try:
        return [account.slug for account in channels.select(item.channels)] if item.channels else []
    except channels.UnknownChannels:
        return []


def _link(post: Post) -> str:
    return links.expected_link(post).short


def differing(item: QueueItem, seen: Mapping) -> list[str]:
    """The names of what is another thing now than a form was filled with."""
    return [name for name, value in as_seen(item).items() if name in seen and seen[name] != value]


@contextmanager
def kept(picture: File | bool | None) -> Iterator[str | bool | None]:
    """A file's name where it is kept, from which it goes again if the edit fails; anything else as it is."""
    if not isinstance(picture, File):
        yield picture
        return
    name = files.keep(picture)
    try:
        yield name
    except BaseException:
        files.forget(name)
        raise


def illustrate(item: QueueItem, picture: str | bool | None, *, changed: Collection[str]) -> list[str]:
    """Give an item another picture, by the name that it is kept under, or none; an address typed in replaces an
    uploaded one. Returns the columns that changed.
    """
    if isinstance(picture, str):
        item.image = picture
    elif item.image and (picture is False or ("image_url" in changed and item.image_url)):
        item.image = ""
    else:
        return []
    return ["image"]


def word_afresh(posts: Iterable[Post]) -> None:
    """What earlier tries froze (words, link, draft with the old picture) is made again; an editor's own words stay."""
    tried = [post.pk for post in posts if post.attempts_made and post.status in (P.PENDING, P.FAILED)]
    rows = Post.objects.filter(pk__in=tried, status__in=(P.PENDING, P.FAILED))
    rows.update(draft_ref="", short_link="", tracked_url="")
    rows.filter(caption_edited=False).update(caption="")
