"""What tests of platforms in trouble need: due posts, the platform's row, and a worker's looks."""

from datetime import timedelta

from social_queue.delivery import dispatch
from social_queue.models import PlatformState
from tests import factories


def due(clock, *counts, platform="facebook", before=0):
    """So many due posts on as many accounts as there are ``counts``; returns the accounts."""
    places = [factories.make_account(platform) for _ in counts]
    for place, count in zip(places, counts, strict=True):
        for number in range(count):
            factories.make_item(place, publish_at=clock() - timedelta(seconds=before + count - number))
    return places


def state() -> PlatformState | None:
    return PlatformState.objects.filter(platform="facebook", state="probing").first()


def look(clock, minutes=1):
    """What a worker does in so many minutes, a look every ten seconds. Counts how each try ended."""
    counts = {}
    for _ in range(6 * minutes):
        for outcome, number in dispatch.drain(clock=clock).items():
            counts[outcome] = counts.get(outcome, 0) + number
        clock.forward(seconds=10)
    return counts
