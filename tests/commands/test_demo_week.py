"""The week that the demonstration lays down: something on every day, in every state, and room for more."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from social_queue.calendar import days, portions
from social_queue.calendar.agenda import Wish
from social_queue.demo import samples, week
from social_queue.models import Post, QueueItem, Series

pytestmark = pytest.mark.django_db


@pytest.fixture
def accounts(sandbox):
    for platform, address, slug, name, credentials in samples.ACCOUNTS:
        words = [f"{key}={value}" for key, value in credentials.items()]
        call_command("add_account", platform, address, slug=slug, name=name, credential=words, stdout=StringIO())


@pytest.mark.parametrize("hour", [0, 9, 15, 23])
def test_every_day_of_it_has_something_whenever_it_is_begun(accounts, admin_client, hour):
    now = timezone.now().replace(hour=hour, minute=30, second=0, microsecond=0)
    assert week.lay(now) == QueueItem.objects.count() > 20
    begins = days.midnight(timezone.localdate(now) - timedelta(days=4), timezone.get_current_timezone())
    [portion] = portions.of_days([(begins, begins + timedelta(days=11))], Wish(), most=1_000)
    found = portion.entries
    assert {timezone.localdate(entry.at) for entry in found} >= {
        timezone.localdate(now) + timedelta(days=number) for number in range(-4, 7) if number
    }
    assert {"posted", "partial", "ready", "draft"} <= {entry.state for entry in found}
    # What should be out is out, and nothing of it is waiting to be sent at once.
    assert not Post.objects.filter(status="pending", not_before__lt=now).exists()
    assert Series.objects.count() == 1 and Series.objects.get().items.count() >= 13
    # Of the week that holds tomorrow: on a Sunday evening this one has no free place any more.
    tomorrow = timezone.localdate() + timedelta(days=1)
    page = admin_client.get(reverse("calendar"), {"view": "week", "day": str(tomorrow)}).content.decode()
    assert "data-free" in page
