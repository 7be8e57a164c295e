"""Other posts of the same account, which may hold the same words: what is found under the id of one is that one."""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db.models import F, Q, QuerySet

from connectors.base import Outgoing
from social_queue.models import Part, Post
from social_queue.sentences import said
from social_queue.wording import outgoing

#: No connector looks for the same words further back than this before the first try.
_BEFORE = timedelta(days=2)


def sought(post: Post) -> Outgoing:
    """An undecided post as its connector looks for it: where it has no link of its own, it is not one of the others."""
    words = outgoing.outgoing(post)
    if words.marker:
        return words
    others = _of_these_days(post, words.sent_at - _BEFORE) if words.sent_at else _others(post)
    ids = filter(None, others.values_list("external_id", flat=True))
    return replace(words, others=tuple(map(str, ids)))


def why_not_its_own(post: Post, external_id: str) -> str:
    """Why the post with this id is another one; "" where it may be this one."""
    if not external_id:
        return ""
    named = _others(post).filter(external_id=external_id).values_list("pk", flat=True)
    parts = Part.objects.filter(account=post.account_id, external_id=external_id).filter(_same_place(post, "post__"))
    number = named.first() or parts.values_list("post", flat=True).first()
    if not number:
        return ""
    return said(
        "What has the id %(there)s on the platform is post %(number)s, or follows it: a person has to look.",
        there=external_id,
        number=number,
    )


def _others(post: Post) -> QuerySet[Post]:
    known = Post.objects.filter(account=post.account_id).exclude(pk=post.pk).exclude(external_id=None)
    return known.exclude(external_id="").filter(_same_place(post))


def _of_these_days(post: Post, moment: datetime) -> QuerySet[Post]:
    """Found by their time: by the account or the ids a database would read whatever was posted in years."""
    mine = Post.objects.alias(owner=F("account") + 0).filter(owner=post.account_id, published_at__gte=moment)
    return mine.exclude(pk=post.pk).filter(_same_place(post)).order_by("published_at")


def _same_place(post: Post, of: str = "") -> Q:
    """An id is of one place alone, and where a post went was not always written down."""
    return Q(**{f"{of}sent_to__in": ("", post.sent_to)}) if post.sent_to else Q()
