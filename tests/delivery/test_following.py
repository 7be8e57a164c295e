"""What an account goes on with once its post is out: claimed and begun in the transaction that writes that down."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import OperationalError

from connectors.facebook import Facebook
from connectors.telegram import Telegram
from social_queue.delivery import claim, dispatch, outcomes
from social_queue.delivery.runs.run import Run
from social_queue.models import Attempt, PlatformAccount, Post
from social_queue.operations import posts as acts
from social_queue.operations.recalling import asking
from tests import factories
from tests.delivery import corrected
from tests.support.clock import Clock
from tests.support.commits import backend

pytestmark = pytest.mark.django_db(transaction=True)


def lay(account, count: int, *, publish_at, **fields) -> list[Post]:
    """So many posts of one account, due one after the other."""
    moments = [publish_at - timedelta(seconds=count - number) for number in range(count)]
    return [factories.make_post(factories.make_item(publish_at=one, **fields), account) for one in moments]


def order_of(sandbox, places) -> list[str]:
    """The slugs of the accounts, as their posts came out."""
    slugs = {account.address: account.slug for account in places}
    return [slugs[posting.address] for posting in sandbox.wall]


@pytest.fixture
def followed(monkeypatch) -> list[int]:
    """The ids of the posts that were claimed together with an outcome."""
    found, original = [], claim.follow

    def follow(*asked, **named):
        taken = original(*asked, **named)
        found.extend(attempt.post_id for attempt in taken.attempts)
        return taken

    monkeypatch.setattr(claim, "follow", follow)
    return found


def test_an_account_goes_on_in_the_transaction_that_writes_down_its_post(sandbox, facebook_account, followed):
    clock = Clock()
    laid = lay(facebook_account, 4, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 4}
    assert followed == [post.pk for post in laid[1:]]
    assert [posting.id for posting in sandbox.wall] == [Post.objects.get(pk=post.pk).external_id for post in laid]
    assert [(one.number, one.sent_at == one.started_at) for one in Attempt.objects.all()] == [(1, True)] * 4


def test_what_is_prepared_first_is_claimed_with_the_outcome_and_begun_by_itself(
    sandbox, facebook_account, followed, monkeypatch
):
    monkeypatch.setattr(Facebook, "words_need_preparing", True)
    clock = Clock()
    laid = lay(facebook_account, 3, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 3}
    assert followed == [post.pk for post in laid[1:]]
    assert len(sandbox.wall) == 3


def test_accounts_that_wait_for_a_free_hand_get_their_turn_first(sandbox, settings):
    settings.DISPATCH_BATCH = 1
    clock = Clock()
    places = [factories.make_account("facebook", slug=name) for name in ("a", "b", "c")]
    for account in places:
        lay(account, 2, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 6}
    assert order_of(sandbox, places) == ["a", "b", "c"] * 2


def test_an_account_that_comes_due_later_is_not_kept_waiting_by_one_with_much_to_send(sandbox, settings, answers):
    """Its only hand is full all the time: it looks up from it."""
    settings.DISPATCH_BATCH, sandbox.world.latency = 1, 0.15
    answers.hold(out=3)
    clock = Clock()
    busy, other = (factories.make_account("facebook", slug=name) for name in ("busy", "other"))
    lay(busy, 12, publish_at=clock())
    began = []

    def laid_in_the_middle():
        while len(sandbox.wall) < 3:
            time.sleep(0.01)
        lay(other, 1, publish_at=clock())
        began.append(len(sandbox.wall))
        answers.go()

    helper = threading.Thread(target=laid_in_the_middle)
    helper.start()
    assert dispatch.drain(clock=clock) == {"published": 13}
    helper.join()
    assert order_of(sandbox, [busy, other]).index("other") <= began[0] + 3


def test_a_deletion_that_is_due_is_not_kept_waiting_either(sandbox, settings):
    settings.DISPATCH_BATCH, settings.UNDO_SECONDS = 1, 0
    clock = Clock()
    account = factories.make_account("facebook", slug="with-a-mistake")
    lay(account, 1, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 1}
    busy = factories.make_account("facebook", slug="busy")
    lay(busy, 8, publish_at=clock())
    asking.recall(Post.objects.filter(account=account).select_related("item", "account"), now=clock())

    dispatch.drain(clock=clock)

    assert Post.objects.get(account=account).status == "recalled"
    gone = Attempt.objects.get(kind=Attempt.Kind.RECALL)
    assert Attempt.objects.filter(post__account=busy, pk__gt=gone.pk).exists()


@pytest.mark.parametrize("window", [1, 20])
@pytest.mark.parametrize("act", ["recall", "correct"])
def test_what_is_asked_for_of_an_account_with_much_to_send_does_not_wait_until_all_is_out(
    sandbox, settings, window, act, answers
):
    """Both need the account idle, and it goes on at once, whoever has a hand free."""
    settings.DISPATCH_BATCH, settings.UNDO_SECONDS = window, 0
    clock = Clock()
    account = factories.make_account("facebook", slug="busy")
    [wrong] = lay(account, 1, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 1}
    lay(account, 10, publish_at=clock())
    sandbox.world.latency = 0.15
    answers.hold(out=3)

    def ask():
        while len(sandbox.wall) < 3:
            time.sleep(0.01)
        post = Post.objects.filter(pk=wrong.pk).select_related("item", "account")
        if act == "recall":
            asking.recall(post, now=clock())
        else:
            corrected.ask(post.get(), clock)
        answers.go()

    asker = threading.Thread(target=ask)
    asker.start()
    dispatch.drain(clock=clock)
    asker.join()
    done = Attempt.objects.get(kind=act)
    assert done.outcome == ("recalled" if act == "recall" else "corrected")
    assert Attempt.objects.filter(post__account=account, pk__gt=done.pk).exists()


@pytest.mark.parametrize("change", [{"status": "paused"}, {"paused_until": factories.NOW + timedelta(days=999)}])
def test_an_account_that_was_stopped_meanwhile_does_not_go_on(sandbox, facebook_account, monkeypatch, change):
    clock, original = Clock(), Facebook.publish
    lay(facebook_account, 2, publish_at=clock())

    def publish(*asked):
        PlatformAccount.objects.update(**change)
        return original(*asked)

    monkeypatch.setattr(Facebook, "publish", publish)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert sorted(Post.objects.values_list("status", flat=True)) == ["pending", "published"]


def test_an_account_with_an_interval_rests_after_each_post(sandbox, followed):
    clock = Clock()
    lay(factories.make_account("facebook", min_interval_s=60), 2, publish_at=clock())
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert followed == []


def test_a_post_put_off_while_the_one_before_it_went_out_waits(sandbox, facebook_account, monkeypatch):
    clock, original = Clock(), Facebook.publish
    first, second = lay(facebook_account, 2, publish_at=clock())

    def publish(*asked):
        if sandbox.wall == []:
            acts.cancel(Post.objects.filter(pk=second.pk).select_related("item", "account"), now=clock())
        return original(*asked)

    monkeypatch.setattr(Facebook, "publish", publish)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert Post.objects.get(pk=second.pk).status == "cancelled"


def test_what_follows_a_post_in_its_thread_goes_before_the_next_post(sandbox):
    clock = Clock()
    account = factories.make_account("facebook", options={"follow_ups": True})
    lay(account, 2, publish_at=clock(), follow_ups=[{"text": "And this."}])
    while dispatch.drain(clock=clock):
        clock.forward(minutes=1)
    assert [bool(posting.reply_to) for posting in sandbox.wall] == [False, True, False, True]


def test_what_followed_without_our_hearing_of_it_is_sent_at_once_and_once(
    sandbox, facebook_account, followed, monkeypatch
):
    clock = Clock()
    lay(facebook_account, 2, publish_at=clock())
    lost, original = [OperationalError(2013, "Lost connection to server during query")], backend()._commit

    def commit(connection):
        original(connection)
        if followed and lost:
            raise lost.pop()

    monkeypatch.setattr(backend(), "_commit", commit)
    assert dispatch.drain(clock=clock) == {"published": 2}
    assert lost == []
    assert (len(sandbox.wall), len(sandbox.creating_calls()), Attempt.objects.count()) == (2, 2, 2)
    assert set(Post.objects.values_list("status", flat=True)) == {"published"}


def test_what_followed_without_our_hearing_of_it_is_sent_although_the_run_is_to_stop(
    sandbox, facebook_account, followed, monkeypatch
):
    clock = Clock()
    lay(facebook_account, 3, publish_at=clock())
    lost, original = [OperationalError(2013, "Lost connection to server during query")], backend()._commit

    def commit(connection):
        original(connection)
        if followed and lost:
            raise lost.pop()

    monkeypatch.setattr(backend(), "_commit", commit)
    Run(clock, stopped=lambda: not lost).run()
    assert sorted(Post.objects.values_list("status", flat=True)) == ["pending", "published", "published"]
    assert (len(sandbox.wall), Attempt.objects.count()) == (2, 2)


def test_what_is_sent_already_is_not_sent_again_when_the_rest_of_the_writing_fails(
    sandbox, facebook_account, monkeypatch
):
    sandbox.world.latency = 0.5
    clock = Clock()
    lay(facebook_account, 2, publish_at=clock())
    lost, original = [OperationalError(2006, "gone away")], outcomes._told

    def told(*asked):
        if lost:
            raise lost.pop()
        return original(*asked)

    monkeypatch.setattr(outcomes, "_told", told)
    assert dispatch.drain(clock=clock) == {"published": 2}
    assert lost == []
    assert (len(sandbox.wall), len(sandbox.creating_calls()), Attempt.objects.count()) == (2, 2, 2)


def test_an_outcome_is_written_although_what_follows_cannot_be_claimed(sandbox, facebook_account, monkeypatch):
    clock = Clock()
    lay(facebook_account, 2, publish_at=clock())
    with monkeypatch.context() as broken:
        broken.setattr(claim, "follow", lambda *_, **__: 1 / 0)
        assert dispatch.drain(clock=clock) == {"published": 2}
    assert len(sandbox.wall) == 2


def test_what_fails_after_it_followed_is_tried_again_like_any_other(sandbox, telegram_account, monkeypatch):
    clock = Clock()
    first, second = lay(telegram_account, 2, publish_at=clock())
    original = Telegram.publish

    def publish(connector, outgoing, draft):
        if sandbox.wall:
            sandbox.scenario(telegram_account.address, "rate_limit")
        return original(connector, outgoing, draft)

    with monkeypatch.context() as limited:
        limited.setattr(Telegram, "publish", publish)
        assert dispatch.drain(clock=clock) == {"published": 1, "rate_limited": 1}
    second.refresh_from_db()
    assert (second.status, second.attempts_made, bool(second.caption)) == ("pending", 1, True)
    sandbox.scenario(telegram_account.address, "ok")
    clock.forward(minutes=5)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert len(sandbox.wall) == 2


def test_who_goes_on_is_noted_as_served_about_once_a_second(sandbox, facebook_account, monkeypatch):
    clock, original = Clock(), Facebook.publish
    lay(facebook_account, 8, publish_at=clock())

    def publish(*asked):
        clock.forward(seconds=0.4)
        return original(*asked)

    monkeypatch.setattr(Facebook, "publish", publish)
    assert dispatch.drain(clock=clock) == {"published": 8}
    facebook_account.refresh_from_db()
    last = Attempt.objects.latest("pk").started_at
    assert last - timedelta(seconds=1) < facebook_account.last_served_at <= last
