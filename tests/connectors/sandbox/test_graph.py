"""The pretended Graph API's front: versions, lists with a summary, and parameters that exist but are not pretended."""

from datetime import date

import pytest
import requests

from connectors.sandbox.meta.front import served_version
from tests.connectors.sandbox_calls import (
    APP_TOKEN,
    PAGE_TOKEN,
    container,
    error_of,
    graph_get,
    graph_post,
    post_once,
)
from tests.support.silence import PATIENT

PAGE, ACCOUNT = "102938", "17841400"


@pytest.mark.parametrize(
    ("asked", "today", "served"),
    [
        (27, date(2026, 11, 25), 27),
        (26, date(2026, 11, 25), 26),
        (18, date(2026, 11, 25), 21),
        (18, date(2027, 1, 21), 22),
        (25, date(2028, 7, 29), 26),
    ],
)
def test_the_newest_version_is_known_and_a_dead_one_is_served_by_the_oldest_living(asked, today, served):
    assert served_version(asked, today) == served


@pytest.mark.parametrize("version", ["v27.0", "v26.0"])
def test_a_living_version_answers_as_itself(sandbox, version):
    answer = graph_get(sandbox, PAGE, version=version, fields="name")
    assert (answer.status_code, answer.headers["facebook-api-version"]) == (200, version)


@pytest.mark.parametrize("version", ["v99.0", "v28.0", "v0.9", "v26.1", "v27", "v26.0.1", "v99999.0"])
def test_a_version_that_never_was_is_a_path_that_leads_nowhere(sandbox, version):
    answer = graph_get(sandbox, PAGE, version=version)
    assert error_of(answer) == (400, 2500, None)
    assert answer.json()["error"]["message"] == f"Unknown path components: /{version}"
    assert answer.headers["facebook-api-version"] == "v26.0"


def test_a_call_without_a_version_is_answered_on_the_app_s_own(sandbox):
    answer = requests.get(f"{sandbox.url}/me", params={"access_token": PAGE_TOKEN}, timeout=PATIENT)
    assert answer.headers["facebook-api-version"] == "v26.0"


@pytest.mark.parametrize("edge", ["published_posts", "posts", "feed", "media"])
def test_a_list_tells_how_long_it_is_when_asked(sandbox, edge):
    address = ACCOUNT if edge == "media" else PAGE
    assert graph_get(sandbox, f"{address}/{edge}", summary="true").json() == {"data": [], "summary": {"total_count": 0}}
    for number in range(3):
        post_once(sandbox, "instagram" if edge == "media" else "facebook", address, text=f"Number {number}")
    told = graph_get(sandbox, f"{address}/{edge}", summary="True", limit=2).json()
    assert (len(told["data"]), told["summary"]) == (2, {"total_count": 3})
    rest = requests.get(told["paging"]["next"], timeout=PATIENT).json()
    assert (len(rest["data"]), rest["summary"]) == (1, {"total_count": 3})
    assert "summary" not in graph_get(sandbox, f"{address}/{edge}").json()


def test_the_quota_is_a_list_too(sandbox):
    told = graph_get(sandbox, f"{ACCOUNT}/content_publishing_limit", summary="true").json()
    assert (told["data"], told["summary"]) == ([{"quota_usage": 0}], {"total_count": 1})


def test_a_summary_that_is_none_is_refused(sandbox):
    assert error_of(graph_get(sandbox, f"{PAGE}/feed", summary="maybe")) == (400, 100, None)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("feed", ("scheduled_publish_time", "targeting", "feed_targeting", "call_to_action", "place", "tags")),
        ("photos", ("scheduled_publish_time", "targeting", "feed_targeting", "place", "tags")),
        ("media", ("cover_url", "thumb_offset", "upload_type", "product_tags")),
    ],
)
def test_a_documented_parameter_is_not_called_unknown(sandbox, path, names):
    address = ACCOUNT if path == "media" else PAGE
    for name in names:
        error = graph_post(sandbox, f"{address}/{path}", message="Hi", **{name: "1"}).json()["error"]
        if path == "media":
            error = container(sandbox, **{name: "1"}).json()["error"]
        assert (error["code"], error["message"]) == (100, f"(#100) {name}: documented but not pretended here")
    assert sandbox.wall == []


def test_a_documented_wish_about_a_list_is_not_called_unknown(sandbox):
    error = graph_get(sandbox, f"{PAGE}/feed", include_hidden="1").json()["error"]
    assert "not pretended here" in error["message"]


def test_a_parameter_nobody_documented_is_still_a_typing_error(sandbox):
    error = graph_post(sandbox, f"{PAGE}/feed", message="Hi", targetting="x").json()["error"]
    assert error["message"] == "(#100) Unknown parameter(s): targetting"


def test_of_a_token_that_nobody_issued_nothing_is_told(sandbox):
    told = graph_get(sandbox, "debug_token", token=APP_TOKEN, input_token="junk").json()["data"]
    error = told.pop("error")
    assert (told, error["code"]) == ({"is_valid": False, "scopes": []}, 190)


def test_of_a_token_that_ran_out_the_facts_are_told(sandbox):
    told = graph_get(sandbox, "debug_token", token=APP_TOKEN, input_token="sandbox-expired").json()["data"]
    assert (told["is_valid"], told["error"]["subcode"], told["type"]) == (False, 463, "PAGE")
    assert told["issued_at"] < told["expires_at"] < told["data_access_expires_at"]
