"""What is due goes out, in the order and on the accounts it should."""

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from social_queue.accounts import standing
from social_queue.delivery import claim, dispatch
from social_queue.delivery.runs import run
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert, Attempt, PlatformAccount, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def four(sandbox, media_root):
    return [factories.make_account(platform) for platform in ("facebook", "instagram", "telegram", "twitter")]


def test_one_item_reaches_all_four_walls(sandbox, four, clock):
    picture = f"{sandbox.url}/_media/sample/photo.jpg"
    item = factories.make_item(*four, publish_at=clock(), image_url=picture)

    counts = dispatch.drain(clock=clock)

    assert counts == {"published": 4}
    item.refresh_from_db()
    assert item.status == "posted"
    assert sorted(posting.platform for posting in sandbox.wall) == sorted(account.platform for account in four)
    by_id = {posting.id: posting for posting in sandbox.wall}
    for post in item.posts.all():
        posting = by_id[post.external_id]
        assert posting.media_url
        assert post.short_link in posting.links
        assert item.title in posting.text
        assert post.permalink.startswith("http")
        assert post.attempts.get().sent_at


def test_without_a_picture_instagram_gets_a_card_and_the_others_a_text(sandbox, four, clock):
    factories.make_item(*four, publish_at=clock())

    assert dispatch.drain(clock=clock) == {"published": 4}

    assert {posting.platform for posting in sandbox.wall if posting.media_url} == {"instagram"}


def test_with_cards_switched_off_instagram_is_refused_and_the_others_go_out(sandbox, four, clock, settings):
    settings.CARDS = "off"
    item = factories.make_item(*four, publish_at=clock())

    assert dispatch.drain(clock=clock) == {"published": 3, "rejected": 1}

    refused = item.posts.get(platform="instagram")
    assert refused.status == Post.Status.FAILED
    assert "needs a picture" in refused.error
    assert refused.attempts.get().sent_at is None
    item.refresh_from_db()
    assert item.status == "partial"


def test_a_picture_in_a_form_that_instagram_refuses_is_converted(sandbox, four, clock):
    item = factories.make_item(*four, publish_at=clock(), image_url=f"{sandbox.url}/_media/sample/photo.webp")

    dispatch.drain(clock=clock)

    assert {post.status for post in item.posts.all()} == {"published"}, [post.error for post in item.posts.all()]


def test_something_that_is_no_picture_is_refused_before_anything_is_sent(sandbox, four, clock):
    item = factories.make_item(*four, publish_at=clock(), image_url=f"{sandbox.url}/_media/sample/text.html")

    dispatch.drain(clock=clock)

    assert {post.status for post in item.posts.all()} == {"failed"}
    assert sandbox.creating_calls() == []
    assert not Attempt.objects.filter(sent_at__isnull=False).exists()


def test_nothing_is_sent_before_its_time(sandbox, facebook_account, clock):
    factories.make_item(facebook_account, publish_at=clock() + timedelta(seconds=30))

    assert dispatch.drain(clock=clock) == {}
    clock.forward(seconds=31)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_what_has_expired_is_cancelled_as_too_late(sandbox, facebook_account, clock):
    item = factories.make_item(facebook_account, publish_at=clock(), expires_at=clock() + timedelta(minutes=5))
    clock.forward(minutes=6)

    assert dispatch.drain(clock=clock) == {}

    post = item.posts.get()
    assert (post.status, post.error_kind) == ("cancelled", "too_late")
    item.refresh_from_db()
    assert item.status == "cancelled"
    assert sandbox.wall == []


def test_transient_failures_are_retried_after_1_5_and_15_minutes_and_then_given_up(sandbox, facebook_account, clock):
    facebook_account.address = "closed"
    sandbox.scenario(facebook_account.address, "refuse")
    PlatformAccount.objects.update(address=facebook_account.address)
    item = factories.make_item(facebook_account, publish_at=clock())
    tried = []
    for _ in range(60):
        if dispatch.drain(clock=clock) + reconcile.reconcile_unknown(clock()):
            tried.append(clock())
        clock.forward(minutes=1)

    post = item.posts.get()
    assert post.status == "failed"
    assert sandbox.wall == []
    assert [alert.kind for alert in Alert.objects.order_by("pk")] == ["failing", "given_up"]
    assert Alert.objects.get(kind="failing").resolved_at


def test_a_refused_connection_waits_1_5_and_15_minutes(facebook_account, clock):
    item = factories.make_item(facebook_account, publish_at=clock())
    pauses = []
    for _ in range(3):
        assert dispatch.drain(clock=clock) == {"transient": 1}
        post = item.posts.get()
        pauses.append((post.not_before - clock()).total_seconds() / 60)
        clock.moment = post.not_before
    assert dispatch.drain(clock=clock) == {"transient": 1}

    assert pauses == [1, 5, 15]
    assert item.posts.get().status == "failed"


@pytest.mark.parametrize(("scenario", "kind", "status"), [
    ("token_expired", "token_invalid", "needs_token"),
    ("blocked", "account_blocked", "blocked"),
])  # fmt: skip
def test_a_refused_account_stops_and_its_posts_wait(sandbox, facebook_account, clock, scenario, kind, status):
    sandbox.scenario(facebook_account.address, scenario)
    first, second = (factories.make_item(facebook_account, publish_at=clock()) for _ in range(2))

    dispatch.drain(clock=clock)

    facebook_account.refresh_from_db()
    assert facebook_account.status == status
    assert {item.posts.get().status for item in (first, second)} == {"pending"}
    assert Alert.objects.filter(kind=kind).count() == 1
    assert sandbox.wall == []

    sandbox.scenario(facebook_account.address, "ok")
    standing.resume(facebook_account, now=timezone.now())
    assert dispatch.drain(clock=clock) == {"published": 2}


def test_a_rate_limited_account_rests_while_others_go_on(sandbox, four, clock):
    limited = four[0]
    sandbox.scenario(limited.address, "rate_limit", times=1)
    factories.make_item(*four, publish_at=clock())

    counts = dispatch.drain(clock=clock)

    assert counts == {"published": 3, "rate_limited": 1}
    limited.refresh_from_db()
    assert limited.paused_until > clock()
    post = Post.objects.get(account=limited)
    assert (post.status, post.failures_in_row) == ("pending", 0)
    clock.moment = limited.paused_until + timedelta(seconds=1)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_a_paused_account_neither_posts_nor_starves_others(sandbox, clock):
    paused, other = factories.make_account("facebook"), factories.make_account("facebook")
    standing.pause(paused)
    for _ in range(30):
        factories.make_item(paused, publish_at=clock() - timedelta(hours=1))
    factories.make_item(other, publish_at=clock())

    assert dispatch.drain(clock=clock) == {"published": 1}
    assert {posting.address for posting in sandbox.wall} == {other.address}


def test_the_least_recently_served_account_comes_first(now):
    busy, idle = factories.make_account("facebook"), factories.make_account("facebook")
    for _ in range(3):
        factories.make_item(busy, publish_at=now - timedelta(hours=1))
    factories.make_item(idle, publish_at=now)
    served = []
    for second in range(4):
        [attempt] = claim.claim(now=now + timedelta(seconds=second), worker="w", limit=1).attempts
        served.append(attempt.post.account)
        Post.objects.filter(pk=attempt.post_id).update(in_flight_account=None, status="failed")

    assert served == [busy, idle, busy, busy]


def test_posts_of_one_account_keep_their_interval(sandbox, clock):
    account = factories.make_account("facebook", min_interval_s=60)
    for _ in range(2):
        factories.make_item(account, publish_at=clock())

    assert dispatch.drain(clock=clock) == {"published": 1}
    clock.forward(seconds=59)
    assert dispatch.drain(clock=clock) == {}
    clock.forward(seconds=2)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_posts_of_one_account_go_out_one_at_a_time(sandbox, facebook_account, clock):
    for _ in range(5):
        factories.make_item(facebook_account, publish_at=clock())

    held = claim.claim(now=clock(), worker="w", limit=20).attempts

    assert len(held) == 1
    assert claim.claim(now=clock(), worker="other", limit=20).attempts == []


def test_many_workers_claim_every_post_once(clock):
    places = [factories.make_account("facebook") for _ in range(12)]
    for place in places:
        factories.make_item(place, publish_at=clock())
    taken, started = [], threading.Barrier(4)

    def work(name):
        started.wait()
        misses = 0
        while misses < 5:
            found = claim.claim(now=clock(), worker=name, limit=4)
            taken.extend(attempt.post_id for attempt in found.attempts)
            misses += not found.attempts and not found.contended
            time.sleep(0.001)

    crew = [threading.Thread(target=work, args=[f"w{number}"]) for number in range(4)]
    for thread in crew:
        thread.start()
    for thread in crew:
        thread.join(timeout=120)

    assert sorted(taken) == sorted(Post.objects.values_list("pk", flat=True))
    assert not Post.objects.exclude(attempts_made=1).exists()


def test_a_waiting_tick_publishes_what_comes_in_meanwhile(sandbox, facebook_account, settings, clock, monkeypatch):
    settings.TICK_BUDGET, came = 4, []

    def rest(seconds):
        """Nothing is due, and before it looks again something is."""
        if not came:
            came.append(factories.make_item(facebook_account, publish_at=clock()))
        clock.forward(seconds=seconds)

    monkeypatch.setattr(run, "time", SimpleNamespace(sleep=rest))
    dispatch.tick(clock=clock)

    [item], post = came, came[0].posts.get()
    assert post.status == "published"
    assert post.published_at - item.publish_at <= run.LOOK_EVERY


def test_an_instagram_container_that_is_not_ready_is_resumed(sandbox, instagram_account, media_root, clock):
    sandbox.scenario(instagram_account.address, "not_ready_twice")
    item = factories.make_item(instagram_account, publish_at=clock())
    for _ in range(8):
        dispatch.drain(clock=clock)
        clock.forward(minutes=2)

    post = item.posts.get()
    assert post.status == "published", post.error
    assert post.failures_in_row == 0
    assert len(sandbox.wall) == 1


def test_a_group_that_moved_is_followed(sandbox, clock):
    account = factories.make_account("telegram", address="-4200")
    sandbox.scenario("-4200", "migrate")
    factories.make_item(account, publish_at=clock())

    counts = dispatch.drain(clock=clock)

    account.refresh_from_db()
    assert counts == {"address_moved": 1, "published": 1}
    assert account.address != "-4200"
    assert [posting.address for posting in sandbox.wall] == [account.address]
