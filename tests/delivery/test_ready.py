"""Which posts are worded and begun by their claim, and what becomes of one that is not sent at once."""

from datetime import timedelta

import pytest

from connectors.facebook import Facebook
from social_queue import approvals
from social_queue.delivery import claim, deliver, dispatch
from social_queue.delivery.claims.taken import Begin
from social_queue.delivery.sweeps import leases, missed, reconcile
from social_queue.models import Attempt, Post, QueueItem
from social_queue.wording.templates.finding import Shelf
from tests import factories
from tests.support.clock import Clock
from tests.support.clusters import until

pytestmark = pytest.mark.django_db(transaction=True)


def take(now, **asked) -> claim.Claim:
    return claim.claim(now=now, worker="w", limit=20, begin=Begin(Shelf()), **asked)


def test_a_post_of_words_alone_has_passed_its_point_of_no_return(now, facebook_account, settings):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    taken = take(now)
    post.refresh_from_db()
    assert list(taken.ready) == [post.pk]
    assert Attempt.objects.get().sent_at == now
    assert (post.status, post.attempts_made, post.in_flight_account) == ("publishing", 1, facebook_account.pk)
    assert post.lease_until == now + timedelta(seconds=settings.LEASE_SECONDS)
    assert (post.sent_to, post.short_link in post.caption) == (facebook_account.address, True)
    assert taken.ready[post.pk].outgoing.text == post.caption
    assert leases.expire_leases(post.lease_until) == {"unknown": 1}


@pytest.mark.parametrize(
    ("platform", "fields", "site"),
    [
        ("facebook", {"image_url": "https://example.com/a.jpg"}, {}),
        ("instagram", {}, {"CARDS": "off"}),
        ("telegram", {}, {"CARDS": "auto"}),
        ("telegram", {}, {"LINK_MODE": "bitly", "BITLY_TOKEN": "sandbox-bitly"}),
        ("twitter", {"title": "far too long to fit " * 14}, {}),
    ],
)
def test_what_takes_time_or_cannot_be_worded_is_only_claimed(now, settings, platform, fields, site):
    for name, value in site.items():
        setattr(settings, name, value)
    post = factories.make_post(factories.make_item(publish_at=now, **fields), factories.make_account(platform))
    taken = take(now)
    assert (len(taken.attempts), taken.ready) == (1, {})
    assert Attempt.objects.get().sent_at is None
    post.refresh_from_db()
    assert (post.status, post.caption, post.short_link, post.sent_to) == ("publishing", "", "", "")
    # As the thread gets it, too: it must see itself what it still has to write.
    assert (taken.attempts[0].post.caption, taken.attempts[0].post.sent_to) == ("", "")


def test_what_a_platform_prepares_is_only_claimed(now, facebook_account, monkeypatch):
    monkeypatch.setattr(Facebook, "words_need_preparing", True)
    factories.make_item(facebook_account, publish_at=now)
    assert take(now).ready == {}


def test_what_was_changed_after_its_approval_is_only_claimed(now, facebook_account):
    kept, changed = (factories.make_item(publish_at=now) for _ in range(2))
    for item in (kept, changed):
        approvals.grant(item, person=None, now=now)
        factories.make_post(item, factories.make_account("facebook"))
    QueueItem.objects.filter(pk=changed.pk).update(title="Another")
    assert list(take(now).ready) == [kept.posts.get().pk]


def test_a_second_attempt_is_only_claimed(now, facebook_account):
    factories.make_post(factories.make_item(publish_at=now), facebook_account, attempts_made=1)
    assert take(now).ready == {}


def test_a_worker_that_stood_still_before_the_call_asks_whether_the_post_is_still_its_own(
    sandbox, now, facebook_account
):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    taken = take(now)
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    post.refresh_from_db()
    reconcile.found_out(post, None, now=later)
    [fresh] = claim.claim(now=later, worker="fresh", limit=20).attempts

    assert deliver.answer(taken.attempts[0], clock=lambda: later, ready=taken.ready[post.pk]) is None
    assert sandbox.wall == []
    assert deliver.deliver(fresh, clock=lambda: later).outcome == "published"
    assert len(sandbox.wall) == 1


def test_a_worker_that_stood_still_for_a_moment_begins_once_more(sandbox, now, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    taken = take(now)
    later = now + timedelta(seconds=30)
    assert deliver.answer(taken.attempts[0], clock=lambda: later, ready=taken.ready[post.pk]).record()
    assert (Attempt.objects.get().sent_at, Post.objects.get().status) == (later, "published")
    assert len(sandbox.wall) == 1


@pytest.mark.only_on("sqlite")  # the servers take no such row
@pytest.mark.parametrize("follows", [False, True])
def test_words_that_cannot_be_stored_keep_nobody_else_from_publishing(sandbox, now, settings, follows):
    settings.LEASE_SECONDS = 300
    clock, bad, fine = Clock(), factories.make_account("facebook"), factories.make_account("facebook")
    if follows:
        factories.make_item(bad, publish_at=clock() - timedelta(minutes=2))
    # No door takes half a character in; a row that came in before it was looked for may hold one.
    factories.make_item(bad, publish_at=clock() - timedelta(minutes=1), data={"game": "half of \ud83d it"})
    factories.make_item(fine, publish_at=clock())
    dispatch.drain(clock=clock)
    assert fine.posts.get().status == "published"
    assert list(bad.posts.order_by("pk").values_list("attempts_made", flat=True)) == [1, 1][not follows :]
    assert not Attempt.objects.filter(sent_at__isnull=False, post__status="publishing").exists()


def test_what_was_missed_and_cannot_be_seen_to_keeps_nothing_that_was_claimed_beside_it(sandbox, monkeypatch):
    clock, fine = Clock(), factories.make_account("facebook")
    late = factories.make_account("facebook", late_policy="skip", last_served_at=clock() - timedelta(hours=9))
    factories.make_item(late, publish_at=clock() - timedelta(hours=8))
    factories.make_item(fine, publish_at=clock())
    with monkeypatch.context() as broken:
        broken.setattr(missed, "settle", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            dispatch.drain(clock=clock)
    until(lambda: fine.posts.get().status == "published", seconds=60, what="what was claimed is not sent")
    assert dispatch.drain(clock=clock) == {}
    assert late.posts.get().status == "cancelled"


def test_a_worker_whose_clock_was_set_back_begins_once_more(sandbox, now, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    taken = take(now)
    earlier = now - timedelta(minutes=1)
    assert deliver.answer(taken.attempts[0], clock=lambda: earlier, ready=taken.ready[post.pk]).record()
    assert (Attempt.objects.get().sent_at, Post.objects.get().status) == (earlier, "published")
