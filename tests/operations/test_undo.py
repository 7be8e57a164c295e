"""A press is kept once and lets go what it held back, whatever the database does meanwhile."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from social_queue.delivery import claim
from social_queue.models import Post, Press
from social_queue.operations import items, pressing, undo
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_press_whose_keeping_meets_a_deadlock_lets_its_posts_go(admin_user, now, monkeypatch, settings):
    settings.UNDO_SECONDS = 10
    post = factories.make_post(status="pending", not_before=now + timedelta(hours=1))
    press = pressing.Pressing(now, hold=undo.time_to_undo())
    items.requeue_item(post.item, now=now, press=press)
    original, calls = Press.objects.create, []

    def once(**given):
        calls.append(given)
        if len(calls) == 1:
            raise OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
        return original(**given)

    monkeypatch.setattr(Press.objects, "create", once)
    named = {"person": admin_user.pk, "model": "queueitem", "label": "Send now", "rows": [post.item_id]}
    kept = undo.keep(press, **named, now=now)

    until = now + timedelta(seconds=10)
    assert len(calls) == 2
    assert Post.objects.get().not_before == until
    assert kept.before["posts"][str(post.pk)]["not_before"] == until.isoformat()


def test_what_is_being_taken_back_is_claimed_by_nobody_although_its_time_is_over(
    admin_user, now, monkeypatch, settings
):
    """A press of many rows takes longer to be taken back than its last second lasts."""
    settings.UNDO_SECONDS, later = 10, now + timedelta(hours=1)
    posts = [factories.make_post(status="pending", not_before=later) for _ in range(3)]
    press = pressing.Pressing(now, hold=undo.time_to_undo())
    for post in posts:
        items.requeue_item(post.item, now=now, press=press)
    rows = [post.item_id for post in posts]
    kept = undo.keep(press, person=admin_user.pk, model="queueitem", label="Send now", rows=rows, now=now)
    at_last = kept.undo_until + timedelta(seconds=2)
    claimed, original = [], undo.giving_back.posts_back

    def meanwhile(*asked):
        claimed.extend(claim.claim(now=at_last, worker="w", limit=20).attempts)
        return original(*asked)

    monkeypatch.setattr(undo, "_POSTS_TOGETHER", 1)
    monkeypatch.setattr(undo.giving_back, "posts_back", meanwhile)
    undo.take_back(kept, now=at_last)

    assert claimed == []
    assert set(Post.objects.values_list("status", "not_before")) == {("pending", later)}
