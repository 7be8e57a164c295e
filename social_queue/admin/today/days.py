"""Yesterday beside the usual day: the middle of the fourteen days before it."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from social_queue.models import Attempt, Outcome, Post

_USUAL = 14
#: Days that are over do not change, but what is counted of them is pruned some day.
_KEPT_S = 3600
#: While yesterday is still being counted.
_KEPT_BRIEFLY_S = 60
#: A day with more is told as that many.
_MOST = 10_000
_REFUSED = (Outcome.REJECTED, Outcome.REPEAT_REFUSED, Outcome.OUR_FAULT)


@dataclass(frozen=True)
class Figure:
    """``usual`` is None while there is not one earlier day with anything in it."""

    label: str
    name: str
    yesterday: int
    usual: float | None
    #: What its number stands for: more of it is ``good``, ``bad`` or neither.
    more_is: str = ""

    @property
    def tone(self) -> str:
        """Far from the usual, the good way or the bad one."""
        if not self.usual or not self.more_is or 0.5 <= self.yesterday / self.usual <= 1.5:
            return ""
        better = (self.yesterday > self.usual) is (self.more_is == "good")
        return "good" if better else "bad"


def figures() -> list[Figure]:
    """What went out and what failed."""
    return [
        figure(_("out"), "out", _out, more_is="good"),
        figure(_("failed"), "failed", _failed, more_is="bad"),
    ]


def figure(
    label: str,
    name: str,
    count: Callable[[datetime, datetime], int],
    *,
    more_is: str = "",
    is_counted: Callable[[datetime], bool] = lambda end: True,
) -> Figure:
    """``count(begin, end)`` of yesterday and of the days before; asked once an hour.

    ``is_counted(end)``: whether all until the end of yesterday is in what ``count`` looks at.
    """
    today = timezone.localdate()
    key = f"today:{name}:{today}:{timezone.get_current_timezone_name()}"
    counts = cache.get(key)
    if counts is None:
        bounds = [_bounds(today - timedelta(days=back)) for back in range(1, _USUAL + 2)]
        final = is_counted(bounds[0][1])  # before it is looked at: what comes in between is for the next who asks
        counts = [count(*of_day) for of_day in bounds]
        cache.set(key, counts, _KEPT_S if final else _KEPT_BRIEFLY_S)
    return Figure(label, name, counts[0], _usual(counts[1:]), more_is)


def _usual(counts: Sequence[int]) -> float | None:
    """Days before the first with anything in it are not days of this desk."""
    begun = next((len(counts) - place for place, count in enumerate(reversed(counts)) if count), 0)
    return statistics.median(counts[:begun]) if begun else None


def _bounds(day: date) -> tuple[datetime, datetime]:
    begin, end = (timezone.make_aware(datetime.combine(one, time.min)) for one in (day, day + timedelta(days=1)))
    return begin, end


def _out(begin: datetime, end: datetime) -> int:
    rows = Post.objects.filter(published_at__gte=begin, published_at__lt=end)
    return rows.order_by().values("pk")[:_MOST].count()


def _failed(begin: datetime, end: datetime) -> int:
    rows = Attempt.objects.filter(ended_at__gte=begin, ended_at__lt=end, outcome__in=_REFUSED)
    return rows.order_by().values("pk")[:_MOST].count()
