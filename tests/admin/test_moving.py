"""What is moved in the calendar and stays where it is: the reason is worded for people."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from social_queue.admin.pieces import times
from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def _move(desk, item, at):
    typed = {"item": item.pk, "day": at.date().isoformat(), "time": f"{at:%H:%M}"}
    answer = desk.client.post(reverse("calendar-move"), typed, follow=True)
    return " ".join(map(str, answer.context["messages"])), QueueItem.objects.get().publish_at


def test_what_would_be_moved_past_its_expiry_stays_and_says_what_to_do(desk):
    soon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) + 2 * DAY
    expires = soon + DAY
    item = factories.make_item(factories.make_account("telegram"), publish_at=soon, expires_at=expires)
    told, stands = _move(desk, item, soon + 2 * DAY)
    assert f"It expires {times.written(expires)}: change that on its page first." in told and "publish_at" not in told
    assert stands == soon
    assert _move(desk, item, expires)[1] == soon
    assert _move(desk, item, soon + HOUR)[1] == soon + HOUR
