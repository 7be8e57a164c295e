"""Checks of tokens on a platform that does not answer take no more time than there is, and no other platform's."""

from datetime import timedelta

import pytest

from connectors.errors import TransientError
from connectors.facebook import Facebook
from social_queue import tasks
from social_queue.accounts import tokens
from social_queue.models import PlatformAccount
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

CALL_S = 35.0


@pytest.fixture
def hanging(sandbox, monkeypatch):
    """Ten Pages that hang, and a chat; the moment of the tests' own stopwatch, and the Pages in the order of asking."""
    passed, asked = [0.0], []

    def hang(self):
        passed[0] += CALL_S
        asked.append(self.address)
        raise TransientError("It did not answer.")

    for number in range(10):
        factories.make_account("facebook", address=f"page{number}")
    factories.make_account("telegram")
    monkeypatch.setattr(Facebook, "check_token", hang)
    for room in (tokens, tasks):
        monkeypatch.setattr(room, "monotonic", lambda: passed[0])
    return passed, asked


def test_the_others_are_checked_and_the_rest_is_left(hanging, now):
    passed, asked = hanging
    counts = tokens.check_all(now, ends=passed[0] + 3 * CALL_S)
    assert counts == {"unchecked": 10, "valid": 1} and len(asked) == 3


def test_whoever_was_checked_longest_ago_comes_first(hanging, now):
    passed, asked = hanging
    PlatformAccount.objects.filter(platform="facebook").update(token_checked_at=now)
    PlatformAccount.objects.filter(address="page7").update(token_checked_at=now - timedelta(days=1))
    PlatformAccount.objects.filter(address="page8").update(token_checked_at=None)
    tokens.check_all(now, ends=passed[0] + 3 * CALL_S)
    assert asked == ["page8", "page7", "page0"]


def test_the_task_keeps_to_its_time_and_a_command_takes_what_it_needs(hanging, now, settings):
    _passed, asked = hanging
    settings.Q_TIMEOUT = 4 * CALL_S
    assert tasks.check_tokens() == {"unchecked": 10, "valid": 1} and len(asked) == 2
    tokens.check_all(now)
    assert len(asked) == 12
