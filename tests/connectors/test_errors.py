"""What a platform says of a wait becomes one that a clock can be set to."""

import math
from datetime import UTC, datetime, timedelta

import pytest

from connectors.errors import LONGEST_WAIT_S, NotReady, RateLimited
from social_queue.delivery import retry

HUGE = [math.inf, 10**400, 1e300, 10**12]
NAMES = ["inf", "10**400", "1e300", "10**12"]


@pytest.mark.parametrize("kind", [RateLimited, NotReady])
@pytest.mark.parametrize("said", [*HUGE, math.nan, -math.inf, -1, 0, 17], ids=[*NAMES, "nan", "-inf", "-1", "0", "17"])
def test_whatever_is_said_the_post_is_planned(kind, said):
    """A plan beyond the end of time, or at no time, was a fault of ours, and the answer was lost with it."""
    error = kind("Wait.", retry_after=said)
    assert not error.retry_after or 0 < error.retry_after <= LONGEST_WAIT_S
    decision = retry.decide(error, failures=0, sent=True, ask_after=timedelta(minutes=3))
    assert timedelta(0) <= decision.wait <= timedelta(days=31)
    assert datetime(2026, 12, 1, tzinfo=UTC) + decision.wait


@pytest.mark.parametrize("said", HUGE, ids=NAMES)
def test_without_an_end_is_as_long_as_it_gets(said):
    assert RateLimited("Wait.", retry_after=said).retry_after == LONGEST_WAIT_S


def test_no_number_names_nothing():
    assert RateLimited("Wait.", retry_after=math.nan).retry_after is None
