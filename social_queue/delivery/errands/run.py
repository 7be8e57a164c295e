"""Deletions and corrections alone: whoever settles what is undecided carries out what is due, too."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from time import monotonic

from django.conf import settings

from social_queue.delivery.errands import taking
from social_queue.delivery.runs.in_hand import InHand
from social_queue.workings import heartbeat, stopping


def drain(*, clock: Callable[[], datetime], ends: float | None = None) -> Counter[str]:
    """Carry out all that is due, then return how often each outcome came; no post is sent by it.

    ``ends``: nothing more is taken up from that moment of ``time.monotonic`` on. Each call to a platform that does not
    answer takes half a minute, and an account may have any number of them.
    """
    in_hand, outcomes = InHand(clock, settings.DISPATCH_BATCH), Counter[str]()
    worker = heartbeat.worker_name()
    with stopping.finishing():
        while True:
            if not stopping.requested() and (ends is None or monotonic() < ends):
                in_hand.send(taking.claim(now=clock(), worker=worker, limit=in_hand.room))
            if not in_hand:
                return outcomes
            outcomes.update(ending.outcome for ending in in_hand.collect())
