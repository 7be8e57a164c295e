"""The pretended X: signatures, posts, media, reading back, and how it counts a text."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
import requests

from tests.connectors.sandbox_calls import picture, signed, x_get, x_post
from tests.support.silence import PATIENT

LINK = "https://example.com/go/aB3dE5fG?utm_source=twitter"


def upload(sandbox, content=None, handle="news_desk", **fields):
    """POST /2/media/upload"""
    files = {"media": ("a.jpg", picture(sandbox) if content is None else content)}
    fields = {"media_category": "tweet_image", **fields}
    return requests.post(
        f"{sandbox.url}/2/media/upload", files=files, data=fields, auth=signed(handle), timeout=PATIENT
    )


def describe(sandbox, identifier, text):
    """POST /2/media/metadata"""
    body = {"id": identifier, "metadata": {"alt_text": {"text": text}}}
    return requests.post(f"{sandbox.url}/2/media/metadata", json=body, auth=signed(), timeout=PATIENT)


def timeline(sandbox, handle="news_desk", **parameters):
    """GET /2/users/{id}/tweets of a handle."""
    user = x_get(sandbox, "users/me", handle).json()["data"]["id"]
    return x_get(sandbox, f"users/{user}/tweets", handle, **parameters)


def test_a_post_comes_back_with_short_links_and_the_wall_keeps_the_long_one(sandbox):
    answer = x_post(sandbox, text=f"Olympus {LINK} tonight")
    assert answer.status_code == 201
    told = answer.json()["data"]
    assert set(told) == {"id", "text", "edit_history_tweet_ids"}
    assert "https://t.co/" in told["text"]
    assert LINK not in told["text"]
    (post,) = sandbox.wall
    assert (post.id, post.address, post.links) == (told["id"], "news_desk", [LINK])
    assert answer.headers["x-rate-limit-limit"] == "100"


def test_reading_back_tells_the_long_address_only_when_asked(sandbox):
    x_post(sandbox, text=f"Olympus {LINK} tonight")
    (plain,) = timeline(sandbox, max_results=5).json()["data"]
    assert "entities" not in plain
    for name in ("tweet.fields", "post.fields"):
        (told,) = timeline(sandbox, max_results=5, **{name: "entities,created_at"}).json()["data"]
        (url,) = told["entities"]["urls"]
        assert url["expanded_url"] == LINK
        assert told["text"][url["start"] : url["end"]] == url["url"]


def test_signs_that_html_knows_come_back_escaped_and_a_picture_has_a_link_of_its_own(sandbox):
    identifier = upload(sandbox).json()["data"]["id"]
    x_post(sandbox, text=f"Q&A <now> {LINK}", media={"media_ids": [identifier]})
    (told,) = timeline(sandbox, **{"tweet.fields": "entities"}).json()["data"]
    assert told["text"].startswith("Q&amp;A &lt;now&gt; https://t.co/")
    ours, of_the_picture = told["entities"]["urls"]
    assert [told["text"][url["start"] : url["end"]] for url in (ours, of_the_picture)] == told["text"].split()[-2:]
    assert of_the_picture["expanded_url"].endswith("/photo/1")
    assert sandbox.wall[0].text == f"Q&A <now> {LINK}"


def test_the_timeline_is_paged_and_bounded_in_time(sandbox):
    for number in range(7):
        x_post(sandbox, text=f"Number {number}")
    first = timeline(sandbox, max_results=5).json()
    assert [post["text"] for post in first["data"]][0] == "Number 6"
    rest = timeline(sandbox, max_results=5, pagination_token=first["meta"]["next_token"]).json()
    assert [post["text"] for post in rest["data"]] == ["Number 1", "Number 0"]
    newer = timeline(sandbox, since_id=rest["data"][0]["id"]).json()
    assert newer["meta"]["result_count"] == 5
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert timeline(sandbox, start_time=tomorrow).json() == {"meta": {"result_count": 0}}


def test_media_goes_up_first_is_described_and_then_shown(sandbox):
    told = upload(sandbox, picture(sandbox, "wide.jpg")).json()["data"]
    assert (told["image"]["w"], told["image"]["image_type"]) == (1200, "image/jpeg")
    assert told["media_key"] == f"3_{told['id']}"
    assert describe(sandbox, told["id"], "Hills at dusk").status_code == 200
    assert sandbox.creating_calls() == []
    answer = x_post(sandbox, text="With a picture", media={"media_ids": [told["id"]]})
    assert answer.json()["data"]["text"].startswith("With a picture https://t.co/")
    assert sandbox.wall[0].alt_text == "Hills at dusk"
    assert sandbox.wall[0].media_url


def test_media_may_come_as_base64(sandbox):
    body = {"media": base64.b64encode(picture(sandbox)).decode(), "media_category": "tweet_image"}
    answer = requests.post(f"{sandbox.url}/2/media/upload", json=body, auth=signed(), timeout=PATIENT)
    assert answer.json()["data"]["image"]["w"] == 1080


def test_the_same_text_by_the_same_user_is_a_duplicate(sandbox):
    assert x_post(sandbox, text="Once").status_code == 201
    again = x_post(sandbox, text="Once")
    assert (again.status_code, "duplicate content" in again.json()["detail"]) == (403, True)
    assert x_post(sandbox, "other_desk", text="Once").status_code == 201
    assert len(sandbox.wall) == 2


@pytest.mark.parametrize(
    "wrong",
    [{"secret": "guess"}, {"token_secret": "guess"}, {"key": "guess"}, {"handle": "sandbox-expired"}],
)
def test_a_wrong_signature_is_unauthorized(sandbox, wrong):
    answer = requests.post(f"{sandbox.url}/2/tweets", json={"text": "Hi"}, auth=signed(**wrong), timeout=PATIENT)
    assert answer.status_code == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Unauthorized"
    assert sandbox.wall == []


def test_a_signed_request_works_once_and_only_as_it_was_signed(sandbox):
    url = f"{sandbox.url}/2/users/me"
    request = requests.Request("GET", url, auth=signed()).prepare()
    with requests.Session() as session:
        assert session.send(request, timeout=PATIENT).status_code == 200
        assert session.send(request, timeout=PATIENT).status_code == 401
        changed = requests.Request("GET", url, auth=signed()).prepare()
        changed.url += "?user.fields=name"
        assert session.send(changed, timeout=PATIENT).status_code == 401


def test_an_app_only_token_cannot_post(sandbox):
    header = {"Authorization": "Bearer sandbox-app-only"}
    answer = requests.post(f"{sandbox.url}/2/tweets", json={"text": "Hi"}, headers=header, timeout=PATIENT)
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("/unsupported-authentication")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"text": " "}, 400),
        ({"text": 7}, 400),
        ({"text": "Hi", "status": "Hi"}, 400),
        ({"text": "Hi", "media": {"media_ids": []}}, 400),
        ({"text": "Hi", "media": {"media_ids": [7]}}, 400),
        ({"text": "Hi", "media": {"media_ids": ["7"]}}, 400),
        ({"text": "Hi", "media": {"media_ids": ["7"], "alt": "x"}}, 400),
        ({"text": "Hi", "media": {}}, 400),
        ({"text": "Hi", "reply_settings": "junk"}, 400),
        ({"text": "Hi", "reply_settings": "everyone"}, 400),
        ({"text": "Hi", "made_with_ai": "yes"}, 400),
        ({"text": "Hi", "poll": {"options": ["one"], "duration_minutes": 60}}, 400),
        ({"text": "Hi", "poll": {"options": ["one", ""], "duration_minutes": 60}}, 400),
        ({"text": "Hi", "poll": {"options": ["one", "x" * 26], "duration_minutes": 60}}, 400),
        ({"text": "Hi", "poll": {"options": list("abcde"), "duration_minutes": 60}}, 400),
        ({"text": "Hi", "poll": {"options": ["one", "two"], "duration_minutes": 4}}, 400),
        ({"text": "Hi", "poll": {"options": ["one", "two"], "duration_minutes": True}}, 400),
        ({"text": "Hi", "poll": {"options": ["one", "two"]}}, 400),
        ({"text": "Hi", "poll": ["one", "two"]}, 400),
        ({"text": "Hi", "poll": {"options": ["a", "b"], "duration_minutes": 60}, "card_uri": "card://1"}, 400),
        ({"text": "Hi", "reply": {"in_reply_to_tweet_id": 7}}, 400),
        ({"text": "Hi", "reply": {"in_reply_to_tweet_id": "7", "to": "x"}}, 400),
        ({"text": "Hi", "reply": {}}, 400),
        ({"text": "Hi", "edit_options": {}}, 400),
        ({"text": "Hi", "quote_tweet_id": "x"}, 400),
        ({"text": "Hi", "geo": {}}, 400),
        ({"text": "x" * 281}, 403),
        ({"text": "漢" * 141}, 403),
        ({"text": "$BTC and $ETH"}, 403),
        ({"text": "$BRK.A and $ETH_X"}, 403),
    ],
)
def test_what_x_does_not_take_is_refused_and_not_posted(sandbox, body, status):
    answer = x_post(sandbox, **body)
    assert answer.status_code == status
    assert answer.json()["type"].endswith("/invalid-request" if status == 400 else "about:blank")
    assert sandbox.wall == []


@pytest.mark.parametrize("text", ["x" * 280, "漢" * 140, f"{'x' * 256} {LINK}", "👩‍👩‍👧‍👦" * 140])
def test_the_limit_itself_is_allowed(sandbox, text):
    assert x_post(sandbox, text=text).status_code == 201


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("text.html", {}),
        ("broken.jpg", {}),
        ("huge.jpg", {}),
        ("photo.jpg", {"media_category": "poster"}),
        ("photo.jpg", {"command": "INIT"}),
    ],
)
def test_media_that_is_none_is_refused(sandbox, name, fields):
    answer = upload(sandbox, picture(sandbox, name), **fields)
    assert answer.status_code == 400
    assert answer.json()["title"] == "Invalid Request"


def test_media_belongs_to_who_uploaded_it(sandbox):
    told = upload(sandbox, handle="other_desk").json()["data"]
    assert x_post(sandbox, text="Hi", media={"media_ids": [told["id"]]}).status_code == 400
    assert describe(sandbox, told["id"], "Hills").status_code == 400


def test_a_description_has_a_limit(sandbox):
    identifier = upload(sandbox).json()["data"]["id"]
    assert describe(sandbox, identifier, "x" * 1000).status_code == 200
    assert describe(sandbox, identifier, "x" * 1001).status_code == 400


@pytest.mark.parametrize(
    "parameters",
    [
        {"max_results": 4},
        {"max_results": 101},
        {"count": 5},
        {"since_id": "x"},
        {"start_time": "yesterday"},
        {"tweet.fields": "marker"},
    ],
)
def test_reading_is_strict_too(sandbox, parameters):
    answer = timeline(sandbox, **parameters)
    assert answer.status_code == 400
    assert answer.json()["errors"]


def test_users_are_found_by_handle_and_strangers_are_not(sandbox):
    mine = x_get(sandbox, "users/me", user_fields=None).json()["data"]
    assert x_get(sandbox, "users/by/username/news_desk").json()["data"] == mine
    assert x_get(sandbox, "users/by/username/nobody_here").json()["errors"][0]["type"].endswith("/resource-not-found")
    assert x_get(sandbox, "users/77/tweets").json()["errors"]


def test_a_wrong_path_or_method_is_refused(sandbox):
    assert x_get(sandbox, "media/metadata").status_code == 405
    assert x_get(sandbox, "statuses").status_code == 404


def test_the_reset_of_the_rate_limit_is_told_as_a_moment(sandbox):
    sandbox.scenario("news_desk", "rate_limit", seconds=90)
    answer = x_post(sandbox, text="Hi")
    reset = int(answer.headers["x-rate-limit-reset"]) - datetime.now(UTC).timestamp()
    assert answer.headers["x-rate-limit-remaining"] == "0"
    assert 80 < reset <= 91


def test_a_read_only_key_says_so(sandbox):
    sandbox.scenario("news_desk", "no_permission")
    answer = x_post(sandbox, text="Hi")
    assert answer.json()["type"].endswith("/oauth1-permissions")
    assert answer.headers["x-access-level"] == "read"
