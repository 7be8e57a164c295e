"""What django-q2 calls: a line or two into a verb."""

from django.utils import timezone

from metrics.clicks import salts
from metrics.sums import tallies, totals


def roll_up() -> int:
    """Add up clicks, attempts and deliveries, forget old salts; returns how many hours of clicks were counted."""
    salts.forget(timezone.now())
    hours = totals.roll_up(timezone.now())
    tallies.add_up(timezone.now())
    return hours
