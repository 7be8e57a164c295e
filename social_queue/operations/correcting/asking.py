"""Asking for another text where a post is out: laid down now, put there when its time to undo is over."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from social_queue.delivery.errands import doing
from social_queue.models import Attempt, Errand, Part, Post, PostStatus
from social_queue.operations.recalling import asking as recalling
from social_queue.sentences import said
from social_queue.workings import kick
from social_queue.workings.deadlocks import again

#: Nobody knows yet what they read there.
_UNDER_WAY = (PostStatus.PUBLISHING, PostStatus.UNKNOWN)


@dataclass(frozen=True)
class Asker:
    """Who wants it: a person by their number, and the name that they, a program or a command have."""

    name: str
    person: int | None = None


class NotNow(Exception):
    """The text of this post can't be changed, at least not now; the message is a sentence."""


class NotOffered(NotNow):
    """Nor will it ever: a person has to do it on the platform."""


@again
def correct(post: Post, text: str, *, asker: Asker, now: datetime, part: Part | None = None) -> Errand | None:
    """Have the post, or this part of it, read so. None when it does. Repeated, it changes nothing; another text
    replaces one that waits.

    ``text`` was judged. Raises NotNow or NotOffered.
    """
    with transaction.atomic():
        # Posts first, as whoever takes one up does.
        held = Post.objects.select_for_update().get(pk=post.pk)
        below = Part.objects.get(pk=part.pk) if part else None
        check(held, below)
        key, reads = _key(held, below), below.text if below else held.caption
        waits = Errand.objects.filter(open_key=key).first()
        if waits is None and reads == text:
            return None
        if waits is not None and waits.text == text:
            return waits
        if waits is not None:
            was_tried = _was_tried(waits)
            Errand.objects.filter(pk=waits.pk).update(ended_at=now, open_key=None)
            if reads == text and not was_tried:
                return None
        begins = now + recalling.undo_time()
        errand = Errand.objects.create(
            post=held,
            account_id=held.account_id,
            part=below,
            kind=Errand.Kind.CORRECT,
            open_key=key,
            asked_at=now,
            not_before=begins,
            text=text,
            old_text=reads,
            person_id=asker.person,
            asked_by=asker.name[:190],
        )
        kick.kick_if_due(begins, now=now)
    return errand


def check(post: Post, part: Part | None = None) -> None:
    """Raise NotNow or NotOffered, with the sentence, when the text of this post or part can't be changed from here."""
    if post.status in _UNDER_WAY:
        raise NotNow(said("Nobody knows yet whether it is out, so its text can't be changed now."))
    if post.status != PostStatus.PUBLISHED or (part and part.status != PostStatus.PUBLISHED):
        raise NotNow(said("It is not out, so there is no text of it to change."))
    if recalling.waits_until([post]):
        raise NotNow(said("It is being taken back, so nobody will read another text."))
    if reason := doing.why_not_corrected(post, part):
        raise NotOffered(reason)


def may_be_corrected(post: Post, part: Part | None = None) -> bool:
    """Is it out, and does its platform let us change its text?"""
    try:
        check(post, part)
    except NotNow:
        return False
    return True


def correctable(posts: Iterable[Post]) -> set[int]:
    """The ids of those that ``may_be_corrected``, by one look for many."""
    out = [post for post in posts if post.status == PostStatus.PUBLISHED and not doing.why_not_corrected(post)]
    return {post.pk for post in out} - recalling.waits_until(out).keys()


def correctable_parts(post: Post) -> set[int]:
    """The numbers of its parts that are out and whose text may be changed."""
    if post.status != PostStatus.PUBLISHED or recalling.waits_until([post]):
        return set()
    out = post.parts.filter(status=PostStatus.PUBLISHED)
    return {part.number for part in out if not doing.why_not_corrected(post, part)}


@again
def call_off(post: Post, part: Part | None = None) -> bool:
    """It stays as it reads. False when it was tried already, or nobody waits for it."""
    with transaction.atomic():
        Post.objects.select_for_update().filter(pk=post.pk).first()
        waits = Errand.objects.filter(open_key=_key(post, part)).first()
        if waits is None or _was_tried(waits):
            return False
        waits.delete()
    return True


def waiting(posts: Iterable[Post]) -> dict[int, Errand]:
    """{post id: what it is to read}, for those that wait for another text."""
    keys = [_key(post) for post in posts]
    return {errand.post_id: errand for errand in Errand.objects.filter(open_key__in=keys)}


def waiting_below(post: Post) -> dict[int, Errand]:
    """{part id: what it is to read}, for those of its parts that wait for another text."""
    rows = Errand.objects.filter(post=post, kind=Errand.Kind.CORRECT, ended_at=None, part__isnull=False)
    return {errand.part_id: errand for errand in rows if errand.part_id}


def history(post: Post) -> list[Errand]:
    """The corrections that were made, the latest first."""
    done = Errand.objects.filter(post=post, kind=Errand.Kind.CORRECT, outcome=Attempt.Outcome.CORRECTED)
    return list(done.select_related("person", "part").order_by("-ended_at", "-pk"))


def _was_tried(errand: Errand) -> bool:
    tries = Attempt.objects.filter(post=errand.post_id, kind=Attempt.Kind.CORRECT, started_at__gte=errand.asked_at)
    return tries.exists()


def _key(post: Post, part: Part | None = None) -> str:
    return f"{Errand.Kind.CORRECT}:{post.pk}" + (f".{part.number}" if part else "")
