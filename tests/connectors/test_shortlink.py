"""Bitly: short links that may always be done without."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from connectors.errors import RateLimited, Rejected, TokenInvalid, TransientError
from connectors.shortlink import QuotaUsedUp, ShortLink, shorten
from tests.connectors import payloads
from tests.connectors.rawserver import HALF_ANSWERS, RawServer, answer, closed_port
from tests.support.silence import PATIENT

LONG = "https://example.com/a?utm_content=Zq81"
TOKEN = "sandbox-Zq81bitly"


def ask(*answers: bytes, **details):
    with RawServer(*answers) as server:
        return shorten(LONG, TOKEN, api_base=server.url, timeout=PATIENT, **details), server.asked


def failure(said: bytes):
    with pytest.raises((RateLimited, Rejected, TokenInvalid, TransientError)) as caught:
        ask(said)
    assert TOKEN not in f"{caught.value!r} {caught.value.__dict__}"
    return caught.value


#: Recorded error -> our error. An address that is short already is no error.
MEANINGS = {
    "error_forbidden": TokenInvalid,
    "error_forbidden_by_limit": RateLimited,
    "error_forbidden_by_monthly_limit": QuotaUsedUp,
    "error_rate_limited": RateLimited,
    "error_usage_limit": QuotaUsedUp,
    "error_monthly_encode": QuotaUsedUp,
    "error_monthly_rate": QuotaUsedUp,
    "error_branded_monthly": QuotaUsedUp,
    "error_long_url": Rejected,
    "error_domain": Rejected,
    "error_unprocessable": Rejected,
    "error_upgrade_required": Rejected,
    "error_dns": Rejected,
    "error_not_found": Rejected,
    "error_gone": Rejected,
    "error_server": TransientError,
    "error_unavailable": TransientError,
}


def test_every_recorded_error_has_its_row():
    assert {*MEANINGS, "error_already_short"} == set(payloads.names("bitly", "error_"))


@pytest.mark.parametrize("case", MEANINGS)
def test_each_error_means_what_the_caller_must_do(case):
    error = failure(payloads.recorded("bitly", case))
    kept = payloads.told("bitly", case)
    assert type(error) is MEANINGS[case]
    assert (error.http_status, error.code) == (kept["status"], kept["body"]["message"])
    assert kept["body"]["description"] in error.message


@pytest.mark.parametrize("case", ["shortened_new", "shortened_before"])
def test_a_new_link_and_one_that_exists_are_both_good(case):
    link, [asked] = ask(payloads.recorded("bitly", case))
    assert link == ShortLink("https://bit.ly/3Zq81xY", LONG, "bit.ly/3Zq81xY")
    assert link.shortened and str(link) == link.url
    assert (asked.method, asked.path) == ("POST", "/v4/shorten")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(asked.body) == {"long_url": LONG}


def test_a_domain_and_a_group_go_along_when_given():
    _, [asked] = ask(payloads.recorded("bitly", "shortened_new"), domain="go.example", group="Bk1aB2cD3eF")
    assert json.loads(asked.body) == {"long_url": LONG, "domain": "go.example", "group_guid": "Bk1aB2cD3eF"}


@pytest.mark.parametrize("token", ["", "  "])
def test_without_a_token_the_address_comes_back_and_nobody_is_asked(token):
    with RawServer(payloads.recorded("bitly", "shortened_new")) as server:
        link = shorten(LONG, token, api_base=server.url)
    assert link == ShortLink(LONG, LONG) and not link.shortened
    assert server.asked == []


def test_an_address_that_is_short_already_is_used_as_it_is():
    link, _ = ask(payloads.recorded("bitly", "error_already_short"))
    assert link == ShortLink(LONG, LONG)


def test_a_wait_that_bitly_does_not_name_is_a_minute():
    assert failure(payloads.recorded("bitly", "error_rate_limited")).retry_after == 60


@pytest.mark.parametrize(
    ("now", "next_month"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2028, 1, 31, 12, tzinfo=UTC), datetime(2028, 2, 1, tzinfo=UTC)),
        (datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC)),
    ],
)
def test_a_used_up_month_lasts_to_its_end(now, next_month):
    with time_machine.travel(now, tick=False):
        wait = failure(payloads.recorded("bitly", "error_monthly_encode")).retry_after
    assert now + timedelta(seconds=wait) == next_month


@pytest.mark.parametrize("half", HALF_ANSWERS)
def test_half_an_answer_may_be_asked_for_again(half):
    assert type(failure(HALF_ANSWERS[half])) is TransientError


@pytest.mark.parametrize("status", [403, 429, 500])
def test_an_answer_without_words_follows_its_status(status):
    expected = {403: TokenInvalid, 429: RateLimited, 500: TransientError}
    assert type(failure(answer(status, body=b"<html>"))) is expected[status]


def test_nobody_there_is_transient():
    with pytest.raises(TransientError):
        shorten(LONG, TOKEN, api_base=f"http://127.0.0.1:{closed_port()}", timeout=PATIENT)


class TestInTheSandbox:
    def test_the_same_address_gives_the_same_link(self, platforms):
        links = {str(shorten(LONG, TOKEN, api_base=platforms.url)) for _ in range(2)}
        assert len(links) == 1 and links.pop() != LONG

    @pytest.mark.parametrize(
        ("day", "kind"),
        [("rate_limit", RateLimited), ("quota", QuotaUsedUp), ("token_expired", TokenInvalid), ("reject", Rejected),
         ("server_error", TransientError), ("refuse", TransientError), ("accept_then_hang_up", TransientError)],
    )  # fmt: skip
    def test_its_bad_days_end_as_ours_do(self, day, kind, platforms):
        platforms.scenario("Zq81bitly", day)
        with pytest.raises(kind):
            shorten(LONG, TOKEN, api_base=platforms.url)
