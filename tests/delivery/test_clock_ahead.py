"""Our own clock was ahead when a post was sent whose answer was lost: it is out, and seems to be from before."""

from datetime import timedelta

import pytest

from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.sweeps import rounds
from social_queue.models import Part, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

READABLE = ["facebook", "instagram", "twitter"]


def lost(sandbox, platform, clock, **account) -> None:
    place = factories.make_account(platform, **account)
    sandbox.scenario(place.address, "accept_then_hang_up", times=1)
    factories.make_post(factories.make_item(publish_at=clock()), place)
    dispatch.drain(clock=clock)


def go_on(clock, *, rounds_made: int) -> None:
    for _ in range(rounds_made):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)


@pytest.mark.parametrize("platform", READABLE)
@pytest.mark.parametrize("hours", [2, 14])
def test_set_right_afterwards_it_is_found_by_its_link(sandbox, media_root, platform, hours):
    right = Clock()
    lost(sandbox, platform, Clock(right() + timedelta(hours=hours)))

    right.forward(hours=hours)
    go_on(right, rounds_made=2)

    assert (Post.objects.get().status, len(sandbox.wall)) == ("published", 1)


@pytest.mark.parametrize("platform", READABLE)
@pytest.mark.parametrize("minutes", [4, 120])
@pytest.mark.parametrize("set_right", [True, False])
def test_without_a_link_a_person_decides(sandbox, media_root, platform, minutes, set_right):
    clock = Clock(Clock()() + timedelta(minutes=minutes))
    lost(sandbox, platform, clock, include_link=False)

    if set_right:
        clock = Clock()
        clock.forward(minutes=minutes)
    go_on(clock, rounds_made=3)

    assert (Post.objects.get().status, len(sandbox.wall)) == ("unknown", 1)
    assert sandbox.wall[0].id in Post.objects.get().error


def test_so_he_does_of_what_follows_a_post(sandbox, media_root):
    clock = Clock(Clock()() + timedelta(minutes=4))
    place = factories.make_account("facebook")
    item = factories.make_item(publish_at=clock(), follow_ups=[{"text": "First comment, all of it."}])
    factories.make_post(item, place)
    [attempt] = claim.claim(now=clock(), worker="first", limit=1).attempts
    deliver.deliver(attempt, clock=clock)
    sandbox.scenario(place.address, "accept_then_hang_up", times=1)
    dispatch.drain(clock=clock)

    go_on(clock, rounds_made=3)

    assert Part.objects.get().status == "unknown"
    assert len([posting for posting in sandbox.wall if posting.reply_to]) == 1
