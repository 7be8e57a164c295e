"""The next 24 hours: a lane for each account, a cell for each hour, and what goes out in it."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from social_queue.admin.items import previews
from social_queue.admin.pieces import looks, times
from social_queue.models import AccountStatus, PlatformAccount, Post, PostStatus

HOURS = 24
#: More lanes than these nobody compares; those with something in them come first.
_LANES = 12
#: More posts than these in a day are counted, not shown.
_MOST, _IN_A_CELL = 600, 2


@dataclass
class Cell:
    """One hour of one lane."""

    begins: str
    posts: list[dict] = field(default_factory=list)
    more: int = 0


@dataclass
class Lane:
    """One account."""

    slug: str
    platform: str
    cells: list[Cell]
    count: int = 0


def of_the_day(now: datetime) -> dict:
    """``hours`` (what stands above the cells), ``lanes``, and how many accounts have none."""
    # Reckoned in UTC: on the reader's clock an hour later is another one on days when the clocks change.
    begin = timezone.localtime(now).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    hours = [timezone.localtime(begin + timedelta(hours=number)) for number in range(HOURS)]
    accounts = PlatformAccount.objects.exclude(status=AccountStatus.PAUSED).order_by("slug").only("slug", "platform")
    lanes = {account.pk: _lane(account, hours) for account in accounts}
    waiting = Post.objects.filter(
        status=PostStatus.PENDING, not_before__gte=begin, not_before__lt=begin + timedelta(hours=HOURS)
    )
    rows = waiting.order_by("not_before", "id").select_related("item")[:_MOST]
    for post in rows.only("account_id", "not_before", *(f"item__{name}" for name in _OF_ITEM)):
        if lane := lanes.get(post.account_id):
            _put(lane, post, begin)
    shown = sorted(lanes.values(), key=lambda lane: (not lane.count, lane.slug))[:_LANES]
    heads = [{"hour": f"{hour:%H}", "day": _day(hour, place)} for place, hour in enumerate(hours)]
    return {"hours": heads, "lanes": shown, "left_out": max(0, len(lanes) - _LANES), "zone": times.zone(begin)}


_OF_ITEM = ("title", "image", "image_url", "updated_at")


def _lane(account: PlatformAccount, hours: list[datetime]) -> Lane:
    return Lane(account.slug, looks.platform_label(account.platform), [Cell(f"{hour:%H:%M}") for hour in hours])


def _put(lane: Lane, post: Post, begin: datetime) -> None:
    cell = lane.cells[int((post.not_before - begin).total_seconds() // 3600)]
    lane.count += 1
    if len(cell.posts) >= _IN_A_CELL:
        cell.more += 1
        return
    item = post.item
    picture = previews.address_of_picture(item) if item.image or item.image_url else ""
    when = f"{timezone.localtime(post.not_before):%H:%M}"
    cell.posts.append({"link": looks.address(post), "title": item.title, "when": when, "picture": picture})


def _day(hour: datetime, place: int) -> str:
    return date_format(hour, "D") if hour.hour == 0 or not place else ""
