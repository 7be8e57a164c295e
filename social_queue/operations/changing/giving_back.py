"""Gives rows back what a press took from them, where they are still as it left them."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from social_queue import approvals, reversals
from social_queue.models import Alert, ItemStatus, PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations.pressing import read
from social_queue.sentences import said
from social_queue.workings.deadlocks import again


@again
def items_back(items: dict[str, dict], *, now: datetime) -> list[str]:
    """Each as it was; a reason where it is not what the press left."""
    with transaction.atomic():
        # Posts first, as whoever claims them does.
        laid = [int(number) for number, item in items.items() if item["made"]]
        held = list(Post.objects.select_for_update().filter(item__in=laid).order_by("pk")) if laid else []
        # A draft that was ready before may have kept a post that was cancelled then.
        own = {int(number) for item in items.values() for number in item["made"]}
        made = [post for post in held if post.pk in own or post.status != PostStatus.CANCELLED]
        touched = {post.item_id for post in made if _is_touched(post)}
        asked = [_asked(int(number), item) for number, item in items.items() if int(number) not in touched]
        back = {row.pk for (row, _), done in zip(asked, reversals.items(asked), strict=True) if done}
        Post.objects.filter(pk__in=[post.pk for post in made if post.item_id in back]).delete()
        ended = [row.pk for row, fields in asked if row.pk in back and _was_not_approved(fields)]
        if ended:
            approvals.end_all(ended, why=said("The press was taken back."), now=now)
    return ["" if int(number) in back else _("was changed meanwhile") for number in items]


def _is_touched(post: Post) -> bool:
    return bool(post.status != PostStatus.PENDING or post.attempts_made or post.caption_edited)


def _asked(number: int, item: dict) -> tuple[QueueItem, dict[str, object]]:
    row = QueueItem(pk=number, status=item["status"], publish_at=datetime.fromisoformat(item["publish_at"]))
    return row, read(item["before"])


def _was_not_approved(fields: dict[str, object]) -> bool:
    return "approved_as" in fields or fields.get("status") == ItemStatus.DRAFT


def posts_back(posts: dict[str, dict], pressed_at: datetime, held_until: datetime) -> list[str]:
    """All at once; one by one where somebody has taken one of their slots meanwhile."""
    try:
        return _give_back(posts, pressed_at, held_until)
    except IntegrityError:
        return [_give_one_back({number: post}, pressed_at, held_until) for number, post in posts.items()]


def _give_one_back(post: dict[str, dict], pressed_at: datetime, held_until: datetime) -> str:
    try:
        return _give_back(post, pressed_at, held_until)[0]
    except IntegrityError:
        return _("its slot has been taken meanwhile")


@again
def _give_back(posts: dict[str, dict], pressed_at: datetime, held_until: datetime) -> list[str]:
    rows = Post.objects.in_bulk([int(number) for number in posts])
    accounts, asked = PlatformAccount.objects.in_bulk({row.account_id for row in rows.values()}), []
    for number, post in posts.items():
        row, due = rows.get(int(number)), datetime.fromisoformat(post["not_before"])
        if row and (row.status, row.attempts_made) == (post["status"], post["attempt"]):
            row.account = accounts[row.account_id]
            # What waits for the end of the press has just been held back for longer.
            asked.append((row, held_until if row.not_before == held_until else due, read(post["before"])))
    with transaction.atomic():
        back = reversals.posts(asked)
        given = {row.pk for (row, _due, _fields), done in zip(asked, back, strict=True) if done}
        _reopen_alerts(given, pressed_at)
    return ["" if int(number) in given else _("was changed meanwhile") for number in posts]


def _reopen_alerts(posts: Collection[int], pressed_at: datetime) -> None:
    """Reopen the alerts that the press ended; those already sent are not sent again."""
    for alert in Alert.objects.filter(post__in=posts, resolved_at=pressed_at, open_key=None):
        key = f"{alert.kind}:post:{alert.post_id}"
        try:
            with transaction.atomic():
                rows = Alert.objects.filter(pk=alert.pk, open_key=None)
                rows.update(open_key=key, resolved_at=None, tell_not_before=None)
        except IntegrityError:
            continue  # the same trouble was met again since
