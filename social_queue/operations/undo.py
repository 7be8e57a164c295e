"""Undo of a press: within ``UNDO_SECONDS``, for rows that nobody has claimed or changed since."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from social_queue import reversals
from social_queue.models import Alert, ItemStatus, Post, PostStatus, Press, QueueItem
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.workings.deadlocks import again

#: The way from the button to us takes a moment too.
GRACE = timedelta(seconds=3)
_WITHOUT_POSTS = {ItemStatus.CANCELLED, ItemStatus.DRAFT, ItemStatus.SKIPPED}
_MOMENTS = {"not_before", "slot_at", "waiting_since_at", "publish_at"}


def time_to_undo() -> timedelta | None:
    """How long a press can be taken back; None where that is switched off."""
    return timedelta(seconds=settings.UNDO_SECONDS) if settings.UNDO_SECONDS else None


@again
def keep(press: Pressing, *, person: int, model: str, label: str, rows: list[int], now: datetime) -> Press | None:
    """The press is done: let go what it held back, ``time_to_undo()`` from now. None when it took nothing."""
    if not press.posts and not press.items:
        return None
    until = now + (time_to_undo() or timedelta(0))
    with transaction.atomic():
        posts, items = _let_go(press, until) if press.hold else (press.posts, press.items)
        before = {"posts": _written(posts), "items": _written(items)}
        moments = {"pressed_at": press.now, "undo_until": until}
        return Press.objects.create(
            person_id=person, model=model, label=label[:100], rows=rows, before=before, **moments
        )


def take_back(press: Press, *, now: datetime) -> Done | None:
    """Restore every row that is still as the press left it. None when its time is over."""
    open_still = Press.objects.filter(pk=press.pk, undone_at=None, undo_until__gte=now - GRACE)
    if not open_still.update(undone_at=now):
        return None
    done = Done()
    items, posts = press.before["items"], press.before["posts"]
    by_itself = {number for number, item in items.items() if item["made"] or item["status"] in _WITHOUT_POSTS}
    for number in by_itself:
        done.add(_give_item_back(int(number), items[number]))
    for number, post in posts.items():
        done.add(_give_post_back(int(number), post, pressed_at=press.pressed_at))
    # The others follow their posts, which are counted already.
    for number in items.keys() - by_itself:
        _give_item_back(int(number), items[number])
    return done


def _let_go(press: Pressing, until: datetime) -> tuple[dict[int, dict], dict[int, dict]]:
    """Posts and items of the press as they stand then; the press itself stays as it is, since it may be kept again."""
    held = [number for number, post in press.posts.items() if post["not_before"] == press.due]
    held += [number for item in press.items.values() for number, due in item["made"].items() if due == press.due]
    Post.objects.filter(pk__in=held, status=PostStatus.PENDING, not_before=press.due).update(not_before=until)
    QueueItem.objects.filter(pk__in=list(press.items), publish_at=press.due).update(publish_at=until)
    posts, items = (
        {pk: _due(row, press.due, until) for pk, row in rows.items()} for rows in (press.posts, press.items)
    )
    return posts, items


def _due(row: dict, held: datetime, until: datetime) -> dict:
    moments = {name: until for name in ("not_before", "publish_at") if row.get(name) == held}
    return row | moments


@again
def _give_item_back(number: int, item: dict) -> str:
    fields = _read(item["before"])
    row = QueueItem(pk=number, status=item["status"], publish_at=datetime.fromisoformat(item["publish_at"]))
    with transaction.atomic():
        # Posts first, as whoever claims them does.
        made = list(Post.objects.select_for_update().filter(item=number).order_by("pk")) if item["made"] else []
        if any(post.status != PostStatus.PENDING or post.attempts_made or post.caption_edited for post in made):
            return _("was changed meanwhile")
        if not reversals.item(row, fields=fields):
            return _("was changed meanwhile")
        Post.objects.filter(pk__in=[post.pk for post in made]).delete()
    return ""


@again
def _give_post_back(number: int, post: dict, *, pressed_at: datetime) -> str:
    row = Post.objects.filter(pk=number, status=post["status"], attempts_made=post["attempt"]).first()
    if row is None:
        return _("was changed meanwhile")
    try:
        with transaction.atomic():
            due = datetime.fromisoformat(post["not_before"])
            if not reversals.post(row, not_before=due, fields=_read(post["before"])):
                return _("was changed meanwhile")
            _reopen_alerts(row, pressed_at)
    except IntegrityError:
        return _("its slot has been taken meanwhile")
    return ""


def _reopen_alerts(post: Post, pressed_at: datetime) -> None:
    """Reopen the alerts that the press ended; those already sent are not sent again."""
    for alert in Alert.objects.filter(post=post, resolved_at=pressed_at, open_key=None):
        key = f"{alert.kind}:post:{post.pk}"
        try:
            with transaction.atomic():
                rows = Alert.objects.filter(pk=alert.pk, open_key=None)
                rows.update(open_key=key, resolved_at=None, tell_not_before=None)
        except IntegrityError:
            continue  # the same trouble was met again since


def _written(rows: dict[int, dict]) -> dict[str, dict]:
    return {str(number): dict(_pairs(row)) for number, row in rows.items()}


def _pairs(row: dict) -> Iterator[tuple[str, object]]:
    for name, value in row.items():
        if isinstance(value, datetime):
            yield name, value.isoformat()
        else:
            yield str(name), dict(_pairs(value)) if isinstance(value, dict) else value


def _read(before: dict) -> dict[str, object]:
    return {
        name: datetime.fromisoformat(value) if name in _MOMENTS and value else value for name, value in before.items()
    }
