"""What the platforms would refuse of a changed item; what they refused before the change is not held against it."""

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import partial
from typing import Any

from social_queue.intake import field_checks, follow_up_rules
from social_queue.media import carried
from social_queue.models import PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations.changing import rerouting

_Judge = Callable[[Mapping[str, Any], Iterable[PlatformAccount]], dict[str, list[str]]]
#: What decides about a text on a platform, its own words and where it goes aside.
_BESIDE_WORDS = {"title", "link", "image_url", "media", "data", "meta", "ai", "channels"}
_BESIDE_FOLLOW_UPS = {"title", "link", "data", "meta", "channels"}


def of_words(item: QueueItem, values: Mapping[str, Any], accounts: Iterable[PlatformAccount]) -> dict[str, list[str]]:
    """Faults of title, own words and follow-ups on ``accounts``, where the item goes with ``values`` in it.

    A field that is changed is judged as one that comes in; one that is not, where its account took it before.
    """
    posts = list(item.posts.select_related("account"))
    over = {post.account_id for post in posts if post.status == PostStatus.CANCELLED}
    goes = [account for account in accounts if account.pk not in over]
    before = {name: getattr(item, name) for name in (*field_checks.OF_WORDS, "follow_ups")}
    before["media"] = carried.of(item)
    after = before | dict(values)
    if "image_url" in values and "media" not in values:
        after["media"] = ()
    had = {post.account_id for post in posts} or {one.pk for one in rerouting.named(item.channels or None)}
    change = _Change(values, before, after, had=had - over)
    named = values.get("channels", item.channels)
    found = change.faults("title", {"channels"}, field_checks.faults_of_title, goes if named else [])
    found |= change.faults("follow_ups", _BESIDE_FOLLOW_UPS, follow_up_rules.faults, goes)
    return found | _of_captions(change, item, posts, goes)


class _Change:
    """The item's values before and after, and the accounts that it went to before."""

    def __init__(
        self, values: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any], *, had: Collection[int]
    ) -> None:
        self.values, self.before, self.after, self.had = values, before, after, had

    def faults(
        self,
        name: str,
        beside: Collection[str],
        judge: _Judge,
        goes: list[PlatformAccount],
        *,
        was: _Judge | None = None,
    ) -> dict[str, list[str]]:
        """What ``judge`` says of field ``name``, which ``beside`` decide about too; ``was``: as it judged before."""
        if name in self.values:
            return judge(self.after, goes)
        was = was or judge
        if not set(beside) & set(self.values) or was(self.before, ()):
            return {}
        good = [account for account in goes if account.pk not in self.had or not was(self.before, [account])]
        return judge(self.after, good)


def _of_captions(
    change: _Change, item: QueueItem, posts: Iterable[Post], goes: list[PlatformAccount]
) -> dict[str, list[str]]:
    edited = {post.account_id: post for post in posts if post.caption_edited}
    anew = rerouting.reworded(item, change.values)
    kept = {pk: post.caption for pk, post in edited.items() if not {post.account.slug, post.platform} & anew}
    was = partial(field_checks.faults_of_words, rewritten={pk: post.caption for pk, post in edited.items()})
    judge = partial(field_checks.faults_of_words, rewritten=kept)
    found = change.faults("captions", _BESIDE_WORDS, judge, goes, was=was)
    if "captions" not in change.values:
        return found
    said = field_checks.faults_of_captions(change.after, (), to_look=True).get("captions", [])
    said += found.get("captions", [])
    return {"captions": said[:10]} if said else {}
