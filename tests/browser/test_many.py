"""An act on hundreds of rows in a real browser: a bar while it lasts, one message, one way back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import ItemStatus, QueueItem
from tests import factories

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COUNT = 300


def test_three_hundred_drafts_are_approved_part_by_part_and_come_back_together(desk):
    factories.make_account("telegram", slug="tg-kabar")
    soon = timezone.now() + timedelta(hours=2)
    QueueItem.objects.bulk_create(
        QueueItem(title=f"Draft {n}", link="https://example.com/", source="x", publish_at=soon, status="draft")
        for n in range(COUNT)
    )
    desk.goto("/admin/queue/queueitem/?status__exact=draft")
    desk.locator("#action-toggle").click()
    desk.locator(".question a, .actions .question a").first.click()
    desk.locator("select[name=action]").select_option("approve")
    desk.locator("button[name=index]").first.click()
    desk.locator("[data-act=confirm]").click()
    desk.locator("[data-busy] progress").wait_for()
    desk.get_by_text(f"Approve: {COUNT} done.").wait_for(timeout=120_000)
    assert QueueItem.objects.filter(status=ItemStatus.READY).count() == COUNT
    desk.locator('[data-act="undo"]').first.click()
    desk.get_by_text(f"Undo: Approve: {COUNT} done.").wait_for(timeout=60_000)
    assert QueueItem.objects.filter(status=ItemStatus.DRAFT).count() == COUNT
