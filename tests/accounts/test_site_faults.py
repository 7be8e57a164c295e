"""A platform that the site speaks to wrongly, as with a wrong version: no post and no token is at fault."""

import io

import pytest
from django.core.management import call_command

from connectors import errors
from connectors.facebook import Facebook
from social_queue.accounts import tokens
from social_queue.delivery import claim, deliver, dispatch, outcomes
from social_queue.delivery.sweeps import reconcile
from social_queue.models import Alert, Attempt, PlatformAccount, Post
from social_queue.upkeep import health_report as door
from tests import factories
from tests.support.clock import Clock
from tests.support.environment import NOWHERE
from tests.support.outages import due, look, state

pytestmark = pytest.mark.django_db(transaction=True)

WRONG_VERSION = errors.SiteFault("Meta: Unknown path components: /v99.0/me (2500). Look at GRAPH_API_VERSION.")


@pytest.fixture
def clock():
    return Clock()


class TestAFaultOfTheSite:
    @pytest.fixture
    def misspoken(self):
        """Every call is answered with ``misspoken.fault``: that the version does not exist. Call it to mend that."""
        with pytest.MonkeyPatch.context() as wrong:

            class Misspoken:
                fault: Exception = WRONG_VERSION
                __call__ = staticmethod(wrong.undo)

            says = Misspoken()
            for verb in ("prepare", "check_token", "find_existing"):
                wrong.setattr(Facebook, verb, lambda *_: (_ for _ in ()).throw(says.fault))
            yield says

    def test_all_posts_of_the_platform_wait_and_one_alert_says_why(self, sandbox, clock, misspoken):
        [place, *_] = due(clock, 3, 2)
        counts = look(clock, minutes=10)
        assert set(counts) == {"site_fault"}
        assert counts["site_fault"] <= 12
        assert set(Post.objects.values_list("status", "failures_in_row")) == {("pending", 0)}
        alert = Alert.objects.get()
        assert alert.kind == "site_fault"
        assert "GRAPH_API_VERSION" in alert.text and "5 posts on 2 accounts wait" in alert.text
        assert place.slug in alert.text
        assert set(PlatformAccount.objects.values_list("status", flat=True)) == {"active"}

    def test_the_first_pauses_it(self, sandbox, clock, misspoken):
        due(clock, 3)
        assert dispatch.drain(clock=clock) == {"site_fault": 1}
        assert Attempt.objects.get().outcome == "site_fault"
        assert state()

    def test_once_it_is_mended_everything_goes_on_in_order(self, sandbox, clock, misspoken):
        [place] = due(clock, 4)
        look(clock, minutes=2)
        misspoken()
        clock.forward(minutes=1)
        assert dispatch.drain(clock=clock) == {"published": 4}
        assert [posting.id for posting in sandbox.wall] == [
            post.external_id for post in Post.objects.order_by("not_before")
        ]
        assert Alert.objects.get().resolved_at

    def test_a_refusal_of_something_else_does_not_open_it(self, sandbox, clock, misspoken):
        due(clock, 3)
        dispatch.drain(clock=clock)
        misspoken.fault = errors.TokenInvalid("The token is dead.", http_status=400)
        clock.forward(minutes=1)
        assert dispatch.drain(clock=clock) == {"token_invalid": 1}
        assert state()

    def test_doctor_and_check_tokens_say_so(self, sandbox, clock, facebook_account, telegram_account, misspoken):
        tokens.check_all(clock(), force=True)
        assert state().since_at == clock()
        out = io.StringIO()
        call_command("check_tokens", stdout=out)
        lines = out.getvalue().splitlines()
        assert lines[0].startswith("fb-page: active. Its token could not be checked: ")
        assert "GRAPH_API_VERSION" in lines[0]
        assert lines[-1] == "1 unchecked, 1 valid"
        out = io.StringIO()
        with pytest.raises(SystemExit) as left:
            call_command("doctor", stdout=out)
        assert left.value.code == 1
        assert "Facebook does not take what this site sends" in out.getvalue()

    def test_health_calls_such_a_token_unchecked(self, sandbox, clock, facebook_account, misspoken):
        PlatformAccount.objects.update(token_checked_at=clock())
        assert door.report(clock())["tokens"]["fb"] == "valid"
        tokens.check_all(clock(), force=True)
        assert door.report(clock())["tokens"]["fb"] == "unchecked"

    def test_a_token_that_is_checked_again_ends_it_although_nothing_is_due(
        self, sandbox, clock, facebook_account, misspoken
    ):
        tokens.check_all(clock(), force=True)
        misspoken()
        assert tokens.check_all(clock(), force=True) == {"valid": 1}
        assert (state(), Alert.objects.get().resolved_at) == (None, clock())

    def test_a_post_that_is_asked_about_stays_undecided(self, sandbox, clock, facebook_account, misspoken):
        post = factories.make_post(account=facebook_account, status="unknown", attempts_made=1, not_before=clock())
        assert reconcile.reconcile_unknown(clock()) == {"unknown": 1}
        post.refresh_from_db()
        assert (post.status, state().kind) == ("unknown", "site_fault")

    def test_a_fault_of_the_site_after_sending_sends_nothing_twice(self, sandbox, clock, facebook_account):
        factories.make_item(facebook_account, publish_at=clock())
        [attempt] = claim.claim(now=clock(), worker="w", limit=1).attempts
        assert deliver.begin_sending(attempt, now=clock())
        assert outcomes.record(attempt, WRONG_VERSION, now=clock()).outcome == "site_fault"
        post = Post.objects.get()
        assert (post.status, post.failures_in_row, post.error_kind) == ("pending", 0, "site_fault")
        assert claim.claim(now=clock(), worker="w", limit=1).attempts == []


def test_an_outage_that_turns_out_to_be_a_wrong_setting_is_one_alert_at_a_time(sandbox, clock, settings, monkeypatch):
    settings.FACEBOOK_API_URL = NOWHERE
    due(clock, 2, 2)
    dispatch.drain(clock=clock)
    settings.FACEBOOK_API_URL = sandbox.url
    monkeypatch.setattr(Facebook, "prepare", lambda *_: (_ for _ in ()).throw(WRONG_VERSION))
    look(clock, minutes=2)
    still_open = Alert.objects.filter(resolved_at=None)
    assert [alert.kind for alert in still_open] == ["site_fault"]
    assert state().kind == "site_fault"
