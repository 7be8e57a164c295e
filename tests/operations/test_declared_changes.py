"""Where the site wants it declared whether a machine made an item, a change can't take that back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.intake import ingest
from social_queue.intake.incoming import Malformed
from social_queue.models import Post, QueueItem
from social_queue.operations import editing
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def taken(**fields):
    factories.make_account("telegram", slug="tg")
    later = (timezone.now() + timedelta(days=2)).isoformat()
    body = {"title": "Gates", "link": "https://example.com/p", "publish_at": later} | fields
    return ingest.receive(body, source="tests", now=timezone.now()).item


def change(item, **changes):
    return editing.edit(item.pk, changes, now=timezone.now())


@pytest.fixture(autouse=True)
def _wanted(settings):
    settings.AI_LABEL = "refuse"


def test_what_was_declared_can_not_be_taken_back():
    item = taken(ai={"generated": True})
    with pytest.raises(Malformed) as met:
        change(item, ai=None, summary=7)
    assert set(met.value.fields) == {"ai", "summary"}
    assert change(item, ai={"generated": False}).ai == {"generated": False}


def test_a_draft_may_leave_it_open():
    item = taken(ai={"generated": True})
    Post.objects.all().delete()
    QueueItem.objects.update(status="draft")
    assert change(item, ai=None).ai is None


def test_what_came_in_before_it_was_wanted_can_be_changed_otherwise():
    item = taken(ai={"generated": True})
    QueueItem.objects.update(ai=None)
    assert change(item, summary="Other").summary == "Other"
