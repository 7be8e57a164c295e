"""The pretended Page: what it accepts, what it shows when read back, and how it says no."""

import hashlib
import hmac
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.connectors.sandbox_calls import APP_TOKEN, PAGE_TOKEN, error_of, graph_get, graph_post, picture
from tests.support.silence import PATIENT

PHOTO = "https://example.com/gates.jpg"


def published(sandbox, **parameters):
    """The Page's posts as the API tells them."""
    return graph_get(sandbox, "102938/published_posts", **parameters).json()


def test_a_photo_by_address_is_out_with_caption_and_description(sandbox):
    answer = graph_post(
        sandbox, "102938/photos", url=PHOTO, caption="Hi https://a.example/go/x1", alt_text_custom="Hills"
    )
    assert answer.status_code == 200
    (post,) = sandbox.wall
    assert answer.json()["post_id"] == post.id
    assert post.id.startswith("102938_")
    assert (post.platform, post.address, post.text) == ("facebook", "102938", "Hi https://a.example/go/x1")
    assert (post.alt_text, post.links) == ("Hills", ["https://a.example/go/x1"])
    shown = requests.get(post.media_url, timeout=PATIENT)
    assert shown.headers["Content-Type"] == "image/jpeg"


def test_a_photo_may_be_uploaded_and_is_shown_byte_for_byte(sandbox):
    content = picture(sandbox, "wide.jpg")
    assert (
        graph_post(sandbox, "102938/photos", files={"source": ("a.jpg", content)}, message="Old name").status_code
        == 200
    )
    assert requests.get(sandbox.wall[0].media_url, timeout=PATIENT).content == content
    assert sandbox.wall[0].text == "Old name"


def test_drafts_are_invisible_until_a_post_attaches_them(sandbox):
    draft = graph_post(sandbox, "102938/photos", url=PHOTO, published="false").json()
    assert set(draft) == {"id"}
    assert sandbox.wall == []
    assert sandbox.creating_calls() == []
    attached = json.dumps([{"media_fbid": draft["id"]}])
    post = graph_post(sandbox, "102938/feed", message="With a photo", attached_media=attached).json()
    assert sandbox.wall[0].media_url
    story = graph_get(sandbox, draft["id"], fields="page_story_id,name").json()
    assert story["page_story_id"] == post["id"]


def test_posts_are_read_back_newest_first_with_what_was_asked_for(sandbox):
    for number in range(3):
        graph_post(sandbox, "102938/feed", message=f"Number {number}", link=f"https://example.com/{number}")
    listed = published(sandbox, fields="id,message,created_time,permalink_url,attachments{unshimmed_url}", limit=2)
    assert [post["message"] for post in listed["data"]] == ["Number 2", "Number 1"]
    assert datetime.strptime(listed["data"][0]["created_time"], "%Y-%m-%dT%H:%M:%S%z").tzinfo
    assert listed["data"][0]["attachments"]["data"][0]["unshimmed_url"] == "https://example.com/2"
    assert requests.get(listed["data"][0]["permalink_url"], timeout=PATIENT).status_code == 200
    rest = requests.get(listed["paging"]["next"], timeout=PATIENT).json()
    assert [post["message"] for post in rest["data"]] == ["Number 0"]
    assert "next" not in rest["paging"]


def test_since_and_until_bound_the_list(sandbox):
    graph_post(sandbox, "102938/feed", message="Now")
    moment = datetime.now(UTC)
    assert len(published(sandbox, since=int((moment - timedelta(minutes=1)).timestamp()))["data"]) == 1
    assert published(sandbox, since=(moment + timedelta(minutes=1)).isoformat())["data"] == []
    assert published(sandbox, until=int((moment - timedelta(minutes=1)).timestamp()))["data"] == []


def test_a_lagging_page_lists_its_new_post_only_later(sandbox, monkeypatch):
    sandbox.scenario("102938", "lagging", seconds=600)
    post = graph_post(sandbox, "102938/feed", message="Soon").json()
    assert published(sandbox)["data"] == []
    assert graph_get(sandbox, post["id"], fields="message").json()["message"] == "Soon"
    monkeypatch.setattr("connectors.sandbox.meta.facebook_reads.monotonic", lambda: time.monotonic() + 600)
    assert len(published(sandbox)["data"]) == 1


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("", (400, 104, None)),
        ("EAAG-a-real-looking-token", (400, 190, None)),
        ("sandbox-expired", (400, 190, 463)),
        (APP_TOKEN, (400, 210, None)),
    ],
)
def test_a_token_that_is_none_gets_the_vendors_refusal(sandbox, token, expected):
    answer = graph_post(sandbox, "102938/feed", message="Hi", token=token)
    assert error_of(answer) == expected
    assert answer.headers["WWW-Authenticate"].startswith('OAuth "Facebook Platform" ')
    assert answer.headers["facebook-api-version"] == "v26.0"
    assert answer.json()["error"]["fbtrace_id"]
    assert sandbox.wall == []


@pytest.mark.parametrize(
    ("edge", "parameters", "expected"),
    [
        ("feed", {}, (400, 100, None)),
        ("feed", {"message": "  "}, (400, 100, None)),
        ("feed", {"message": "Hi", "mesage": "Hi"}, (400, 100, None)),
        ("feed", {"message": "x" * 63_207}, (400, 100, None)),
        ("feed", {"message": "Hi", "published": "perhaps"}, (400, 100, None)),
        ("feed", {"link": "not a link"}, (400, 1609005, None)),
        ("feed", {"link": "https://www.facebook.com/somebody"}, (400, 1609008, None)),
        ("feed", {"attached_media": '[{"media_fbid": "1"}]'}, (400, 100, None)),
        ("feed", {"attached_media": "nonsense"}, (400, 100, None)),
        ("photos", {"caption": "no photo"}, (400, 324, None)),
        ("photos", {"url": "http://127.0.0.1:1/a.jpg"}, (400, 100, 2061006)),
        ("photos", {"url": "{sandbox}/_media/sample/text.html"}, (400, 324, 2069019)),
        ("photos", {"url": "{sandbox}/_media/sample/broken.jpg"}, (400, 324, 2069019)),
        ("photos", {"url": "{sandbox}/_media/sample/huge.jpg"}, (400, 324, 1366046)),
        ("photos", {"url": "https://example.com/a.webp"}, (400, 324, 1366046)),
    ],
)
def test_what_a_page_does_not_take_is_refused_and_not_posted(sandbox, edge, parameters, expected):
    filled = {name: value.replace("{sandbox}", sandbox.url) for name, value in parameters.items()}
    assert error_of(graph_post(sandbox, f"102938/{edge}", **filled)) == expected
    assert sandbox.wall == []


def test_a_write_that_carries_fields_is_done_and_then_refused(sandbox):
    assert error_of(graph_post(sandbox, "102938/feed", message="Hi", fields="id")) == (400, 20, 1772107)
    assert len(sandbox.wall) == 1


@pytest.mark.parametrize(
    ("path", "parameters", "expected"),
    [
        ("102938/published_posts", {"fields": "id,marker"}, (400, 100, None)),
        ("102938/published_posts", {"limit": 101}, (400, 100, None)),
        ("102938/published_posts", {"pretty": 1}, (400, 100, None)),
        ("102938/published_posts", {"since": "yesterday"}, (400, 100, None)),
        ("102938_122100000000000001", {}, (400, 100, 33)),
        ("122000000000000001", {}, (400, 100, 33)),
        ("102938/albums", {}, (400, 100, None)),
    ],
)
def test_reading_is_strict_too(sandbox, path, parameters, expected):
    assert error_of(graph_get(sandbox, path, **parameters)) == expected


def test_a_wrong_method_is_refused(sandbox):
    assert error_of(graph_post(sandbox, "debug_token")) == (400, 3, None)
    assert error_of(graph_post(sandbox, "102938/published_posts")) == (400, 100, 33)


def test_the_rate_limit_is_told_in_minutes(sandbox):
    sandbox.scenario("102938", "rate_limit", seconds=420)
    answer = graph_post(sandbox, "102938/feed", message="Hi")
    assert error_of(answer) == (400, 80001, None)
    (usage,) = json.loads(answer.headers["X-Business-Use-Case-Usage"])["102938"]
    assert usage["estimated_time_to_regain_access"] == 7
    assert usage["type"] == "pages"


def test_a_dead_version_is_served_by_the_oldest_living_one(sandbox):
    answer = graph_post(sandbox, "102938/feed", version="v18.0", message="Hi")
    assert answer.status_code == 200
    assert answer.headers["facebook-api-version"] != "v18.0"


def test_a_token_tells_what_it_is_worth(sandbox):
    told = graph_get(sandbox, "debug_token", input_token=PAGE_TOKEN, token=APP_TOKEN).json()["data"]
    assert told["is_valid"] is True
    assert told["expires_at"] == 0
    assert told["data_access_expires_at"] > time.time()
    assert "pages_manage_posts" in told["scopes"]
    bad = graph_get(sandbox, "debug_token", input_token="EAAG", token=APP_TOKEN).json()["data"]
    assert (bad["is_valid"], bad["error"]["code"]) == (False, 190)
    lacking = graph_get(sandbox, "debug_token", input_token="sandbox-no_permission", token=APP_TOKEN).json()["data"]
    assert "pages_manage_posts" not in lacking["scopes"]
    assert error_of(graph_get(sandbox, "debug_token", input_token=PAGE_TOKEN, token="me")) == (400, 190, None)


def test_a_short_token_is_traded_for_one_of_sixty_days(sandbox):
    trade = {"grant_type": "fb_exchange_token", "client_id": "sandbox-app", "fb_exchange_token": PAGE_TOKEN}
    told = graph_get(sandbox, "oauth/access_token", token="", client_secret="sandbox-app-secret", **trade).json()
    assert 0 < told["expires_in"] <= 5_184_000
    assert graph_get(sandbox, "102938", token=told["access_token"], fields="name").status_code == 200
    wrong = graph_get(sandbox, "oauth/access_token", token="", client_secret="guess", **trade)
    assert error_of(wrong)[:2] == (400, 1)


def test_the_proof_of_the_app_secret_is_checked_when_given(sandbox):
    proof = hmac.new(b"sandbox-app-secret", PAGE_TOKEN.encode(), hashlib.sha256).hexdigest()
    assert graph_get(sandbox, "102938", fields="name", appsecret_proof=proof).status_code == 200
    assert error_of(graph_get(sandbox, "102938", appsecret_proof="0" * 64)) == (400, 100, None)
