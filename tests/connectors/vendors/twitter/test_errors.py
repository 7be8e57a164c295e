"""What every recorded error of X means."""

import re
import time

import pytest

from connectors.base import Outgoing
from connectors.errors import (
    AccountBlocked,
    NotReady,
    NotRecallable,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatRefused,
    TokenInvalid,
    TransientError,
)
from connectors.texts.following import FollowUp
from tests.connectors import payloads
from tests.connectors.contract import picture_file
from tests.connectors.given import one
from tests.connectors.rawserver import RawServer, answer
from tests.connectors.twitter_calls import MEDIA, WORDS, failure, handle, recorded

#: Recorded error -> (our error after a creating call, its reason).
MEANINGS = {
    "error_rate_limited": (RateLimited, ""),
    "error_rate_limit_exceeded_type": (RateLimited, ""),
    "error_rate_limited_code_88": (RateLimited, ""),
    "error_daily_user_limit": (RateLimited, ""),
    "error_usage_capped_daily": (RateLimited, ""),
    "error_usage_capped_monthly": (AccountBlocked, "billing"),
    "error_credits_depleted": (AccountBlocked, "billing"),
    "error_unauthorized": (TokenInvalid, ""),
    "error_could_not_authenticate": (TokenInvalid, ""),
    "error_invalid_token_code_89": (TokenInvalid, ""),
    "error_unsupported_authentication": (TokenInvalid, ""),
    "error_duplicate": (RepeatRefused, ""),
    "error_duplicate_code_187": (RepeatRefused, ""),
    "error_oauth1_permissions": (AccountBlocked, "permission"),
    "error_read_only_keys": (AccountBlocked, "permission"),
    "error_client_forbidden": (AccountBlocked, "permission"),
    "error_not_authorized": (AccountBlocked, "permission"),
    "error_feature_not_permitted": (AccountBlocked, "permission"),
    "error_access_level_code_453": (AccountBlocked, "permission"),
    "error_user_suspended": (AccountBlocked, "policy"),
    "error_suspended_code_64": (AccountBlocked, "policy"),
    "error_locked_code_326": (AccountBlocked, "checkpoint"),
    "error_action_not_permitted": (Rejected, ""),
    "error_invalid_request": (Rejected, ""),
    "error_field_unknown": (Rejected, ""),
    "error_too_long_code_186": (Rejected, ""),
    "error_media_expired": (NotReady, ""),
    "error_too_large": (Rejected, ""),
    "error_not_found": (Rejected, ""),
    "error_server_500": (OutcomeUnknown, ""),
    "error_server_502": (OutcomeUnknown, ""),
    "error_server_503": (OutcomeUnknown, ""),
    "error_server_504": (OutcomeUnknown, ""),
}


def test_every_recorded_error_has_its_row():
    assert set(MEANINGS) == set(payloads.names("twitter", "error_"))


@pytest.mark.parametrize("case", MEANINGS)
def test_each_means_what_the_caller_must_do(case):
    error = failure(case)
    assert (type(error), getattr(error, "reason", "")) == MEANINGS[case]
    assert error.http_status == payloads.told("twitter", case)["status"]
    assert error.detail and "sandbox-" not in f"{error!r} {error.__dict__}"


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("error_credits_depleted", "top up the credits"),
        ("error_usage_capped_monthly", "raise the cap"),
        ("error_read_only_keys", "allow the app to write"),
        ("error_invalid_request", r"\$\.txt: is not defined"),
        ("error_action_not_permitted", "X does not say why"),
        ("error_duplicate", "may be our own post"),
        ("error_client_forbidden", "attached to a Project"),
    ],
)
def test_the_sentence_says_what_a_person_needs(case, words):
    assert re.search(words, failure(case).message)


@pytest.mark.parametrize("body", [b"<html>Just a moment...</html>", b"", b"[]"])
def test_of_a_page_that_is_no_answer_of_the_api_no_reason_is_guessed(body):
    with RawServer(answer(403, body=body, Content_Type="text/html")) as server, pytest.raises(Rejected) as caught:
        handle(server.url).publish(WORDS, "")
    assert "HTTP 403" in caught.value.message and "something in between" in caught.value.message
    assert "too long" not in caught.value.message and body.decode() in caught.value.detail


def test_nor_does_it_say_that_the_account_may_not_reply():
    with RawServer(answer(403, body=b"<html>Just a moment...</html>")) as server, pytest.raises(Rejected) as caught:
        handle(server.url).follow_up(FollowUp("More.", parent="1", root="1"))
    assert type(caught.value) is Rejected


@pytest.mark.parametrize("body", [b"<html>404 Not Found</html>", b"", b"{}"])
def test_nor_that_the_post_is_gone(body):
    with RawServer(answer(404, body=body)) as server, pytest.raises(NotRecallable, match="in between"):
        handle(server.url).take_back("1990000000000000001")


def test_a_title_that_stands_alone_ends_as_a_sentence():
    with RawServer(answer(402, {"title": "CreditsDepleted"})) as server, pytest.raises(AccountBlocked) as caught:
        handle(server.url).publish(WORDS, "")
    assert caught.value.message == "X: CreditsDepleted. Somebody must top up the credits at X."


def test_a_call_that_took_too_long_may_have_posted():
    with RawServer(answer(408, {"title": "Request Timeout"})) as server, pytest.raises(OutcomeUnknown):
        handle(server.url).publish(WORDS, "")
    with RawServer(answer(408, {"title": "Request Timeout"})) as server, pytest.raises(TransientError):
        handle(server.url).check_token()


@pytest.mark.parametrize("case", ["error_rate_limited", "error_daily_user_limit"])
def test_the_wait_reaches_to_the_moment_that_x_names(case):
    assert abs(failure(case).retry_after - (4102444800 - time.time())) < 5


def test_a_limit_without_a_moment_names_no_wait():
    assert failure("error_rate_limit_exceeded_type").retry_after is None


def test_a_moment_that_has_passed_is_a_short_wait():
    passed = answer(429, {"title": "Too Many Requests"}, x_rate_limit_reset="1000000000")
    with RawServer(passed) as server, pytest.raises(RateLimited) as caught:
        handle(server.url).publish(WORDS, "")
    assert caught.value.retry_after == 1


def test_a_picture_that_x_no_longer_has_is_uploaded_anew():
    error = failure("error_media_expired", draft=MEDIA)
    assert error.retry_after == 0 and error.draft and not error.draft.isdigit()


@pytest.mark.parametrize("case", ["error_server_500", "error_server_503"])
def test_the_same_trouble_is_harmless_before_the_post(case, tmp_path):
    path = picture_file(tmp_path)
    with RawServer(*recorded(case)) as server, pytest.raises(TransientError):
        handle(server.url).prepare(Outgoing("Words", media=one(path=str(path))), "")


def test_the_duplicate_is_marked_for_those_who_count_them():
    assert failure("error_duplicate").code == failure("error_duplicate_code_187").code == "duplicate"
