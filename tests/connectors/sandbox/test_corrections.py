"""Other texts for posts of the pretended Page, and answers that come late."""

import time

import pytest
import requests

from tests.connectors.sandbox_calls import (
    ADDRESSES,
    PAGE_TOKEN,
    error_of,
    graph_get,
    graph_post,
    post_once,
    telegram,
    x_post,
)  # fmt: skip
from tests.support import silence
from tests.support.silence import PATIENT

PAGE = "102938"
PHOTO = "https://example.com/gates.jpg"


def posted(sandbox, **parameters):
    """The answer to a post of the Page."""
    return graph_post(sandbox, f"{PAGE}/feed", **({"message": "One erorr"} | parameters)).json()


def test_another_text_hangs_where_the_old_one_hung_and_is_marked(sandbox):
    number = posted(sandbox)["id"]
    posted(sandbox, message="Another")
    assert graph_post(sandbox, number, message="No error").json() == {"success": True}
    assert [post.text for post in sandbox.wall] == ["No error", "Another"]
    assert graph_get(sandbox, number, fields="message").json()["message"] == "No error"
    told = requests.get(f"{sandbox.url}/wall.json", timeout=PATIENT).json()
    assert told["posts"][0]["edited_at"] == told["edited"] and told["posts"][1]["edited_at"] is None
    page = requests.get(f"{sandbox.url}/", timeout=PATIENT).text
    assert "No error" in page and "One erorr" not in page and page.count("edited <a") == 1


def test_a_change_creates_nothing_and_may_be_repeated(sandbox):
    number = posted(sandbox)["id"]
    for _ in range(2):
        assert graph_post(sandbox, number, message="No error").status_code == 200
    assert (len(sandbox.wall), len(sandbox.creating_calls()), sandbox.calls[-1].creates) == (1, 1, False)


def test_a_photo_takes_no_text_and_names_the_post_that_does(sandbox):
    made = graph_post(sandbox, f"{PAGE}/photos", url=PHOTO, caption="One erorr").json()
    assert error_of(graph_post(sandbox, made["id"], message="No error")) == (400, 100, 33)
    story = graph_get(sandbox, made["id"], fields="page_story_id").json()["page_story_id"]
    assert graph_post(sandbox, story, message="No error").status_code == 200
    assert sandbox.wall[0].text == "No error"


@pytest.mark.parametrize(
    ("parameters", "refusal"),
    [
        ({}, (400, 100, None)),
        ({"message": "x" * 63_207}, (400, 100, None)),
        ({"message": "x", "caption": "y"}, (400, 100, None)),
        ({"message": "x", "link": "https://example.com/"}, (400, 100, None)),
        ({"message": "x", "token": "sandbox-expired"}, (400, 190, 463)),
    ],
)
def test_what_it_does_not_take_is_refused_and_nothing_changes(sandbox, parameters, refusal):
    number = posted(sandbox)["id"]
    assert error_of(graph_post(sandbox, number, **parameters)) == refusal
    assert sandbox.wall[0].text == "One erorr" and sandbox.wall[0].edited_at is None


def test_what_is_not_there_is_said_in_the_words_for_what_nobody_may_see(sandbox):
    assert error_of(graph_post(sandbox, f"{PAGE}_122100000000000001", message="x")) == (400, 100, 33)


@pytest.mark.parametrize("platform", ["facebook", "telegram"])
def test_a_change_can_be_refused_while_posts_go_through(sandbox, platform):
    sandbox.scenario(ADDRESSES[platform], "change_refused")
    made = post_once(sandbox, platform, ADDRESSES[platform])
    assert made.status_code == 200
    if platform == "facebook":
        answer = graph_post(sandbox, made.json()["id"], message="x")
        assert error_of(answer) == (403, 200, None)
    else:
        number = made.json()["result"]["message_id"]
        answer = telegram(sandbox, "editMessageText", chat_id=ADDRESSES[platform], message_id=number, text="x")
        assert answer.json()["description"] == "Bad Request: message can't be edited"
    assert sandbox.wall[0].edited_at is None


def test_a_deletion_is_done_at_once_and_answered_late(sandbox):
    sandbox.scenario(PAGE, "answered_late", seconds=600)
    number = posted(sandbox)["id"]
    address = f"{sandbox.url}/v26.0/{number}"
    with silence.noticed(), pytest.raises(requests.Timeout):
        requests.delete(address, params={"access_token": PAGE_TOKEN}, timeout=PATIENT)
    assert sandbox.wall == []


def test_a_late_answer_comes(sandbox):
    sandbox.scenario("@news_desk", "answered_late", seconds=0.3)
    number = post_once(sandbox, "telegram", "@news_desk").json()["result"]["message_id"]
    began = time.monotonic()
    assert telegram(sandbox, "deleteMessage", chat_id="@news_desk", message_id=number).json()["ok"]
    assert time.monotonic() - began >= 0.3


def test_a_late_answer_is_about_what_is_out_and_no_post_waits_for_it(sandbox):
    sandbox.scenario("news_desk", "answered_late", seconds=600)
    assert x_post(sandbox, text="Quick").status_code == 201
