"""What a storm says of corrections: nothing is wrong when all is well, and what is wrong is counted."""

import random
from datetime import timedelta

import pytest
from django.utils import timezone

from benchmarks.chaos import corrections, verdict
from social_queue.models import Attempt, Errand, Event, Post
from social_queue.operations.correcting import judging
from social_queue.operations.recalling import asking as recalling
from tests.delivery.corrected import ask, later, published
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

WRONG = ("corrections wrong", "corrections of what was taken back", "corrections waiting still")
WRONG += ("corrections told otherwise",)


@pytest.fixture
def clock(settings):
    settings.UNDO_SECONDS = 10
    return Clock()


def storm(clock):
    """It asks by the machine's own clock, which the tests' is then behind by as long as they took so far."""
    corrections.ask(random.Random(1), 1)
    clock.moment = max(clock(), timezone.now())


def faults(sandbox):
    """The counts that must be zero and are not."""
    told = corrections.judge(sandbox.wall)
    return {what: told[what] for what in WRONG if told[what]}


@pytest.mark.parametrize("platform", ["facebook", "instagram", "telegram", "twitter"])
def test_what_was_never_corrected_reads_as_its_row_says(sandbox, media_root, clock, platform):
    published(clock, platform)
    assert faults(sandbox) == {}


@pytest.mark.parametrize("platform", ["facebook", "telegram"])
def test_what_was_corrected_often_reads_as_the_last_one_says(sandbox, clock, platform):
    post = published(clock, platform)
    for words in ("<b>First</b> &amp; {link}", "Second, <i>correction</i>: {link}"):
        storm(clock)
        later(clock, seconds=11)
        post.refresh_from_db()
        ask(post, clock, judging.judge(post, words).text)
    later(clock, seconds=11)
    assert Errand.objects.filter(outcome="corrected").count() == 3 and faults(sandbox) == {}
    Errand.objects.filter(text__contains="Second").update(text="Third")
    assert faults(sandbox) == {"corrections wrong": 1}


def test_each_way_to_be_wrong_is_counted(sandbox, clock):
    post = published(clock)
    storm(clock)
    assert faults(sandbox) == {"corrections waiting still": 1}
    later(clock, seconds=11)
    assert faults(sandbox) == {}

    Post.objects.update(caption="Something else")
    assert faults(sandbox) == {"corrections wrong": 1}
    post.refresh_from_db()
    Errand.objects.update(text="Something else")
    assert faults(sandbox) == {"corrections wrong": 1}
    Event.objects.filter(type="post.corrected").delete()
    assert faults(sandbox) == {"corrections wrong": 1, "corrections told otherwise": 1}


def test_a_correction_of_what_is_gone_is_counted(sandbox, clock):
    post = published(clock)
    ask(post, clock)
    later(clock, seconds=11)
    recalling.recall(Post.objects.select_related("item", "account"), now=clock())
    later(clock, seconds=11)
    assert faults(sandbox) == {} and verdict.mistold() == []
    Attempt.objects.filter(kind="correct").update(sent_at=timezone.now() + timedelta(days=1))
    assert faults(sandbox) == {"corrections of what was taken back": 1}
