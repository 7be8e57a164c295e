"""What workers held that vanished: unsent it is tried again, sent it is undecided, and none kills workers for ever."""

from datetime import timedelta

import pytest

from connectors.base import Published
from social_queue.delivery import claim, deliver, outcomes
from social_queue.delivery.sweeps import leases
from social_queue.models import Alert, Attempt, Post
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_lease_renewed_a_moment_ago_is_not_taken_away(now, facebook_account):
    """The slow worker went on between the list of expired leases and the look at this one."""
    factories.make_item(facebook_account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="slow", limit=1).attempts
    later = now + timedelta(minutes=6)
    listed = Post.objects.select_related("item", "account").get()
    assert deliver.begin_sending(attempt, now=later)

    assert leases._expire(listed, later) == ""

    assert Post.objects.get().status == "publishing"
    assert outcomes.record(attempt, Published("1_2"), now=later).outcome == "published"
    assert Post.objects.get().status == "published"


def test_a_post_that_kills_its_workers_is_given_up(now, facebook_account):
    """A picture that makes the process run out of memory must not kill one worker after the other for ever."""
    factories.make_item(facebook_account, publish_at=now)
    for _ in range(20):
        claim.claim(now=now, worker="doomed", limit=1)
        now += timedelta(minutes=6)
        leases.expire_leases(now)

    post = Post.objects.get()
    assert (post.status, post.attempts_made) == ("failed", 8)
    assert "vanished" in post.error
    assert Alert.objects.get().kind == "given_up"


def vanished(post, *sent):
    """A post in the hands of a worker that vanished, after tries of which each was sent or not."""
    for was_sent in sent:
        factories.make_attempt(post, sent_at=factories.NOW if was_sent else None)
    lease = {"lease_until": factories.NOW, "in_flight_account": post.account_id}
    Post.objects.filter(pk=post.pk).update(status="publishing", attempts_made=len(sent), **lease)
    leases.expire_leases(factories.NOW)
    return Post.objects.get(pk=post.pk).status


@pytest.mark.parametrize(("sent", "status"), [((True, False), "pending"), ((False, True), "unknown")])
def test_the_last_try_decides_whether_it_may_be_out(now, facebook_account, sent, status):
    assert vanished(factories.make_post(factories.make_item(publish_at=now), facebook_account), *sent) == status


@pytest.mark.parametrize(
    ("tries", "status"),
    [([False] * 7, "pending"), ([False] * 8, "failed"), ([False] * 4 + [True] + [False] * 4, "pending")],
)
def test_only_workers_in_a_row_that_vanished_before_sending_end_a_post(now, facebook_account, tries, status):
    assert vanished(factories.make_post(factories.make_item(publish_at=now), facebook_account), *tries) == status


def test_workers_that_vanish_now_and_then_cost_nothing(now, facebook_account):
    post = factories.make_post(factories.make_item(publish_at=now), facebook_account)
    for _ in range(3):
        claim.claim(now=now, worker="w", limit=1)
        now += timedelta(minutes=6)
        assert leases.expire_leases(now) == {"pending": 1}
    post.refresh_from_db()
    assert (post.status, post.failures_in_row, post.not_before) == ("pending", 0, now)
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"lease_ended"}


@pytest.mark.parametrize("sent", [False, True])
def test_a_longer_lease_of_a_host_whose_settings_were_changed_first_is_not_over(now, facebook_account, settings, sent):
    factories.make_item(facebook_account, publish_at=now)
    ours, settings.LEASE_SECONDS = settings.LEASE_SECONDS, 1800
    [attempt] = claim.claim(now=now, worker="elsewhere:1", limit=1).attempts
    assert not sent or deliver.begin_sending(attempt, now=now)
    settings.LEASE_SECONDS = ours
    assert leases.expire_leases(now + timedelta(seconds=10)) == {}
    assert leases.expire_leases(now + timedelta(seconds=1799)) == {}
    assert leases.expire_leases(now + timedelta(seconds=1800)) == {"unknown" if sent else "pending": 1}
