"""The sweeps over posts that run every few minutes, in the order they depend on each other."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from social_queue.delivery import consequences
from social_queue.delivery.errands import vanished
from social_queue.delivery.parts import asking, telling
from social_queue.delivery.parts import leases as leases_of_parts
from social_queue.delivery.sweeps import expiry, leases, reconcile
from social_queue.models import PostStatus


@dataclass(frozen=True)
class Settled:
    """How many posts and parts a round touched: ``leases`` and ``asked`` by status then, ``too_late`` cancelled."""

    leases: Counter[str]
    asked: Counter[str]
    too_late: int


def settle(now: datetime) -> Settled:
    """Take back what vanished workers held, ask about undecided posts, cancel what expired, report long waits.

    Leases first: what a vanished worker may have sent is undecided afterwards and can be asked about in this round.
    """
    taken_back = leases.expire_leases(now) + leases_of_parts.expire(now)
    asked = reconcile.reconcile_unknown(now) + asking.reconcile(now)
    too_late = expiry.cancel_expired(now)
    if vanished_at_errands := vanished.expire(now):
        taken_back[PostStatus.PUBLISHED] += vanished_at_errands
    expiry.cancel_asked_back(now)
    consequences.long_waits(now)
    telling.long_waits(now)
    return Settled(taken_back, asked, too_late)
