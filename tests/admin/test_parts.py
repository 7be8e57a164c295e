"""An act on thousands of rows that the page presses part by part is one press: one message, one way back."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import signing
from django.utils import timezone

from social_queue.alerts import ledger
from social_queue.models import Alert, ItemStatus, Post, PostStatus, Press
from tests import factories

pytestmark = pytest.mark.django_db


def _press(desk, model, name, rows, so_far="", part="more"):
    sent = {"rows": ",".join(str(row.pk) for row in rows), "posts": "99", "now": "99", "part": part, "so_far": so_far}
    return desk.client.post(f"/admin/queue/{model}/act/{name}/", sent)


def _in_parts(desk, model, name, *parts):
    so_far = ""
    for place, rows in enumerate(parts, start=1):
        answer = _press(desk, model, name, rows, so_far, "last" if place == len(parts) else "more")
        so_far = answer.json()["so_far"]
    return desk.client.get(f"/admin/queue/{model}/")


@pytest.mark.parametrize("soon", [True, False])
def test_drafts_that_are_approved_in_parts_come_back_together(desk, soon):
    factories.make_account("telegram")
    at = timezone.now() + (timedelta(0) if soon else timedelta(days=1))
    items = [factories.make_item(status=ItemStatus.DRAFT, publish_at=at) for _ in range(5)]
    ready = factories.make_item(status=ItemStatus.READY)
    listed = _in_parts(desk, "queueitem", "approve", items[:2], [*items[2:4], ready], items[4:])
    assert "Approve: 5 done. Left alone: 1" in desk.text(listed)
    press = Press.objects.get()
    assert LogEntry.objects.filter(change_message="Approve").count() == 5 and len(press.rows) == 5
    if soon:
        # Nothing of the first part is claimed while the last one can be taken back.
        assert set(Post.objects.values_list("not_before", flat=True)) == {press.undo_until}
    assert "5 done" in desk.text(desk.undo(listed))
    for item in items:
        item.refresh_from_db()
        assert (item.status, item.publish_at, item.posts.count()) == (ItemStatus.DRAFT, at, 0)


def test_alerts_that_any_part_ended_are_open_again(desk):
    account = factories.make_account("telegram")
    posts = []
    for _ in range(4):
        post = factories.make_post(factories.make_item(), account, status=PostStatus.FAILED, attempts_made=1)
        ledger.raise_for_post("rejected", post, reason="No.", now=timezone.now())
        posts.append(post)
    listed = _in_parts(desk, "post", "retry", posts[:2], posts[2:])
    assert Alert.objects.filter(resolved_at=None).count() == 0
    desk.undo(listed)
    assert Alert.objects.filter(resolved_at=None).count() == 4
    assert set(Post.objects.values_list("status", flat=True)) == {PostStatus.FAILED}


def test_what_the_page_carries_can_not_be_made_up(desk, django_user_model):
    account = factories.make_account("telegram")
    one, two = (factories.make_post(factories.make_item(), account) for _ in range(2))
    assert _press(desk, "post", "cancel", [one], "forged").status_code == 400
    theirs = Press.objects.create(
        person=django_user_model.objects.create_user("other"),
        model="post",
        label="x",
        before={"posts": {}, "items": {}},
        pressed_at=timezone.now(),
        undo_until=timezone.now(),
    )
    carried = signing.Signer(salt="queue.parts").sign_object({"press": theirs.pk, "taken": 0, "skipped": {}})
    _press(desk, "post", "cancel", [two], carried, "last")
    theirs.refresh_from_db()
    assert theirs.rows == [] and Press.objects.count() == 2 and Post.objects.filter(status="pending").count() == 1
