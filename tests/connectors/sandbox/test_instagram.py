"""The pretended Instagram: containers, their readiness, publishing, the quota and the table of errors."""

import json
from datetime import timedelta

import pytest
import requests

from connectors.sandbox.meta import instagram_reads
from connectors.sandbox.meta.instagram import QUOTA
from tests.connectors.sandbox_calls import PAGE_TOKEN, container, error_of, graph_get, graph_post
from tests.support.silence import PATIENT

ACCOUNT = "17841400"


def publish(sandbox, creation_id, **more):
    """POST /{account}/media_publish"""
    return graph_post(sandbox, f"{ACCOUNT}/media_publish", creation_id=creation_id, **more)


def status(sandbox, identifier):
    """The container's status_code."""
    return graph_get(sandbox, identifier, fields="status_code,status").json()["status_code"]


def test_a_container_is_invisible_until_it_is_published(sandbox):
    made = container(sandbox, caption="Evening #olympus", alt_text="Hills").json()["id"]
    assert (status(sandbox, made), sandbox.wall, sandbox.creating_calls()) == ("FINISHED", [], [])
    media = publish(sandbox, made).json()["id"]
    (post,) = sandbox.wall
    assert (post.id, post.text, post.alt_text, post.address) == (media, "Evening #olympus", "Hills", ACCOUNT)
    assert status(sandbox, made) == "PUBLISHED"
    told = graph_get(sandbox, media, fields="permalink,shortcode,timestamp").json()
    assert told["permalink"] == post.permalink
    assert told["permalink"].endswith(told["shortcode"])
    assert requests.get(told["permalink"], timeout=PATIENT).status_code == 200


def test_the_media_id_of_a_lost_answer_is_found_in_the_list(sandbox):
    sandbox.scenario(ACCOUNT, "accept_then_500")
    made = container(sandbox, caption="See https://example.com/go/aB3").json()["id"]
    assert error_of(publish(sandbox, made)) == (500, 2, None)
    assert status(sandbox, made) == "PUBLISHED"
    (media,) = graph_get(sandbox, f"{ACCOUNT}/media", fields="id,caption,timestamp,permalink").json()["data"]
    assert media["id"] == sandbox.wall[0].id
    assert "go/aB3" in media["caption"]


def test_a_waiting_container_is_ready_after_two_looks(sandbox):
    sandbox.scenario(ACCOUNT, "not_ready_twice", times=1)
    made = container(sandbox).json()["id"]
    assert error_of(publish(sandbox, made)) == (400, 9007, 2207027)
    assert [status(sandbox, made) for _ in range(3)] == ["IN_PROGRESS", "IN_PROGRESS", "FINISHED"]
    assert publish(sandbox, made).status_code == 200
    assert status(sandbox, container(sandbox).json()["id"]) == "FINISHED"


def test_publishing_the_same_container_twice_makes_two_posts(sandbox):
    made = container(sandbox).json()["id"]
    publish(sandbox, made)
    publish(sandbox, made)
    assert len(sandbox.wall) == 2


def test_a_container_lives_for_a_day(sandbox, monkeypatch):
    made = container(sandbox).json()["id"]
    sandbox.world.shelves["containers"][made]["created_at"] -= instagram_reads._LIFE + timedelta(minutes=1)
    assert status(sandbox, made) == "EXPIRED"
    assert error_of(publish(sandbox, made)) == (400, 24, 2207008)


@pytest.mark.parametrize(
    ("image", "parameters", "expected"),
    [
        ("{sandbox}/_media/sample/photo.png", {}, (400, 36001, 2207005)),
        ("https://example.com/a.png", {}, (400, 36001, 2207005)),
        ("{sandbox}/_media/sample/panorama.jpg", {}, (400, 36003, 2207009)),
        ("{sandbox}/_media/sample/huge.jpg", {}, (400, 36000, 2207004)),
        ("{sandbox}/_media/sample/text.html", {}, (400, 9004, 2207052)),
        ("{sandbox}/_media/nowhere", {}, (400, 9004, 2207052)),
        ("http://127.0.0.1:1/a.jpg", {}, (400, 9004, 2207052)),
        (None, {"caption": "x" * 2201}, (400, 36004, 2207010)),
        (None, {"caption": " ".join(f"#tag{number}" for number in range(31))}, (400, 36004, 2207010)),
        (None, {"caption": " ".join(f"@friend{number}" for number in range(21))}, (400, 100, 2207040)),
        (None, {"alt_text": "x" * 1001}, (400, 100, None)),
        (None, {"imageurl": "x"}, (400, 100, None)),
        (None, {"token": "IGAA-real-looking"}, (400, 190, None)),
    ],
)
def test_what_instagram_does_not_take_is_refused_when_the_container_is_made(sandbox, image, parameters, expected):
    image = image and image.replace("{sandbox}", sandbox.url)
    assert error_of(container(sandbox, image=image, **parameters)) == expected


def test_a_picture_is_needed_and_only_by_address(sandbox):
    assert error_of(graph_post(sandbox, f"{ACCOUNT}/media", caption="Text alone")) == (400, 100, None)
    files = {"source": ("a.jpg", b"\xff\xd8")}
    assert error_of(graph_post(sandbox, f"{ACCOUNT}/media", caption="x", files=files)) == (400, 100, None)


def test_the_limits_themselves_are_allowed(sandbox):
    caption = " ".join(f"#t{number}" for number in range(30))
    assert container(sandbox, caption=caption.ljust(2200, "x")).status_code == 200
    for name in ("portrait.jpg", "wide.jpg"):
        assert container(sandbox, image=f"{sandbox.url}/_media/sample/{name}").status_code == 200


def test_a_slow_download_is_told_apart(sandbox, monkeypatch):
    monkeypatch.setattr("connectors.sandbox.stage.pictures.TIME_OUT", (0.5, 0.3))
    answer = container(sandbox, image=f"{sandbox.url}/_media/sample/slow.jpg")
    assert error_of(answer) == (400, -2, 2207003)


def test_a_container_of_somebody_else_is_not_found(sandbox):
    made = container(sandbox, "17841499").json()["id"]
    assert error_of(publish(sandbox, made)) == (400, 24, 2207006)
    assert error_of(publish(sandbox, "17990000000000001")) == (400, 24, 2207006)
    assert error_of(graph_get(sandbox, "17990000000000001", fields="status_code")) == (400, 100, 33)


def test_the_quota_counts_what_went_out_and_closes(sandbox):
    def usage():
        told = graph_get(sandbox, f"{ACCOUNT}/content_publishing_limit", fields="quota_usage,config").json()["data"][0]
        assert told["config"] == {"quota_total": QUOTA, "quota_duration": 86400}
        return told["quota_usage"]

    publish(sandbox, container(sandbox).json()["id"])
    assert usage() == 1
    sandbox.scenario(ACCOUNT, "quota")
    assert usage() == QUOTA
    assert error_of(publish(sandbox, container(sandbox).json()["id"])) == (400, 9, 2207042)


def test_the_hundredth_post_of_a_day_is_the_last(sandbox):
    made = container(sandbox).json()["id"]
    answers = [publish(sandbox, made).status_code for _ in range(QUOTA + 1)]
    assert answers == [200] * QUOTA + [400]


def test_the_rate_limit_names_instagram(sandbox):
    sandbox.scenario(ACCOUNT, "rate_limit")
    answer = publish(sandbox, container(sandbox).json()["id"])
    assert error_of(answer) == (400, 80002, None)
    (usage,) = json.loads(answer.headers["X-Business-Use-Case-Usage"])[ACCOUNT]
    assert (usage["type"], usage["estimated_time_to_regain_access"]) == ("instagram", 5)


def test_an_instagram_log_in_token_names_its_account_and_is_renewed(sandbox):
    told = graph_get(sandbox, "me", token="sandbox-17841400", fields="user_id,username,account_type").json()
    assert (told["user_id"], told["account_type"]) == (ACCOUNT, "BUSINESS")
    renewed = requests.get(
        f"{sandbox.url}/refresh_access_token",
        params={"grant_type": "ig_refresh_token", "access_token": PAGE_TOKEN},
        timeout=PATIENT,
    ).json()
    assert renewed["expires_in"] == 5_184_000
    assert renewed["access_token"] != PAGE_TOKEN
    assert graph_get(sandbox, "me", token=renewed["access_token"]).status_code == 200
    late = graph_get(sandbox, "refresh_access_token", token="sandbox-expired", grant_type="ig_refresh_token")
    assert error_of(late) == (400, 190, 463)


def test_an_hours_token_is_traded_for_a_long_one(sandbox):
    trade = {"grant_type": "ig_exchange_token", "token": "sandbox-short"}
    told = graph_get(sandbox, "access_token", client_secret="sandbox-app-secret", **trade).json()
    assert (told["token_type"], told["expires_in"]) == ("bearer", 5_184_000)
    assert error_of(graph_get(sandbox, "access_token", client_secret="guess", **trade))[:2] == (400, 1)
