"""The hour at which an account's posts are clicked most, from its own clicks without robots, and how sure that is.

A post counts in the hour in which it went out, by the account's clock, with what people clicked of it within a day. How
sure it is comes from drawing the posts of every hour anew, with repetition, a few hundred times (a bootstrap): in how
many of these worlds the same hour leads, and between what it lies ahead in nine of ten of them.
"""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from metrics.models import ClickTotal
from social_queue.models import PlatformAccount, Post, PostStatus
from social_queue.timing import zones

#: How far is looked back, at how many posts at most, and how long each is watched.
LOOK_BACK, MOST_POSTS, WATCHED = timedelta(days=90), 1500, timedelta(hours=24)
#: Less than this of an hour, or of all, tells nothing.
LEAST_POSTS, LEAST_HOURS, LEAST_CLICKS = 8, 3, 100
_DRAWS = 400
#: With less than this nobody should plan by it.
SURE, LIKELY = 0.9, 0.6

#: {hour of the day: the clicks of each post that went out in it}
Hours = Mapping[int, Sequence[int]]


@dataclass(frozen=True)
class Best:
    """``hour``: from its beginning to the next; ``times``: its clicks a post against those of the other hours."""

    hour: int
    times: float
    least: float
    most: float
    #: In what share of the draws it leads.
    sure: float
    posts: int


def of(account: PlatformAccount, *, now: datetime) -> Best | None:
    """The account's best hour; None while there is too little to tell."""
    return best(hours(account, now=now))


def hours(account: PlatformAccount, *, now: datetime) -> Hours:
    """What every hour brought; two queries."""
    out = Post.objects.filter(account=account, status=PostStatus.PUBLISHED)
    out = out.filter(published_at__gte=now - LOOK_BACK, published_at__lt=now - WATCHED).order_by("-published_at")
    went = {pk: at for pk, at in out.values_list("pk", "published_at")[:MOST_POSTS] if at is not None}
    clicks: dict[int, int] = dict.fromkeys(went, 0)
    rows = ClickTotal.objects.filter(post__in=went).order_by().values_list("post", "hour_at", "humans")
    for post, hour, humans in rows:
        if hour < went[post] + WATCHED:
            clicks[post] += humans
    zone, found = zones.of(account), defaultdict[int, list[int]](list)
    for post, at in went.items():
        found[at.astimezone(zone).hour].append(clicks[post])
    return found


def best(found: Hours) -> Best | None:
    """The hour that leads among those with enough posts; None when too little is known of too few hours."""
    known = {hour: counts for hour, counts in found.items() if len(counts) >= LEAST_POSTS}
    if len(known) < LEAST_HOURS or sum(map(sum, known.values())) < LEAST_CLICKS:
        return None
    leader = max(known, key=lambda hour: fmean(known[hour]))
    # The same figures always say the same.
    chance = random.Random(0)
    draws = [_draw(known, chance) for _number in range(_DRAWS)]
    ahead = sorted(_times(draw, leader) for draw in draws)
    tenth = _DRAWS // 20
    return Best(
        hour=leader,
        times=_times({hour: fmean(counts) for hour, counts in known.items()}, leader),
        least=ahead[tenth],
        most=ahead[-tenth - 1],
        sure=sum(max(draw, key=lambda hour: draw[hour]) == leader for draw in draws) / _DRAWS,
        posts=len(known[leader]),
    )


def _draw(known: Hours, chance: random.Random) -> dict[int, float]:
    return {hour: fmean(chance.choices(counts, k=len(counts))) for hour, counts in known.items()}


def _times(means: Mapping[int, float], leader: int) -> float:
    others = fmean(mean for hour, mean in means.items() if hour != leader)
    # Where nobody clicked anything else, one click a post stands for "nearly none".
    return means[leader] / (others or 1.0)
