"""In which zone and language a person has the desk."""

import zoneinfo

from django.conf import settings
from django.contrib.auth.models import User

from social_queue.models import Habits
from social_queue.timing import zones


def of(person: User) -> tuple[zoneinfo.ZoneInfo | None, str]:
    """(zone or None, language or ""); what this machine no longer knows counts as not chosen."""
    row = Habits.objects.filter(person=person.pk).values_list("zone", "language").first()
    zone, language = row or ("", "")
    known = zone and zone in zones.known()
    return zones.named(zone) if known else None, language if language in dict(settings.LANGUAGES) else ""


def keep(person: User, **changes: str) -> None:
    """Remember what a person chose."""
    Habits.objects.update_or_create(person=person, defaults=changes)
