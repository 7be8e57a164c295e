"""What django-q2 calls: a line or two into a verb."""

from django.utils import timezone

from metrics import tallies, totals


def roll_up() -> int:
    """Add up clicks, attempts and deliveries; returns how many hours of clicks were counted."""
    hours = totals.roll_up(timezone.now())
    tallies.add_up(timezone.now())
    return hours
