"""How a try ended is written down once, whatever the database and the platforms do meanwhile."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from connectors import errors
from connectors.base import Published
from connectors.facebook import Facebook
from social_queue.delivery import claim, consequences, deliver, dispatch, late_answers, outcomes
from social_queue.delivery.sweeps import leases, reconcile
from social_queue.models import Alert, Attempt, PlatformAccount, Post
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def attempt(facebook_account, now):
    """One claimed post that is about to be answered."""
    factories.make_item(facebook_account, publish_at=now)
    [attempt] = claim.claim(now=now, worker="w", limit=20).attempts
    assert deliver.begin_sending(attempt, now=now)
    return attempt


def chosen_as_victim(monkeypatch, owner, name):
    """The database takes back the transaction in which ``name`` is called for the first time, as in a deadlock."""
    original, calls = getattr(owner, name), []

    def once(*args, **kwargs):
        result = original(*args, **kwargs)
        calls.append(name)
        if len(calls) == 1:
            raise OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
        return result

    monkeypatch.setattr(owner, name, once)
    return calls


def test_a_transaction_that_is_done_again_begins_with_what_the_row_was(attempt, now, monkeypatch):
    calls = chosen_as_victim(monkeypatch, consequences, "for_people")

    outcomes.record(attempt, errors.TransientError("busy"), now=now)

    post = Post.objects.get()
    assert len(calls) == 2
    assert (post.status, post.failures_in_row) == ("pending", 1)
    assert Attempt.objects.get().outcome == "transient"


def test_a_publication_survives_a_deadlock(attempt, now, monkeypatch):
    from social_queue import states

    chosen_as_victim(monkeypatch, states, "settle")
    outcomes.record(attempt, Published("1_2"), now=now)
    assert Post.objects.get().external_id == "1_2"


def test_a_publication_survives_a_deadlock_after_its_post_was_moved(attempt, now, monkeypatch):
    attempt.number = attempt.post.attempts_made = 2
    Attempt.objects.update(number=2)
    Post.objects.update(attempts_made=2)
    calls = chosen_as_victim(monkeypatch, outcomes.ledger, "resolve_post")
    outcomes.record(attempt, Published("1_2"), now=now)
    assert (len(calls), Post.objects.get().external_id) == (2, "1_2")


def test_a_late_answer_survives_a_deadlock_with_its_alert_ended(attempt, now, monkeypatch):
    outcomes.record(attempt, errors.OutcomeUnknown("hung up"), now=now)
    post = Post.objects.select_related("item", "account").get()
    outcomes.ledger.raise_for_post(Alert.Kind.UNDECIDED, post, reason="hung up", now=now)
    calls = chosen_as_victim(monkeypatch, outcomes.ledger, "resolve_post")
    late_answers.take(attempt, Published("1_2"), now)
    assert (len(calls), Post.objects.get().status) == (2, "published")
    assert Alert.objects.get().resolved_at == now


def test_what_was_found_out_survives_a_deadlock(attempt, now, monkeypatch):
    outcomes.record(attempt, errors.OutcomeUnknown("hung up"), now=now)
    post = Post.objects.select_related("item", "account").get()
    chosen_as_victim(monkeypatch, reconcile.ledger, "resolve")
    assert reconcile.found_out(post, None, now=now) == "pending"
    assert Post.objects.get().failures_in_row == 1


@pytest.fixture
def prepared_account(facebook_account, monkeypatch):
    """Its posts pass their point of no return in a transaction of its own, as those with pictures do."""
    monkeypatch.setattr(Facebook, "words_need_preparing", True)
    return facebook_account


def test_a_database_that_hiccups_before_sending_costs_nothing(sandbox, prepared_account, monkeypatch):
    original, left = deliver.begin_sending, [OperationalError(2006, "gone away"), OperationalError(2003, "no")]

    def hiccup(*args, **named):
        return _raise(left.pop()) if left else original(*args, **named)

    monkeypatch.setattr(deliver, "begin_sending", hiccup)
    factories.make_item(prepared_account, publish_at=Clock()())
    assert dispatch.drain(clock=Clock()) == {"published": 1}
    assert (left, len(sandbox.wall)) == ([], 1)


def test_a_database_that_is_away_for_a_whole_lease_costs_a_retry_and_not_the_post(
    sandbox, prepared_account, monkeypatch, settings
):
    clock, settings.LEASE_SECONDS = Clock(), 1
    item = factories.make_item(prepared_account, publish_at=clock())
    with monkeypatch.context() as broken:
        broken.setattr(deliver, "begin_sending", lambda *_, **__: _raise(OperationalError(2006, "gone away")))
        assert dispatch.drain(clock=clock) == {"transient": 1}
    assert item.posts.get().status == "pending"
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {"published": 1}


def _raise(fault):
    raise fault


def test_an_undecided_post_gets_its_half_hour_even_if_it_waited_before(attempt, now):
    Post.objects.update(waiting_since_at=now - timedelta(hours=2))
    attempt.post.refresh_from_db()
    outcomes.record(attempt, errors.OutcomeUnknown("hung up"), now=now)
    assert Post.objects.get().waiting_since_at == now


def test_a_lease_that_ran_out_begins_the_half_hour_anew(attempt, now):
    Post.objects.update(waiting_since_at=now - timedelta(hours=2))
    later = now + timedelta(minutes=6)
    assert leases.expire_leases(later) == {"unknown": 1}
    assert Post.objects.get().waiting_since_at == later


def test_an_address_longer_than_its_column_does_not_cost_the_proof(attempt, now):
    outcomes.record(attempt, Published("1_2", "https://facebook.test/" + "x" * 600), now=now)
    post = Post.objects.get()
    assert (post.status, len(post.permalink)) == ("published", 500)


def test_a_chat_that_moved_to_where_another_account_posts_is_blocked_and_says_so(now):
    old = factories.make_account("telegram", address="-42", slug="tg-old")
    factories.make_account("telegram", address="-10042", slug="tg-new")
    factories.make_item(old, publish_at=now)
    [attempt] = claim.claim(now=now, worker="w", limit=20).attempts
    assert deliver.begin_sending(attempt, now=now)

    outcomes.record(attempt, errors.AddressMoved("It moved.", new_address="-10042"), now=now)

    old.refresh_from_db()
    assert (old.address, old.status) == ("-42", PlatformAccount.Status.BLOCKED)
    assert Post.objects.get().status == "pending"
    assert "tg-new" in Alert.objects.get(kind="account_blocked").text


def test_an_exception_with_a_kind_of_its_own_is_still_our_fault(attempt, now):
    fault = ValueError("strange")
    fault.kind = "something-nobody-has-ever-heard-of"
    delivery = outcomes.record(attempt, fault, now=now)
    assert delivery.outcome == "our_fault"
    assert Attempt.objects.get().outcome == "our_fault"
    assert Post.objects.get().error_kind == "our_fault"


def test_a_late_refusal_sends_an_undecided_post_again(attempt, now):
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    outcomes.record(attempt, errors.Rejected("no"), now=later)
    assert Post.objects.get().status == "pending"
    assert Attempt.objects.get().outcome == "rejected"


def test_a_late_silence_changes_nothing(attempt, now):
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    outcomes.record(attempt, errors.OutcomeUnknown("hung up"), now=later)
    assert Post.objects.get().status == "unknown"


def test_a_late_answer_for_a_cancelled_post_is_told_to_a_human(attempt, now):
    from social_queue.operations import posts

    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    posts.cancel(Post.objects.select_related("item", "account"), now=later)
    outcomes.record(attempt, Published("1_2"), now=later)
    assert Post.objects.get().status == "cancelled"
    alert = Alert.objects.get(kind="double_risk")
    assert alert.resolved_at is None
    assert "It was cancelled, but a late answer says it is out as 1_2." in alert.text
    assert "twice." not in alert.text.splitlines()[0], "It is out once, and that is too much."
    assert "delete on the platform what is there twice, or was cancelled" in alert.text


def test_a_limit_met_late_still_lets_the_account_rest(attempt, now):
    later = now + timedelta(minutes=6)
    leases.expire_leases(later)
    outcomes.record(attempt, errors.RateLimited("slow", retry_after=600), now=later)
    assert PlatformAccount.objects.get().paused_until == later + timedelta(minutes=10)


def test_a_shorter_limit_does_not_replace_a_longer_one(attempt, now):
    PlatformAccount.objects.update(paused_until=now + timedelta(hours=5))
    outcomes.record(attempt, errors.RateLimited("slow", retry_after=60), now=now)
    assert PlatformAccount.objects.get().paused_until == now + timedelta(hours=5)


def test_a_long_limit_is_told_once_after_an_hour(attempt, now):
    outcomes.record(attempt, errors.RateLimited("The day's cap.", retry_after=86400), now=now)
    assert consequences.long_waits(now + timedelta(minutes=59)) == 0
    assert consequences.long_waits(now + timedelta(minutes=61)) == 1
    assert consequences.long_waits(now + timedelta(minutes=66)) == 0
    assert Alert.objects.get(kind="waiting_long").occurrences == 1
