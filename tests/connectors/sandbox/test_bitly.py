"""The pretended Bitly: short links that lead on, its quotas and its refusals."""

import pytest
import requests

from tests.connectors.sandbox_calls import shorten
from tests.support.silence import PATIENT

LONG = "https://example.com/a?utm_source=facebook&b=ü"


def get(sandbox, path, token="sandbox-b"):
    """GET on the pretended Bitly."""
    return requests.get(f"{sandbox.url}/v4/{path}", headers={"Authorization": f"Bearer {token}"}, timeout=PATIENT)


def test_a_short_link_leads_to_the_long_one_and_stays_the_same(sandbox):
    first, second = shorten(sandbox, LONG), shorten(sandbox, LONG)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["link"] == second.json()["link"]
    assert first.json()["id"].startswith("bit.ly/")
    step = requests.get(first.json()["link"], allow_redirects=False, timeout=PATIENT)
    assert step.status_code == 301
    assert requests.utils.unquote(step.headers["Location"]) == LONG
    assert shorten(sandbox, LONG, force_new_link=True).json()["link"] != first.json()["link"]
    assert sandbox.creating_calls() == []


@pytest.mark.parametrize("token", ["", "real-looking", "sandbox-expired"])
def test_a_bad_token_is_forbidden_rather_than_unauthorized(sandbox, token):
    answer = shorten(sandbox, token=token)
    assert (answer.status_code, answer.json()["message"]) == (403, "FORBIDDEN")
    assert get(sandbox, "user", token).status_code == 403


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"long_url": ""}, "INVALID_ARG_LONG_URL"),
        ({"long_url": "ftp://example.com"}, "INVALID_ARG_LONG_URL"),
        ({"long_url": "https://bit.ly/3abc"}, "ALREADY_A_BITLY_LINK"),
        ({"domain": "short.example"}, "INVALID_ARG_DOMAIN"),
        ({"longUrl": LONG}, "INVALID_ARG"),
    ],
)
def test_a_senseless_link_is_refused_in_the_vendors_shape(sandbox, body, code):
    answer = shorten(sandbox, **{"long_url": LONG, **body})
    assert (answer.status_code, answer.json()["message"]) == (400, code)
    assert {"description", "resource", "errors"} <= set(answer.json())
    assert answer.json()["errors"][0]["error_code"] == "invalid"


def test_a_link_of_its_own_is_not_shortened_again(sandbox):
    short = shorten(sandbox, LONG).json()["link"]
    assert shorten(sandbox, short).json()["message"] == "ALREADY_A_BITLY_LINK"


@pytest.mark.parametrize(
    ("scenario", "code"), [("quota", "MONTHLY_ENCODE_LIMIT_EXCEEDED"), ("rate_limit", "RATE_LIMIT_EXCEEDED")]
)
def test_both_kinds_of_limit_are_429_without_errors_or_retry_after(sandbox, scenario, code):
    sandbox.scenario("b", scenario)
    answer = shorten(sandbox)
    assert (answer.status_code, answer.json()["message"]) == (429, code)
    assert "errors" not in answer.json()
    assert "Retry-After" not in answer.headers


def test_the_user_and_what_is_left_can_be_asked(sandbox):
    assert get(sandbox, "user").json()["is_active"] is True
    shorten(sandbox)
    methods = get(sandbox, "user/platform_limits").json()["platform_limits"][0]["methods"]
    assert methods[0]["count"] == 1
    assert get(sandbox, "bitlinks").json()["message"] == "NOT_FOUND"
