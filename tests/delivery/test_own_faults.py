"""Our own faults: after sending they leave doubt and never a second post, and no secret goes out with their words."""

import json
import logging
from datetime import timedelta

import pytest
from django.db import OperationalError

from connectors import errors
from connectors.base import Published, TokenStatus
from connectors.facebook import Facebook
from social_queue.accounts import speaking, tokens
from social_queue.alerts import telling
from social_queue.delivery import claim, dispatch, outcomes
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert, Attempt, PlatformAccount, Post
from social_queue.operations import posts, undecided
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

#: A token with a shape that is known, and the account's own, which only the account knows.
SHAPED, OWN = "EAAGm0PX4ZCpsBAKZC", "sandbox-page-token"
LEAKY = f"GET https://graph.test/me?access_token={SHAPED}&x=1 with {OWN} failed"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def phone(sandbox, settings):
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", "-100777"
    return lambda: [posting.text for posting in sandbox.wall if posting.address == "-100777"]


def stumbles(monkeypatch, verb, fault, *, after=None):
    """The connector raises ``fault`` in ``verb``; ``after``: when the original has done its work."""
    original = getattr(Facebook, verb)

    def stumble(self, *arguments):
        if after is not None:
            original(self, *arguments)
        raise fault

    monkeypatch.setattr(Facebook, verb, stumble)


def read(post=None):
    rows = Post.objects.select_related("account", "item")
    return rows.get(pk=post.pk) if post else rows.get()


class TestAfterThePointOfNoReturn:
    @pytest.mark.parametrize(
        "fault",
        [
            KeyError("id"),
            ValueError("strange"),
            OperationalError(2006, "MySQL server has gone away"),
            errors.ConnectorError("of no kind"),
        ],
    )
    @pytest.mark.parametrize("prepared", [False, True])
    def test_a_fault_of_ours_leaves_the_post_undecided_and_nobody_sends_it_blindly(
        self, sandbox, facebook_account, clock, monkeypatch, fault, prepared
    ):
        monkeypatch.setattr(Facebook, "words_need_preparing", prepared)
        with monkeypatch.context() as broken:
            stumbles(broken, "publish", fault, after="the platform took it")
            factories.make_item(facebook_account, publish_at=clock())
            assert dispatch.drain(clock=clock) == {"our_fault": 1}
        post = read()
        assert (post.status, len(sandbox.wall)) == ("unknown", 1)
        assert Attempt.objects.get().sent_at == clock()
        alert = Alert.objects.get()
        assert (alert.kind, "Retry" in alert.text, "It may be out" in alert.text) == ("our_fault", False, True)

        assert posts.retry([post], now=clock()).taken == 0
        posts.requeue_now([post], now=clock())
        dispatch.drain(clock=clock)
        assert len(sandbox.wall) == 1

        reconcile.reconcile_unknown(clock.forward(minutes=4))
        assert (read().status, read().external_id, len(sandbox.wall)) == ("published", sandbox.wall[0].id, 1)

    def test_before_it_the_same_fault_fails_the_post(self, sandbox, facebook_account, clock, monkeypatch):
        stumbles(monkeypatch, "prepare", KeyError("id"))
        factories.make_item(facebook_account, publish_at=clock())
        assert dispatch.drain(clock=clock) == {"our_fault": 1}
        assert (read().status, Attempt.objects.get().sent_at) == ("failed", None)


class TestWhileThePlatformIsAsked:
    @pytest.fixture
    def lost(self, sandbox, facebook_account, clock):
        sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
        factories.make_item(facebook_account, publish_at=clock())
        dispatch.drain(clock=clock)
        return read()

    def test_a_fault_of_ours_never_means_absent(self, sandbox, lost, clock, monkeypatch):
        with monkeypatch.context() as broken:
            stumbles(broken, "find_existing", KeyError("data"))
            assert reconcile.reconcile_unknown(clock.forward(minutes=4)) == {"unknown": 1}
            assert dispatch.drain(clock=clock) == {}
        post = read()
        assert (post.status, post.not_before, len(sandbox.wall)) == ("unknown", clock() + timedelta(minutes=5), 1)
        assert reconcile.reconcile_unknown(clock.forward(minutes=5)) == {"published": 1}

    def test_a_human_who_decides_meanwhile_is_not_overruled(self, lost, clock, monkeypatch):
        def slow(self, *_):
            undecided.confirm_published(read(), now=clock(), external_id="1_2", permalink="")
            raise errors.TransientError("busy")

        monkeypatch.setattr(Facebook, "find_existing", slow)
        reconcile.reconcile_unknown(clock.forward(minutes=4))
        assert (read().status, read().external_id, read().error) == ("published", "1_2", "")

    def test_a_try_that_began_meanwhile_is_not_written_over(self, lost, clock, monkeypatch):
        def slow(self, *_):
            Post.objects.update(attempts_made=2, error="of the second try")
            raise errors.TransientError("busy")

        monkeypatch.setattr(Facebook, "find_existing", slow)
        reconcile.reconcile_unknown(clock.forward(minutes=4))
        assert read().error == "of the second try"


class TestSecrets:
    """Each place where a fault's words are kept is looked at by itself."""

    @pytest.fixture
    def seen(self, phone, clock, capsys, caplog):
        """All that was stored, told and logged, by place."""

        def look() -> dict[str, str]:
            telling.tell_due(clock())
            return {
                "posts": json.dumps(list(Post.objects.values_list("error", flat=True))),
                "attempts": json.dumps(list(Attempt.objects.values_list("error", flat=True))),
                "accounts": json.dumps(list(PlatformAccount.objects.values_list("last_error", flat=True))),
                "alerts": json.dumps(list(Alert.objects.values_list("text", flat=True))),
                "phone": json.dumps(phone()),
            }

        return look

    def leaks(self, seen) -> list[str]:
        return [place for place, words in seen().items() if SHAPED in words or OWN in words]

    def heard(self, seen) -> set[str]:
        """Where the fault is told at all: a place that keeps nothing proves nothing."""
        return {place for place, words in seen().items() if "graph.test" in words}

    @pytest.mark.parametrize(
        "fault",
        [ValueError(LEAKY), KeyError(LEAKY), errors.Rejected(LEAKY, detail=LEAKY), errors.ConnectorError(LEAKY)],
    )
    def test_of_a_fault_before_sending_nothing_leaks(self, seen, sandbox, facebook_account, clock, monkeypatch, fault):
        stumbles(monkeypatch, "prepare", fault)
        factories.make_item(facebook_account, publish_at=clock())
        dispatch.drain(clock=clock)
        assert self.leaks(seen) == []
        assert self.heard(seen) == {"posts", "attempts", "alerts", "phone"}

    @pytest.mark.parametrize("fault", [errors.TokenInvalid(LEAKY), errors.AccountBlocked(LEAKY)])
    def test_of_a_refused_account_nothing_leaks(self, seen, sandbox, facebook_account, clock, monkeypatch, fault):
        stumbles(monkeypatch, "publish", fault)
        factories.make_item(facebook_account, publish_at=clock())
        dispatch.drain(clock=clock)
        assert self.leaks(seen) == []
        assert self.heard(seen) == {"posts", "attempts", "accounts", "alerts", "phone"}

    def test_of_a_long_wait_nothing_leaks(self, seen, sandbox, facebook_account, clock, monkeypatch):
        stumbles(monkeypatch, "prepare", errors.NotReady(LEAKY, retry_after=0))
        factories.make_item(facebook_account, publish_at=clock())
        for _ in range(62):
            dispatch.drain(clock=clock)
            clock.forward(minutes=1)
        assert Alert.objects.get().kind == "waiting_long"
        assert self.leaks(seen) == []
        assert self.heard(seen) == {"posts", "attempts", "alerts", "phone"}

    def test_of_a_fault_while_asking_nothing_leaks(self, seen, sandbox, facebook_account, clock, monkeypatch):
        sandbox.scenario(facebook_account.address, "accept_then_hang_up", times=1)
        factories.make_item(facebook_account, publish_at=clock())
        dispatch.drain(clock=clock)
        stumbles(monkeypatch, "find_existing", RuntimeError(LEAKY))
        for _ in range(8):
            reconcile.reconcile_unknown(clock.forward(minutes=5))
        assert Alert.objects.get().kind == "undecided"
        assert self.leaks(seen) == []
        assert self.heard(seen) == {"posts", "alerts", "phone"}

    def test_of_a_token_check_nothing_leaks(self, seen, sandbox, facebook_account, clock, monkeypatch):
        monkeypatch.setattr(Facebook, "check_token", lambda self: TokenStatus(valid=False, detail=LEAKY))
        assert tokens.check(facebook_account, now=clock()) == "invalid"
        assert self.leaks(seen) == []
        assert self.heard(seen) == {"accounts", "alerts", "phone"}

    def test_of_a_lost_answer_nothing_reaches_the_log(self, facebook_account, now, caplog):
        """Looked at by a handler of its own, before anybody has cleaned the record."""
        heard: list[str] = []

        class Ear(logging.Handler):
            def emit(self, record):
                heard.append(record.getMessage())

        logger, ear = logging.getLogger("social_queue.delivery.outcomes"), Ear()
        logger.addHandler(ear)
        try:
            factories.make_item(facebook_account, publish_at=now)
            [attempt] = claim.claim(now=now, worker="w", limit=1).attempts
            outcomes.record(attempt, errors.OutcomeUnknown(LEAKY), now=now)
        finally:
            logger.removeHandler(ear)
        assert any("graph.test" in line for line in heard)
        assert [line for line in heard if SHAPED in line or OWN in line] == []

    def test_credentials_that_cannot_be_opened_cost_no_words(self, facebook_account, settings):
        settings.CREDENTIALS_KEY = ["x" * 43 + "="]
        facebook_account.refresh_from_db()
        assert speaking.words_of(ValueError("strange"), facebook_account) == "strange"
        assert speaking.words_of(ValueError(), facebook_account) == "ValueError"


def test_the_alert_of_a_post_ends_with_the_second_try_that_publishes_it(facebook_account, now):
    factories.make_item(facebook_account, publish_at=now)
    [first] = claim.claim(now=now, worker="w", limit=1).attempts
    outcomes.record(first, errors.RateLimited("slow", retry_after=60), now=now)
    Post.objects.update(waiting_since_at=now - timedelta(hours=2))
    later = now + timedelta(minutes=2)
    [second] = claim.claim(now=later, worker="w", limit=1).attempts
    outcomes.record(second, errors.RateLimited("slow", retry_after=60), now=later)
    assert Alert.objects.get(kind="waiting_long").resolved_at is None
    third_at = later + timedelta(minutes=2)
    [third] = claim.claim(now=third_at, worker="w", limit=1).attempts
    outcomes.record(third, Published("1_2"), now=third_at)
    assert Alert.objects.get(kind="waiting_long").resolved_at == third_at


def test_an_alert_raised_by_the_first_try_ends_with_the_second(facebook_account, now):
    from social_queue.alerts import ledger

    factories.make_item(facebook_account, publish_at=now)
    [first] = claim.claim(now=now, worker="w", limit=1).attempts
    outcomes.record(first, errors.TransientError("busy"), now=now)
    alert = ledger.raise_for_post("waiting_long", read(), reason="r", now=now)
    later = now + timedelta(minutes=2)
    [second] = claim.claim(now=later, worker="w", limit=1).attempts
    outcomes.record(second, Published("1_2"), now=later)
    alert.refresh_from_db()
    assert alert.resolved_at == later


def test_words_and_draft_of_a_try_that_failed_before_sending_are_those_of_the_next(
    sandbox, facebook_account, clock, monkeypatch
):
    item = factories.make_item(facebook_account, publish_at=clock())
    with monkeypatch.context() as broken:
        stumbles(broken, "prepare", errors.TransientError("busy"))
        assert dispatch.drain(clock=clock) == {"transient": 1}
    first = read()
    assert first.caption and item.title in first.caption
    type(item).objects.update(title="Changed after it was worded")
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert read().caption == first.caption
    assert item.title in sandbox.wall[0].text
