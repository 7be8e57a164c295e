"""Nobody knows whether it is out: the platform is asked first, then a human; nothing is sent blindly."""

from datetime import timedelta

import pytest

from connectors import errors
from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.sweeps import expiry, leases, reconcile
from social_queue.models import Alert, PlatformAccount, Post
from social_queue.operations import undecided
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

READABLE = ["facebook", "instagram", "twitter"]


@pytest.fixture
def clock():
    return Clock()


def send(sandbox, platform, clock, *scenarios, **account):
    """One post sent on a bad day. Returns it as it is afterwards."""
    place = factories.make_account(platform, **account)
    sandbox.scenario(place.address, scenarios[0], times=1)
    post = factories.make_post(factories.make_item(publish_at=clock()), place)
    dispatch.drain(clock=clock)
    post.refresh_from_db()
    return post


def ask(clock, **later):
    clock.forward(**later)
    return reconcile.reconcile_unknown(clock())


@pytest.mark.parametrize("platform", READABLE)
@pytest.mark.parametrize("scenario", ["accept_then_500", "accept_then_hang_up"])
def test_what_is_found_is_published_with_its_id_and_address(sandbox, media_root, clock, platform, scenario):
    post = send(sandbox, platform, clock, scenario)
    assert (post.status, len(sandbox.wall)) == ("unknown", 1)
    assert ask(clock, minutes=2) == {}, "the platform must have had time to index"

    assert ask(clock, minutes=2) == {"published": 1}

    post.refresh_from_db()
    [posting] = sandbox.wall
    assert (post.external_id, post.permalink) == (posting.id, posting.permalink)
    assert (post.error, post.waiting_since_at, post.item.status) == ("", None, "posted")
    assert Alert.objects.count() == 0


@pytest.mark.parametrize("platform", READABLE)
def test_what_is_surely_absent_is_sent_again_once(sandbox, media_root, clock, platform):
    post = send(sandbox, platform, clock, "server_error")
    assert (post.status, sandbox.wall) == ("unknown", [])

    assert ask(clock, minutes=4) == {"pending": 1}
    assert dispatch.drain(clock=clock) == {"published": 1}

    post.refresh_from_db()
    assert [posting.id for posting in sandbox.wall] == [post.external_id]
    assert post.failures_in_row == 0


@pytest.mark.parametrize("platform", READABLE)
def test_every_lost_try_gives_the_platform_its_time_anew(sandbox, media_root, clock, platform):
    """A listing lags behind: what is not in it a moment after the second try is not surely absent."""
    post = send(sandbox, platform, clock, "server_error")
    assert ask(clock, minutes=4) == {"pending": 1}
    sandbox.scenario(post.account.address, "accept_then_hang_up", times=1)
    dispatch.drain(clock=clock)

    for seconds in (0, 60, 119):
        assert ask(clock, seconds=seconds) == {}
    assert ask(clock, seconds=1) == {"published": 1}


@pytest.mark.parametrize("asked_after", [5, 179])
def test_so_does_a_worker_that_vanished_while_the_platform_answered(now, facebook_account, settings, asked_after):
    settings.LEASE_SECONDS = 4
    factories.make_item(facebook_account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="doomed", limit=1).attempts
    deliver.begin_sending(attempt, now=now)
    assert leases.expire_leases(now + timedelta(seconds=5)) == {"unknown": 1}

    assert reconcile.reconcile_unknown(now + timedelta(seconds=asked_after)) == {}
    assert Post.objects.get().not_before == now + timedelta(seconds=180)


def test_what_cannot_be_asked_is_told_to_a_human_after_half_an_hour_once(sandbox, clock):
    post = send(sandbox, "telegram", clock, "accept_then_hang_up")
    for _ in range(5):
        assert ask(clock, minutes=5) == {"unknown": 1}
    assert Alert.objects.count() == 0

    for _ in range(6):
        ask(clock, minutes=5)

    alert = Alert.objects.get()
    assert (alert.kind, alert.post) == ("undecided", post)
    assert post.account.slug in alert.text
    assert post.short_link in alert.text
    assert "Open the chat" in alert.text
    assert (alert.raised_at - post.waiting_since_at).total_seconds() == 1800
    assert Post.objects.get().status == "unknown"
    assert len(sandbox.wall) == 1


@pytest.mark.parametrize("platform", READABLE)
def test_a_platform_that_will_not_be_read_leaves_it_to_a_human(sandbox, media_root, clock, platform):
    post = send(sandbox, platform, clock, "accept_then_hang_up")
    sandbox.scenario(post.account.address, "token_expired")
    for _ in range(8):
        ask(clock, minutes=5)

    assert Post.objects.get().status == "unknown"
    assert sorted(Alert.objects.values_list("kind", flat=True)) == ["token_invalid", "undecided"]
    assert PlatformAccount.objects.get().status == "needs_token"


def test_a_human_who_sees_it_ends_the_doubt(sandbox, clock):
    post = send(sandbox, "telegram", clock, "accept_then_hang_up")
    for _ in range(7):
        ask(clock, minutes=5)
    post.refresh_from_db()

    seen = undecided.confirm_published(post, now=clock(), external_id="102", permalink="https://t.me/c/1234567890/102")

    post.refresh_from_db()
    assert seen
    assert (post.status, post.external_id, post.item.status) == ("published", "102", "posted")
    assert Alert.objects.get().resolved_at
    assert not undecided.confirm_published(post, now=clock())


def test_a_human_who_misses_it_has_it_sent(sandbox, clock):
    post = send(sandbox, "telegram", clock, "server_error")
    for _ in range(7):
        ask(clock, minutes=5)
    post.refresh_from_db()

    assert undecided.deny_published(post, now=clock())

    assert Alert.objects.get().resolved_at
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert len(sandbox.wall) == 1
    assert not undecided.deny_published(Post.objects.select_related("item", "account").get(), now=clock())


def test_an_account_may_ask_for_sending_again_but_not_for_ever(sandbox, clock):
    post = send(sandbox, "telegram", clock, "accept_then_hang_up", resend_unknown=True)
    sandbox.scenario(post.account.address, "accept_then_hang_up")
    for _ in range(60):
        clock.forward(minutes=5)
        reconcile.reconcile_unknown(clock())
        dispatch.drain(clock=clock)

    assert len(sandbox.wall) == 4, "the first and three more"
    assert Post.objects.get().status == "unknown"
    assert Alert.objects.filter(kind="undecided").count() == 1


def test_sending_again_waits_its_half_hour(sandbox, clock):
    send(sandbox, "telegram", clock, "accept_then_hang_up", resend_unknown=True)
    for _ in range(5):
        assert ask(clock, minutes=5) == {"unknown": 1}
    assert ask(clock, minutes=6) == {"pending": 1}


def test_surely_absent_too_often_is_given_up_and_told(sandbox, clock):
    post = send(sandbox, "facebook", clock, "server_error")
    sandbox.scenario(post.account.address, "server_error")
    for _ in range(12):
        clock.forward(minutes=5)
        reconcile.reconcile_unknown(clock())
        dispatch.drain(clock=clock)

    post.refresh_from_db()
    assert (post.status, post.item.status, sandbox.wall) == ("failed", "failed", [])
    assert [alert.kind for alert in Alert.objects.order_by("pk")] == ["failing", "given_up"]
    assert len(sandbox.creating_calls()) == 4


def test_what_expired_while_undecided_is_not_sent_late(sandbox, clock):
    post = send(sandbox, "facebook", clock, "server_error")
    type(post.item).objects.update(expires_at=clock() + timedelta(minutes=1))

    assert ask(clock, minutes=4) == {"pending": 1}
    dispatch.drain(clock=clock)

    post.refresh_from_db()
    assert (post.status, post.error_kind, sandbox.wall) == ("cancelled", "too_late", [])


def test_what_is_sent_again_after_doubt_waits_no_longer(sandbox, clock):
    send(sandbox, "facebook", clock, "server_error")
    assert ask(clock, minutes=4) == {"pending": 1}
    assert Post.objects.get().waiting_since_at is None


def test_one_post_that_cannot_be_settled_does_not_stand_in_the_way_of_others(sandbox, clock, monkeypatch):
    stuck = send(sandbox, "facebook", clock, "accept_then_hang_up")
    fine = send(sandbox, "facebook", clock, "accept_then_hang_up")
    original = reconcile.found_out

    def strange(post, found, **details):
        if post.pk == stuck.pk:
            raise RuntimeError("the row can't be written")
        return original(post, found, **details)

    monkeypatch.setattr(reconcile, "found_out", strange)

    counts = ask(clock, minutes=4)

    assert counts["published"] == 1
    fine.refresh_from_db()
    assert fine.status == "published"


def test_the_platforms_trouble_with_the_account_is_heeded_when_asking(sandbox, clock, monkeypatch):
    post = send(sandbox, "facebook", clock, "accept_then_hang_up")
    limited = errors.RateLimited("Calls are limited.", retry_after=900)
    monkeypatch.setattr("connectors.facebook.Facebook.find_existing", lambda *_: (_ for _ in ()).throw(limited))

    assert ask(clock, minutes=4) == {"unknown": 1}

    post.account.refresh_from_db()
    assert post.account.paused_until == clock() + timedelta(minutes=15)


@pytest.mark.parametrize("status", ["paused", "needs_token", "blocked"])
def test_what_expires_on_a_stopped_account_is_cancelled_too(now, status):
    stopped = factories.make_account("facebook", status=status)
    late = factories.make_post(factories.make_item(publish_at=now, expires_at=now + timedelta(hours=1)), stopped)
    kept = factories.make_post(factories.make_item(publish_at=now), stopped)
    assert expiry.cancel_expired(now + timedelta(minutes=59)) == 0

    assert expiry.cancel_expired(now + timedelta(minutes=61)) == 1

    late.refresh_from_db()
    kept.refresh_from_db()
    assert (late.status, late.item.status, kept.status) == ("cancelled", "cancelled", "pending")


def test_the_alert_of_a_post_ends_when_it_is_too_late(now, facebook_account):
    item = factories.make_item(publish_at=now, expires_at=now + timedelta(hours=1))
    post = factories.make_post(item, facebook_account, attempts_made=3, failures_in_row=3)
    alert = reconcile.ledger.raise_for_post("failing", post, reason="r", now=now)
    claim.claim(now=now + timedelta(hours=2), worker="w", limit=1)
    alert.refresh_from_db()
    assert alert.resolved_at


def test_a_limit_that_is_over_is_forgotten_when_the_account_is_served(now):
    account = factories.make_account("facebook", paused_until=now - timedelta(minutes=1))
    factories.make_item(account, publish_at=now)
    claim.claim(now=now, worker="w", limit=1)
    account.refresh_from_db()
    assert account.paused_until is None


@pytest.mark.parametrize("resend", [False, True])
def test_an_answer_that_cannot_be_written_down_ends_with_a_human_and_is_not_sent_again(
    sandbox, clock, monkeypatch, resend
):
    post = send(sandbox, "facebook", clock, "accept_then_hang_up", resend_unknown=resend)

    def refuses(*_):
        raise ValueError("no such letter")

    monkeypatch.setattr(reconcile.states, "proof", refuses)
    for _ in range(8):
        ask(clock, minutes=5)
        post.refresh_from_db()
        assert post.not_before > clock()
    assert (post.status, post.attempts_made, len(sandbox.wall)) == ("unknown", 1, 1)
    assert "could not be written down" in post.error and Alert.objects.get().kind == "undecided"

    monkeypatch.undo()
    assert ask(clock, minutes=5) == {"published": 1}
    assert Alert.objects.get().resolved_at == clock()
