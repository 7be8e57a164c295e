"""Undo of a press: within ``UNDO_SECONDS``, for rows that nobody has claimed or changed since."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from social_queue.models import Alert, ItemStatus, Post, PostStatus, Press, QueueItem
from social_queue.operations.changing import giving_back
from social_queue.operations.done import Done
from social_queue.operations.pressing import WHILE_PRESSING, Pressing, some, written
from social_queue.operations.recalling import calling_off
from social_queue.workings.deadlocks import again

#: The way from the button to us takes a moment too.
GRACE = timedelta(seconds=3)
#: Rows of one transaction.
_ITEMS_TOGETHER, _POSTS_TOGETHER, _IDS_IN_A_STATEMENT = 250, 250, 5000
#: A person has pressed so often at most within the time to undo.
_LOOKED_THROUGH = 20
_WITHOUT_POSTS = {ItemStatus.CANCELLED, ItemStatus.DRAFT, ItemStatus.SKIPPED}


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
        before = {"posts": written(posts), "items": written(items), "asked": press.asked}
        moments = {"pressed_at": press.now, "undo_until": until}
        return Press.objects.create(
            person_id=person, model=model, label=label[:100], rows=rows, before=before, **moments
        )


@again
def join(first: Press, second: Press) -> Press:
    """Both are one press, taken back together for as long as the second can be; a first that was undone stays so."""
    with transaction.atomic():
        held = Press.objects.select_for_update().filter(pk=first.pk, undone_at=None).first()
        if held is None:
            return second
        was, until = held.undo_until, second.undo_until
        _set_due(_held(held), was, until)
        numbers = list(map(int, held.before["items"]))
        calling_off.put_off(held.before.get("asked", []), was, until)
        for part in some(numbers, _IDS_IN_A_STATEMENT):
            QueueItem.objects.filter(pk__in=part, publish_at=was).update(publish_at=until)
        before = {
            kind: {pk: _due(row, was.isoformat(), until.isoformat()) for pk, row in held.before[kind].items()}
            | second.before[kind]
            for kind in ("posts", "items")
        }
        before["asked"] = [*held.before.get("asked", []), *second.before.get("asked", [])]
        # The alerts that the second part ended are known by its moment.
        ended = Alert.objects.filter(resolved_at=second.pressed_at, open_key=None)
        for part in some(list(map(int, second.before["posts"])), _IDS_IN_A_STATEMENT):
            ended.filter(post__in=part).update(resolved_at=held.pressed_at)
        held.before, held.rows, held.undo_until = before, [*held.rows, *second.rows], until
        held.save(update_fields=["before", "rows", "undo_until"])
        Press.objects.filter(pk=second.pk).delete()
    return held


def open_press(person: int, item: QueueItem, *, now: datetime) -> Press | None:
    """This person's newest press of the item that can still be taken back."""
    theirs = Press.objects.filter(person=person, model="queueitem", undone_at=None, undo_until__gt=now)
    return next((press for press in theirs.order_by("-pk")[:_LOOKED_THROUGH] if item.pk in press.rows), None)


def take_back(press: Press, *, now: datetime) -> Done | None:
    """Restore every row that is still as the press left it. None when its time is over."""
    open_still = Press.objects.filter(pk=press.pk, undone_at=None, undo_until__gte=now - GRACE)
    if not open_still.update(undone_at=now):
        return None
    done = Done()
    asked = press.before.get("asked", [])
    called_off = {str(number) for number in asked}
    items, posts = press.before["items"], press.before["posts"]
    posts = {number: post for number, post in posts.items() if number not in called_off}
    until = _hold(press, now + WHILE_PRESSING)
    for reason in calling_off.call_off(asked, now=now):
        done.add(reason)
    by_itself = [number for number, item in items.items() if item["made"] or item["status"] in _WITHOUT_POSTS]
    for numbers in some(by_itself, _ITEMS_TOGETHER):
        for reason in giving_back.items_back({number: items[number] for number in numbers}, now=now):
            done.add(reason)
    for numbers in some(list(posts), _POSTS_TOGETHER):
        for reason in giving_back.posts_back({number: posts[number] for number in numbers}, press.pressed_at, until):
            done.add(reason)
    # The others follow their posts, which are counted already.
    followers = [number for number in items if number not in set(by_itself)]
    for numbers in some(followers, _ITEMS_TOGETHER):
        giving_back.items_back({number: items[number] for number in numbers}, now=now)
    # What was held and did not come back goes its way as it would have.
    _set_due(_held(press), until, now)
    calling_off.put_off(asked, until, now)
    return done


def _hold(press: Press, until: datetime) -> datetime:
    """Nothing of the press is claimed while it is being taken back, however many rows it has."""
    with transaction.atomic():
        _set_due(_held(press), press.undo_until, until)
        calling_off.put_off(press.before.get("asked", []), press.undo_until, until)
    return until


def _set_due(posts: list[int], due: datetime, then: datetime) -> None:
    """Those of the posts that are pending and due at one moment are due at another; a statement takes so many ids."""
    for numbers in some(posts, _IDS_IN_A_STATEMENT):
        waiting = Post.objects.filter(pk__in=numbers, status=PostStatus.PENDING, not_before=due)
        waiting.update(not_before=then)


def _held(press: Press) -> list[int]:
    """The posts that were to go out when the time of the press ends."""
    due = press.undo_until.isoformat()
    held = [int(number) for number, post in press.before["posts"].items() if post["not_before"] == due]
    return held + [int(number) for item in press.before["items"].values() for number in item["made"]]


def _let_go(press: Pressing, until: datetime) -> tuple[dict[int, dict], dict[int, dict]]:
    """Posts and items of the press as they stand then; the press itself stays as it is, since it may be kept again."""
    held = [number for number, post in press.posts.items() if post["not_before"] == press.due]
    held += [number for item in press.items.values() for number, due in item["made"].items() if due == press.due]
    _set_due(held, press.due, until)
    calling_off.put_off(press.asked, press.due, until)
    QueueItem.objects.filter(pk__in=list(press.items), publish_at=press.due).update(publish_at=until)
    posts, items = (
        {pk: _due(row, press.due, until) for pk, row in rows.items()} for rows in (press.posts, press.items)
    )
    return posts, items


def _due(row: dict, held: datetime | str, until: datetime | str) -> dict:
    moments = {name: until for name in ("not_before", "publish_at") if row.get(name) == held}
    return row | moments
