"""When a failed try is repeated: the table, row by row."""

from datetime import timedelta

import pytest

from connectors import errors
from social_queue.delivery import retry

ASK = timedelta(minutes=3)
MINUTE = timedelta(minutes=1)


def decide(error, *, failures=0, sent=False, waited=False):
    return retry.decide(error, failures=failures, sent=sent, ask_after=ASK, waited=waited)


@pytest.mark.parametrize(
    ("failures", "to", "minutes", "alert"),
    [(0, "pending", 1, ""), (1, "pending", 5, ""), (2, "pending", 15, "failing"), (3, "failed", 0, "given_up")],
)
def test_passing_trouble_is_tried_again_three_times(failures, to, minutes, alert):
    decision = decide(errors.TransientError("t"), failures=failures)
    assert (decision.to, decision.wait, decision.alert) == (to, minutes * MINUTE, alert)
    assert decision.failures == failures + 1
    assert not decision.account and not decision.account_rests


@pytest.mark.parametrize(
    ("told", "minutes"), [(None, 1), (0, 1), (5, 1), (300, 5), (86400, 1440), (-7, 1), (1e12, 31 * 1440)]
)
def test_a_limit_is_waited_for_at_least_a_minute_and_at_most_a_month(told, minutes):
    decision = decide(errors.RateLimited("slow down", retry_after=told), failures=2)
    assert (decision.to, decision.wait) == ("pending", minutes * MINUTE)
    assert decision.failures == 2
    assert decision.account_rests


@pytest.mark.parametrize(("told", "waited", "seconds"), [(20, False, 20), (0, False, 0), (0, True, 60), (90, True, 90)])
def test_a_draft_that_is_never_ready_is_not_asked_about_without_pause(told, waited, seconds):
    decision = decide(errors.NotReady("wait", retry_after=told), failures=1, waited=waited)
    assert (decision.to, decision.wait.total_seconds(), decision.failures) == ("pending", seconds, 1)
    assert not decision.account_rests


@pytest.mark.parametrize(
    ("error", "to", "account", "alert"),
    [
        (errors.TokenInvalid("t"), "pending", "needs_token", "token_invalid"),
        (errors.AccountBlocked("b"), "pending", "blocked", "account_blocked"),
        (errors.AddressMoved("m", new_address="-100"), "pending", "", ""),
        (errors.Rejected("r"), "failed", "", "rejected"),
    ],
)
@pytest.mark.parametrize("sent", [False, True])
def test_a_refusal_says_that_nothing_is_out_even_after_sending(error, to, account, alert, sent):
    decision = decide(error, failures=1, sent=sent)
    assert (decision.to, decision.account, decision.alert) == (to, account, alert)
    assert decision.failures == 1
    assert decision.wait == timedelta(0)


@pytest.mark.parametrize("sent", [False, True])
def test_no_answer_is_never_followed_by_another_try(sent):
    decision = decide(errors.OutcomeUnknown("hung up"), failures=1, sent=sent)
    assert (decision.to, decision.wait, decision.failures, decision.alert) == ("unknown", ASK, 1, "")


@pytest.mark.parametrize("fault", [ValueError("v"), KeyError("k"), errors.ConnectorError("of no kind")])
def test_our_own_fault_fails_before_the_point_of_no_return_and_is_unknown_after_it(fault):
    assert (decide(fault).to, decide(fault).alert) == ("failed", "our_fault")
    after = decide(fault, sent=True)
    assert (after.to, after.wait, after.alert) == ("unknown", ASK, "our_fault")


@pytest.mark.parametrize(
    ("failures", "to", "alert"),
    [(0, "pending", ""), (1, "pending", ""), (2, "pending", "failing"), (3, "failed", "given_up")],
)
def test_what_is_surely_absent_is_sent_again_at_once_but_not_for_ever(failures, to, alert):
    decision = retry.absent(failures)
    assert (decision.to, decision.wait, decision.failures, decision.alert) == (to, timedelta(0), failures + 1, alert)
