"""The sweeps over posts that run every few minutes, in the order they depend on each other."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from django.conf import settings

from social_queue.delivery import consequences
from social_queue.delivery.errands import vanished
from social_queue.delivery.parts import asking, telling
from social_queue.delivery.parts import leases as leases_of_parts
from social_queue.delivery.sweeps import expiry, leases, reconcile
from social_queue.models import Part, Post, PostStatus

#: The questions of one round: their part of the time that a task has, and how many in all.
_SHARE, _MOST = 1 / 3, 400
#: So many answers of a platform that could not be written down end its questions for the round.
_MOST_LOST = 3


@dataclass(frozen=True)
class Settled:
    """How many posts and parts a round touched: ``leases`` and ``asked`` by status then, ``too_late`` cancelled."""

    leases: Counter[str]
    asked: Counter[str]
    too_late: int


def settle(now: datetime) -> Settled:
    """Take back what vanished workers held, cancel what expired, report long waits, ask about undecided posts.

    Leases first: what a vanished worker may have sent is undecided afterwards and can be asked about in this round.
    The questions last: a platform that does not answer keeps nothing else waiting.
    """
    taken_back = leases.expire_leases(now) + leases_of_parts.expire(now)
    too_late = expiry.cancel_expired(now)
    if vanished_at_errands := vanished.expire(now):
        taken_back[PostStatus.PUBLISHED] += vanished_at_errands
    consequences.long_waits(now)
    telling.long_waits(now)
    asked = _ask(now)
    # Of some it is known now that they are not out.
    too_late += expiry.cancel_expired(now)
    expiry.cancel_asked_back(now)
    return Settled(taken_back, asked, too_late)


def _ask(now: datetime) -> Counter[str]:
    """Ask while there is time, next the platform that has taken the least of it so far, there the oldest question.

    So one that hangs takes no more than what the others leave; what it was not asked comes first in the next round.
    """
    asked, ends = Counter[str](), monotonic() + settings.Q_TIMEOUT * _SHARE
    taken, lost = dict.fromkeys(_to_be_asked(now), 0.0), Counter[str]()
    while taken and (began := monotonic()) < ends and asked.total() < _MOST:
        platform = min(taken, key=lambda name: taken[name])
        found = reconcile.reconcile_unknown(now, limit=1, platform=platform)
        found += asking.reconcile(now, limit=1, platform=platform)
        asked, lost[platform] = asked + found, lost[platform] + found["unrecorded"]
        taken[platform] += monotonic() - began
        if not found or lost[platform] >= _MOST_LOST:
            del taken[platform]
    return asked


def _to_be_asked(now: datetime) -> list[str]:
    """The platforms about whose posts or parts there is a question now."""
    due = {"status": PostStatus.UNKNOWN, "not_before__lte": now}
    posts = Post.objects.filter(**due).order_by().values_list("platform", flat=True).distinct()
    parts = Part.objects.filter(**due).order_by().values_list("account__platform", flat=True).distinct()
    return sorted({*posts, *parts})
