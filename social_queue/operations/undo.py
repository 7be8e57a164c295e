"""Undo of a press: within ``UNDO_SECONDS``, for rows that nobody has claimed or changed since."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from social_queue import approvals, reversals
from social_queue.models import Alert, ItemStatus, PlatformAccount, Post, PostStatus, Press, QueueItem
from social_queue.operations.done import Done
from social_queue.operations.pressing import WHILE_PRESSING, Pressing, read, written
from social_queue.sentences import said
from social_queue.workings.deadlocks import again

Number = TypeVar("Number", int, str)
#: The way from the button to us takes a moment too.
GRACE = timedelta(seconds=3)
#: Rows of one transaction.
_ITEMS_TOGETHER, _POSTS_TOGETHER, _IDS_IN_A_STATEMENT = 50, 250, 5000
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
        before = {"posts": written(posts), "items": written(items)}
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
    until = _hold(press, now + WHILE_PRESSING)
    by_itself = [number for number, item in items.items() if item["made"] or item["status"] in _WITHOUT_POSTS]
    for numbers in _some(by_itself, _ITEMS_TOGETHER):
        for reason in _give_items_back({number: items[number] for number in numbers}, now=now):
            done.add(reason)
    for numbers in _some(list(posts), _POSTS_TOGETHER):
        for reason in _give_posts_back({number: posts[number] for number in numbers}, press.pressed_at, until):
            done.add(reason)
    # The others follow their posts, which are counted already.
    followers = [number for number in items if number not in set(by_itself)]
    for numbers in _some(followers, _ITEMS_TOGETHER):
        _give_items_back({number: items[number] for number in numbers}, now=now)
    # What was held and did not come back goes out as it would have.
    _set_due(_held(press), until, now)
    return done


def _hold(press: Press, until: datetime) -> datetime:
    """Nothing of the press is claimed while it is being taken back, however many rows it has."""
    with transaction.atomic():
        _set_due(_held(press), press.undo_until, until)
    return until


def _set_due(posts: list[int], due: datetime, then: datetime) -> None:
    """Those of the posts that are pending and due at one moment are due at another; a statement takes so many ids."""
    for numbers in _some(posts, _IDS_IN_A_STATEMENT):
        waiting = Post.objects.filter(pk__in=numbers, status=PostStatus.PENDING, not_before=due)
        waiting.update(not_before=then)


def _held(press: Press) -> list[int]:
    """The posts that were to go out when the time of the press ends."""
    due = press.undo_until.isoformat()
    held = [int(number) for number, post in press.before["posts"].items() if post["not_before"] == due]
    return held + [int(number) for item in press.before["items"].values() for number in item["made"]]


def _some(numbers: list[Number], count: int) -> Iterator[list[Number]]:
    return (numbers[start : start + count] for start in range(0, len(numbers), count))


def _let_go(press: Pressing, until: datetime) -> tuple[dict[int, dict], dict[int, dict]]:
    """Posts and items of the press as they stand then; the press itself stays as it is, since it may be kept again."""
    held = [number for number, post in press.posts.items() if post["not_before"] == press.due]
    held += [number for item in press.items.values() for number, due in item["made"].items() if due == press.due]
    _set_due(held, press.due, until)
    QueueItem.objects.filter(pk__in=list(press.items), publish_at=press.due).update(publish_at=until)
    posts, items = (
        {pk: _due(row, press.due, until) for pk, row in rows.items()} for rows in (press.posts, press.items)
    )
    return posts, items


def _due(row: dict, held: datetime, until: datetime) -> dict:
    moments = {name: until for name in ("not_before", "publish_at") if row.get(name) == held}
    return row | moments


@again
def _give_items_back(items: dict[str, dict], *, now: datetime) -> list[str]:
    with transaction.atomic():
        return [_give_item_back(int(number), item, now=now) for number, item in items.items()]


def _give_item_back(number: int, item: dict, *, now: datetime) -> str:
    fields = read(item["before"])
    row = QueueItem(pk=number, status=item["status"], publish_at=datetime.fromisoformat(item["publish_at"]))
    with transaction.atomic():
        # Posts first, as whoever claims them does.
        made = list(Post.objects.select_for_update().filter(item=number).order_by("pk")) if item["made"] else []
        if any(post.status != PostStatus.PENDING or post.attempts_made or post.caption_edited for post in made):
            return _("was changed meanwhile")
        if not reversals.item(row, fields=fields):
            return _("was changed meanwhile")
        Post.objects.filter(pk__in=[post.pk for post in made]).delete()
        if "approved_as" in fields or fields.get("status") == ItemStatus.DRAFT:
            approvals.end(row, why=said("The press was taken back."), now=now)
    return ""


def _give_posts_back(posts: dict[str, dict], pressed_at: datetime, held_until: datetime) -> list[str]:
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
