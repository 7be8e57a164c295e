"""Corrections among others who want the same post: two editors, workers, and what follows the post."""

import time
from collections.abc import Callable

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand, Event, Heartbeat, Part, Post
from social_queue.operations.correcting import asking
from tests import factories
from tests.delivery.corrected import later, on_wall, published
from tests.support import children
from tests.support.clock import Clock
from tests.support.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)

EDITORS, ROUNDS, PROCESSES = 6, 4, 2


def ask_as(number, post, *, asked_at):
    """One of the editors, with words of their own."""
    asking.correct(post, f"As editor {number} says.", asker=asking.Asker(f"editor-{number}"), now=asked_at)


def _until(done: Callable[[], bool], seconds: float = 60) -> None:
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.02)


def test_of_editors_who_ask_at_once_one_is_the_last_and_the_post_reads_as_they_said(sandbox, settings):
    settings.UNDO_SECONDS = 10
    clock = Clock()
    post = published(clock)
    at_once(lambda number: ask_as(number, post, asked_at=clock()), EDITORS)
    [last] = Errand.objects.filter(ended_at=None)
    assert Errand.objects.count() == EDITORS and last.open_key == f"correct:{post.pk}"
    assert later(clock, seconds=11) == {"corrected": 1}
    post.refresh_from_db()
    assert on_wall(sandbox) == [last.text] == [post.caption]
    assert Event.objects.filter(type="post.corrected").count() == 1


def test_editors_and_workers_at_once_leave_the_words_of_the_last_one(sandbox, settings):
    """Every moment of one may meet any moment of another; what counts is what reads there in the end."""
    settings.UNDO_SECONDS = 0
    post = published(timezone.now)
    running = [children.start("manage.py", "dispatch", "--loop") for _ in range(PROCESSES)]
    try:
        _until(lambda: Heartbeat.objects.filter(name="dispatch", held_until__isnull=False).exists())
        for _round in range(ROUNDS):
            at_once(lambda number: ask_as(number, post, asked_at=timezone.now()), EDITORS)
    finally:
        for process in running:
            process.terminate()
        told = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0] * PROCESSES, told
    assert children.run("manage.py", "reconcile", seconds=120).returncode == 0
    post.refresh_from_db()
    done = list(Errand.objects.filter(outcome="corrected").order_by("ended_at", "pk"))
    assert not Errand.objects.filter(ended_at=None).exists()
    assert on_wall(sandbox) == [post.caption] == [done[-1].text]
    assert Event.objects.filter(type="post.corrected").count() == len(done)
    assert len(sandbox.creating_calls()) == 1


@pytest.mark.parametrize("platform", ["facebook", "telegram"])
def test_while_follow_ups_go_out_the_post_is_corrected_and_none_is_missing_or_out_twice(
    sandbox, media_root, settings, platform, answers
):
    settings.UNDO_SECONDS = 0
    account = factories.make_account(platform)
    texts = [{"text": f"Part {part}"} for part in range(1, 6)]
    factories.make_item(account, publish_at=timezone.now(), follow_ups=texts)
    sandbox.world.latency = 0.2
    answers.hold(out=2)
    running = children.start("manage.py", "dispatch", "--loop")
    try:
        _until(lambda: Post.objects.filter(status="published").exists())
        asking.correct(Post.objects.get(), "Better words.", asker=asking.Asker("ann"), now=timezone.now())
        answers.go()
        _until(lambda: Part.objects.filter(status="published").count() == len(texts))
        _until(lambda: not Errand.objects.filter(ended_at=None).exists())
    finally:
        running.terminate()
        running.communicate(timeout=60)
    dispatch.drain(clock=timezone.now)
    assert [posting.text for posting in sandbox.wall if not posting.reply_to] == ["Better words."]
    assert [posting.text for posting in sandbox.wall if posting.reply_to] == [entry["text"] for entry in texts]
    ended = Errand.objects.get().ended_at
    assert ended < Part.objects.order_by("number").last().published_at, "it had to wait for the whole thread"
