"""What a platform says may hold letters that a database does not take: what became of a post is written down anyway."""

from datetime import timedelta

import pytest

from connectors.errors import OutcomeUnknown, Rejected
from social_queue.accounts import speaking
from social_queue.delivery import dispatch
from social_queue.delivery.sweeps import rounds
from social_queue.models import Alert, Attempt, Post
from tests import factories
from tests.connectors.rawserver import RawServer, answer
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

#: As bytes: half an emoji, and a NUL that only PostgreSQL minds.
HALF, NUL = rb"Big win \ud83d", rb"bad \u0000 sign"
REFUSALS = {
    "facebook": (b'{"error":{"message":"Invalid parameter: ', b'","type":"OAuthException","code":100}}'),
    "telegram": (b'{"ok":false,"error_code":400,"description":"Bad Request: ', b'"}'),
}


@pytest.mark.parametrize("words", [HALF, NUL])
@pytest.mark.parametrize("platform", REFUSALS)
def test_a_refusal_is_written_down_whatever_letters_are_in_it(settings, platform, words):
    clock, (before, after) = Clock(), REFUSALS[platform]
    factories.make_item(factories.make_account(platform), publish_at=clock())
    with RawServer(answer(400, body=before + words + after)) as server:
        settings.FACEBOOK_API_URL = settings.TELEGRAM_API_URL = server.url
        assert dispatch.drain(clock=clock) == {"rejected": 1}
    post = Post.objects.get()
    assert (post.status, post.attempts_made) == ("failed", 1)
    assert "\ufffd" in post.error and "\ufffd" in Attempt.objects.get().error
    assert Alert.objects.get().kind == "rejected"


def test_an_answer_of_bytes_is_written_down(settings):
    clock = Clock()
    factories.make_item(factories.make_account("facebook"), publish_at=clock())
    with RawServer(answer(502, body=b"\x1f\x8b\x08\x00\x00\x00 garbage")) as server:
        settings.FACEBOOK_API_URL = server.url
        assert dispatch.drain(clock=clock) == {"outcome_unknown": 1}
    assert Attempt.objects.get().outcome == "outcome_unknown"


@pytest.mark.parametrize("words", [HALF, NUL])
def test_an_id_is_kept_whatever_letters_are_in_it(settings, words):
    clock = Clock()
    factories.make_item(factories.make_account("facebook"), publish_at=clock())
    with RawServer(answer(body=b'{"id": "1_' + words + b'"}')) as server:
        settings.FACEBOOK_API_URL = server.url
        assert dispatch.drain(clock=clock) == {"published": 1}
    assert "\ufffd" in Post.objects.get().external_id


@pytest.mark.parametrize("fault", [ValueError("\ud83d\x00"), Rejected("\ud83d", detail="\x00"), OutcomeUnknown("\x00")])
def test_words_of_any_fault_are_fit_to_be_written_down(fault):
    words = speaking.words_of(fault, factories.make_account("facebook"), with_detail=True)
    assert words and not {"\ud83d", "\x00"} & set(words)


def test_a_question_that_brings_half_an_emoji_comes_to_an_end_with_an_alert(sandbox, settings):
    clock, account = Clock(), factories.make_account("facebook")
    factories.make_item(account, publish_at=clock())
    sandbox.scenario(account.address, "accept_then_hang_up", times=1)
    assert dispatch.drain(clock=clock) == {"outcome_unknown": 1}
    refusal = b'{"error":{"message":"' + HALF + b'","type":"OAuthException","code":1}}'
    with RawServer(answer(400, body=refusal)) as server:
        settings.FACEBOOK_API_URL = server.url
        for _ in range(8):
            clock.forward(minutes=5)
            assert set(rounds.settle(clock()).asked) <= {"unknown"}
    post = Post.objects.get()
    assert post.not_before > clock() and "\ufffd" in post.error
    assert Alert.objects.get().kind == "undecided"
    assert clock() - post.waiting_since_at >= timedelta(minutes=30)
