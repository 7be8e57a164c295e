"""A worker killed at any step loses nothing and posts nothing twice."""

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from connectors.base import Published
from social_queue.delivery import claim, deliver, dispatch, outcomes
from social_queue.delivery.sweeps import leases, reconcile, rounds
from social_queue.models import Alert, Attempt, Post
from social_queue.operations.following import acts
from tests import factories
from tests.support import children
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

#: Every step of a delivery, and whether the post is on the wall when the worker dies there.
STEPS = [
    ("before", "social_queue.delivery.claim:claim", 0),
    ("before", "social_queue.states:hold", 0),
    ("after", "social_queue.states:hold", 0),
    ("before", "social_queue.delivery.claim:_write_attempts", 0),
    ("after", "social_queue.delivery.claim:_write_attempts", 0),
    ("after", "social_queue.delivery.claim:claim", 0),
    ("before", "social_queue.wording.outgoing:word", 0),
    ("after", "social_queue.wording.outgoing:freeze", 0),
    ("after", "social_queue.wording.outgoing:word", 0),
    ("after", "{connector}.prepare", 0),
    ("before", "{connector}.publish", 0),
    ("after", "{connector}.publish", 1),
    ("before", "social_queue.delivery.outcomes:record_all", 1),
    ("before", "social_queue.states:move_all", 1),
    ("after", "social_queue.states:move_all", 1),
    ("after", "social_queue.delivery.outcomes:record_all", 1),
]
#: What differs from platform to platform: the steps from its draft to the written outcome. A post that needs nothing
#: but words begins with its claim.
AROUND_SENDING = [
    ("after", "{connector}.prepare", 0),
    ("after", "social_queue.delivery.claim:claim", 0),
    ("before", "{connector}.publish", 0),
    ("after", "{connector}.publish", 1),
    ("before", "social_queue.delivery.outcomes:record_all", 1),
    ("after", "social_queue.states:move_all", 1),
]
#: The same of a post that is prepared first.
BEGINNING = [
    ("before", "social_queue.delivery.deliver:begin_sending", 0),
    ("after", "social_queue.delivery.deliver:begin_sending", 0),
]
#: Every step of a part, and how many postings of its thread are out when the worker dies there: of the first of ten.
STEPS_OF_PARTS = [
    ("before", "social_queue.part_states:hold", 1),
    ("after", "social_queue.part_states:hold", 1),
    ("before", "social_queue.delivery.parts.delivering:deliver", 1),
    ("before", "social_queue.delivery.parts.words:of", 1),
    ("before", "social_queue.delivery.parts.delivering:begin_sending", 1),
    ("after", "social_queue.delivery.parts.delivering:begin_sending", 1),
    ("before", "{connector}.follow_up", 1),
    ("after", "{connector}.follow_up", 2),
    ("before", "social_queue.delivery.parts.outcomes:record", 2),
    ("before", "social_queue.part_states:move", 2),
    ("after", "social_queue.part_states:move", 2),
    ("after", "social_queue.delivery.parts.outcomes:record", 2),
]
CONNECTORS = {
    "facebook": "connectors.facebook:Facebook",
    "instagram": "connectors.instagram:Instagram",
    "telegram": "connectors.telegram:Telegram",
    "twitter": "connectors.twitter:Twitter",
}


def _deaths(steps, *platforms):
    """A parameter for each platform and step, named after both."""
    return [
        pytest.param(platform, *step, id=f"{platform}-{step[0]}-{step[1].split(':')[-1].replace('{connector}.', '')}")
        for platform in platforms
        for step in steps
    ]


def live_through(clock: Clock, post: Post) -> Post:
    """What a living installation does in the half hour after a worker's death."""
    for _ in range(8):
        clock.forward(minutes=5)
        rounds.settle(clock())
        dispatch.drain(clock=clock)
    post.refresh_from_db()
    return post


def kill_a_worker(moment: str, place: str, nth: int = 1) -> None:
    child = children.run("-m", "tests.support.die_at", moment, place, str(nth))
    assert child.returncode == -signal.SIGKILL, f"it did not come to {place}: {child.stdout}{child.stderr}"


@pytest.mark.parametrize(
    ("platform", "moment", "place", "on_wall"),
    _deaths(STEPS, "facebook") + _deaths(AROUND_SENDING + BEGINNING, "instagram") + _deaths(AROUND_SENDING, "twitter"),
)
def test_a_killed_worker_loses_nothing_and_posts_nothing_twice(sandbox, media_root, platform, moment, place, on_wall):
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), factories.make_account(platform))
    kill_a_worker(moment, place.format(connector=CONNECTORS[platform]))
    assert len(sandbox.wall) == on_wall

    settled = live_through(Clock(), post)

    assert settled.status == Post.Status.PUBLISHED, settled.error
    assert [posting.id for posting in sandbox.wall] == [settled.external_id]
    assert settled.item.status == "posted"


#: Where the outcome of a post and what follows on its account are written in one transaction.
AROUND_FOLLOWING = [
    ("before", "social_queue.delivery.claim:follow"),
    ("after", "social_queue.delivery.claim:follow"),
    ("after", "social_queue.states:move_all"),
    ("before", "social_queue.delivery.runs.refill:Following._go"),
    ("after", "social_queue.delivery.runs.refill:Following._go"),
]


@pytest.mark.parametrize(("moment", "place"), AROUND_FOLLOWING)
def test_what_follows_a_post_is_neither_lost_nor_sent_twice_when_its_worker_is_killed(sandbox, moment, place):
    account, now = factories.make_account("facebook"), timezone.now()
    posts = [factories.make_post(factories.make_item(publish_at=now), account) for _ in range(2)]
    kill_a_worker(moment, place)

    settled = [live_through(Clock(), post) for post in posts]

    assert [post.status for post in settled] == ["published", "published"]
    assert [posting.id for posting in sandbox.wall] == [post.external_id for post in settled]


#: What an album adds: a draft that grows piece by piece.
AROUND_PIECES = [
    ("before", "social_queue.delivery.deliver:Delivering.keep", 0),
    ("after", "social_queue.delivery.deliver:Delivering.keep", 0),
    ("after", "{connector}.prepare", 0),
    ("after", "social_queue.delivery.deliver:begin_sending", 0),
    ("after", "{connector}.publish", 1),
]


@pytest.mark.parametrize(
    ("platform", "moment", "place", "on_wall"), _deaths(AROUND_PIECES, "facebook", "instagram", "twitter")
)
def test_an_album_goes_on_at_the_missing_piece(sandbox, media_root, settings, platform, moment, place, on_wall):
    settings.PUBLIC_BASE_URL = sandbox.url
    names = ("photo.jpg", "wide.jpg", "portrait.jpg")
    addresses = [f"{sandbox.url}/_media/sample/{name}" for name in names]
    item = factories.make_item(publish_at=timezone.now(), image_url=addresses[0], alt_text=names[0])
    for position, (address, name) in enumerate(zip(addresses, names, strict=True)):
        item.media.create(position=position, url=address, alt=name)
    post = factories.make_post(item, factories.make_account(platform))
    kill_a_worker(moment, place.format(connector=CONNECTORS[platform]))
    assert len(sandbox.wall) == on_wall

    settled = live_through(Clock(), post)

    assert settled.status == Post.Status.PUBLISHED, settled.error
    assert [posting.id for posting in sandbox.wall] == [settled.external_id]
    assert [one.alt for one in sandbox.wall[0].media] == list(names)


@pytest.mark.parametrize(("platform", "moment", "place", "on_wall"), _deaths(AROUND_SENDING, "telegram"))
def test_a_platform_that_cannot_be_asked_is_left_to_a_human(sandbox, media_root, platform, moment, place, on_wall):
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), factories.make_account(platform))
    kill_a_worker(moment, place.format(connector=CONNECTORS[platform]))
    assert len(sandbox.wall) == on_wall

    settled = live_through(Clock(), post)

    assert len(sandbox.wall) <= 1
    sent = Attempt.objects.filter(post=post, sent_at__isnull=False)
    if settled.status == Post.Status.PUBLISHED:
        assert len(sandbox.wall) == 1
    else:
        assert settled.status == Post.Status.UNKNOWN
        assert sent.count() == 1
        assert Alert.objects.get(kind=Alert.Kind.UNDECIDED).post == post


def _a_thread_of_ten(platform: str) -> Post:
    texts = [{"text": f"Part {number} of {platform}"} for number in range(1, 11)]
    item = factories.make_item(publish_at=timezone.now(), follow_ups=texts)
    return factories.make_post(item, factories.make_account(platform, options={"follow_ups": True}))


@pytest.mark.parametrize(
    ("platform", "moment", "place", "on_wall"),
    _deaths(STEPS_OF_PARTS, "twitter") + _deaths(STEPS_OF_PARTS[5:], "facebook", "instagram"),
)
def test_a_thread_that_is_killed_anywhere_goes_on_at_the_missing_part(
    sandbox, media_root, platform, moment, place, on_wall
):
    nth = 6 if platform == "twitter" else 2
    post = _a_thread_of_ten(platform)
    kill_a_worker(moment, place.format(connector=CONNECTORS[platform]), nth)
    assert len(sandbox.wall) == on_wall + nth - 1

    live_through(Clock(), post)

    assert [posting.text for posting in sandbox.wall if posting.reply_to] == [
        f"Part {number} of {platform}" for number in range(1, 11)
    ]
    assert len(sandbox.wall) == 11
    assert set(post.parts.values_list("status", flat=True)) == {"published"}


@pytest.mark.parametrize("moment", ["before", "after"])
def test_what_follows_is_laid_with_the_outcome_of_the_post_or_not_at_all(sandbox, media_root, moment):
    post = _a_thread_of_ten("facebook")
    kill_a_worker(moment, "social_queue.follow_ups:lay")
    assert len(sandbox.wall) == 1
    assert not post.parts.exists()

    live_through(Clock(), post)

    assert len(sandbox.wall) == 11
    assert set(post.parts.values_list("status", flat=True)) == {"published"}


@pytest.mark.parametrize(
    ("platform", "moment", "place", "on_wall"),
    _deaths(STEPS_OF_PARTS[5:], "telegram"),
)
def test_a_part_that_cannot_be_asked_about_is_left_to_a_human_and_holds_the_rest(
    sandbox, media_root, platform, moment, place, on_wall
):
    post = _a_thread_of_ten(platform)
    kill_a_worker(moment, place.format(connector=CONNECTORS[platform]), 3)
    assert len(sandbox.wall) == on_wall + 2
    clock = Clock()
    live_through(clock, post)

    stands = post.parts.filter(status=Post.Status.UNKNOWN).first()
    if stands is not None:
        assert (stands.number, len(sandbox.wall)) == (4, on_wall + 2)
        assert Alert.objects.get(kind=Alert.Kind.UNDECIDED).post == post
        is_out = on_wall == 2
        act = acts.confirm_published if is_out else acts.deny_published
        assert act(stands, now=clock())
        dispatch.drain(clock=clock)
    assert [posting.text for posting in sandbox.wall if posting.reply_to] == [
        f"Part {number} of telegram" for number in range(1, 11)
    ]


def test_a_stale_worker_may_not_send(sandbox, now):
    post = factories.make_post(factories.make_item(publish_at=now), factories.make_account("facebook"))
    [stale] = claim.claim(now=now, worker="stale", limit=20).attempts
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    [fresh] = claim.claim(now=later, worker="fresh", limit=20).attempts

    assert not deliver.begin_sending(stale, now=later)
    assert deliver.deliver(stale, clock=lambda: later) is None
    assert sandbox.wall == []
    assert deliver.deliver(fresh, clock=lambda: later).outcome == "published"
    post.refresh_from_db()
    assert post.attempts_made == 2
    assert len(sandbox.wall) == 1


def test_an_answer_that_comes_after_the_lease_still_counts(now, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    [attempt] = claim.claim(now=now, worker="slow", limit=20).attempts
    assert deliver.begin_sending(attempt, now=now)
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    post.refresh_from_db()
    assert post.status == Post.Status.UNKNOWN

    outcomes.record(attempt, Published("1_2", "https://facebook.test/1_2"), now=later)

    post.refresh_from_db()
    assert (post.status, post.external_id) == (Post.Status.PUBLISHED, "1_2")


def test_a_late_answer_behind_a_newer_attempt_is_told_to_a_human(now, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    [attempt] = claim.claim(now=now, worker="slow", limit=20).attempts
    assert deliver.begin_sending(attempt, now=now)
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    post.refresh_from_db()
    reconcile.found_out(post, None, now=later)
    claim.claim(now=later, worker="fresh", limit=20)

    outcomes.record(attempt, Published("1_2"), now=later)

    post.refresh_from_db()
    assert post.status == Post.Status.PUBLISHING
    assert Alert.objects.get(kind=Alert.Kind.DOUBLE_RISK).post == post
