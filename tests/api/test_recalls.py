"""Taking back by the API: asked for, told where each post stands, and asked again without harm."""

from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Post, QueueItem
from social_queue.reading import moments
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


def an_item(bot, **fields):
    """An item of the caller's own on both accounts: one post is out, the other waits."""
    answer = bot.post("ingest", {"title": "Gates", "link": "https://example.com/p", "channels": ["fb-page"], **fields})
    item = QueueItem.objects.get(pk=answer.json()["id"])
    factories.make_post(item, factories.make_account("telegram"), not_before=timezone.now() + timedelta(hours=1))
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    return item


def test_an_item_is_taken_back_and_asked_again_the_answer_is_the_same(bot, sandbox, media_root):
    item = an_item(bot)
    first = bot.post(f"queue/{item.pk}/recall")
    assert first.status_code == 202
    [out, waiting] = first.json()["posts"]
    assert (out["status"], waiting["status"], waiting["waits_until"]) == ("published", "cancelled", None)
    post = Post.objects.get(pk=out["id"])
    assert moments.parse(out["waits_until"]) == post.recall_asked_at + timedelta(seconds=10)
    assert bot.post(f"queue/{item.pk}/recall").json() == first.json()

    clock = Clock()
    assert dispatch.drain(clock=clock) == {} and len(sandbox.wall) == 1
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"recalled": 1} and sandbox.wall == []

    assert bot.post(f"queue/{item.pk}/recall").json()["posts"][0] == {
        "id": post.pk, "status": "recalled", "waits_until": None,
    }  # fmt: skip
    row = bot.get(f"posts/{post.pk}").json()
    assert row["recalled_at"] and [one["kind"] for one in row["attempts"]] == ["post", "recall"]
    assert bot.get(f"posts/{waiting['id']}").json()["recall_asked_at"]
    assert bot.get("queue?status=cancelled").json()["results"][0]["id"] == item.pk


def test_one_post_is_taken_back_alone(bot, sandbox, media_root):
    item = an_item(bot)
    out, waiting = item.posts.order_by("pk")
    answer = bot.post(f"posts/{waiting.pk}/recall")
    assert answer.status_code == 202 and [one["id"] for one in answer.json()["posts"]] == [waiting.pk]
    assert Post.objects.get(pk=out.pk).recall_asked_at is None


def test_an_item_without_posts_is_cancelled(caller, desk_accounts):
    bot = caller("ingest", "manage")
    item = factories.make_item(status="draft")
    assert bot.post(f"queue/{item.pk}/recall").json() == {"posts": []}
    assert QueueItem.objects.get().status == "cancelled"


@pytest.mark.parametrize("door", ["queue", "posts"])
def test_a_key_takes_back_only_what_came_in_under_its_name(caller, desk_accounts, door):
    post = factories.make_post(status="published", external_id="1")
    number = post.item_id if door == "queue" else post.pk
    assert caller("ingest").post(f"{door}/{number}/recall").status_code == 404
    assert caller("read").post(f"{door}/{number}/recall").status_code == 403
    assert Post.objects.get().recall_asked_at is None
    assert caller("manage").post(f"{door}/{number}/recall").status_code == 202
    assert caller("manage", "read").post(f"{door}/999/recall").status_code == 404


def test_without_a_time_to_undo_it_is_due_at_once(bot, sandbox, media_root, settings):
    settings.UNDO_SECONDS = 0
    item = an_item(bot)
    bot.post(f"queue/{item.pk}/recall")
    assert dispatch.drain(clock=timezone.now) == {"recalled": 1} and sandbox.wall == []
