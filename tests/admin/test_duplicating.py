"""An item that begins as another one."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db
ADD = "/admin/queue/queueitem/add/"


@pytest.fixture
def original(media_root):
    account = factories.make_account("telegram", slug="tg-news")
    return factories.make_item(
        account,
        title="Gates",
        status="posted",
        hashtags=["#slot", "#jam2"],
        channels=["tg-news"],
        data={"game": "Gates of Olympus", "rtp": 97.2, "provider": "Pragmatic"},
        meta={"variant": "B", "utm_campaign": "night", "batch": "7"},
        publish_at=timezone.now() - timedelta(days=3),
        alt_text="The gates",
    )


def sent_back(desk, item):
    """What a browser sends that changes nothing in the form."""
    form = desk.client.get(ADD, {"from": item.pk}).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if field.name in ("publish_at", "expires_at", "image") or value in (None, "", False):
            continue
        sent[field.html_name] = value
    return sent


@pytest.mark.parametrize("status", QueueItem.Status.values)
def test_every_item_has_the_button(desk, status):
    item = factories.make_item(status=status)
    page = desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()
    assert 'data-act="duplicate"' in page
    assert desk.push(item, "duplicate").redirect_chain == [(f"{ADD}?from={item.pk}", 302)]


def test_the_copy_says_all_that_the_original_said(desk, original):
    desk.client.post(f"{ADD}?from={original.pk}", sent_back(desk, original) | {"draft": "on"})
    copy = QueueItem.objects.exclude(pk=original.pk).get()
    for name in ("title", "summary", "link", "hashtags", "channels", "alt_text", "meta"):
        assert getattr(copy, name) == getattr(original, name), name
    assert copy.data == original.data | {"rtp": "97.2"}
    assert (copy.source, copy.status) == ("admin:editor", "draft") and copy.reference is None
    assert copy.publish_at > original.publish_at


def test_its_picture_comes_along_as_a_file_of_its_own(desk, original):
    drawn = io.BytesIO()
    Image.new("RGB", (1200, 630), "teal").save(drawn, "PNG")
    original.image.save("gates.png", ContentFile(drawn.getvalue()))
    assert "Its picture comes along" in desk.text(desk.client.get(ADD, {"from": original.pk}))
    desk.client.post(f"{ADD}?from={original.pk}", sent_back(desk, original) | {"draft": "on"})
    copy = QueueItem.objects.exclude(pk=original.pk).get()
    assert copy.image.name != original.image.name
    assert copy.image.read() == original.image.read()


def test_a_moment_to_come_is_kept_and_one_that_is_over_is_not(desk, original):
    assert "publish_at" not in desk.client.get(ADD, {"from": original.pk}).context["form"].initial
    original.publish_at = timezone.now() + timedelta(days=1)
    original.save()
    assert desk.client.get(ADD, {"from": original.pk}).context["form"].initial["publish_at"] == original.publish_at


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, ""])
def test_a_copy_of_nothing_is_not_found(desk, number):
    assert desk.client.get(ADD, {"from": number}).status_code == 404
