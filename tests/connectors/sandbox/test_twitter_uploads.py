"""Uploads in pieces to the pretended X."""

import base64

import pytest
import requests

from tests.connectors.sandbox_calls import picture, signed, x_get, x_post
from tests.support.silence import PATIENT


def media(sandbox, path, handle="news_desk", **request):
    """POST /2/media/upload/…"""
    return requests.post(f"{sandbox.url}/2/media/upload/{path}", auth=signed(handle), timeout=PATIENT, **request)


def initialized(sandbox, size, *, kind="image/jpeg", category="tweet_image"):
    """The id of an upload that was begun."""
    told = {"media_type": kind, "media_category": category, "total_bytes": size}
    return media(sandbox, "initialize", json=told).json()["data"]["id"]


def append(sandbox, identifier, index, content, handle="news_desk"):
    """One piece, as multipart."""
    files = {"media": ("blob", content)}
    return media(sandbox, f"{identifier}/append", handle, data={"segment_index": str(index)}, files=files)


def in_pieces(sandbox, content, *, size=10_000, **kind):
    """The whole way; the answer to finalize."""
    identifier = initialized(sandbox, len(content), **kind)
    for index, start in enumerate(range(0, len(content), size)):
        assert append(sandbox, identifier, index, content[start : start + size]).json()["data"]["expires_at"] > 0
    return media(sandbox, f"{identifier}/finalize")


def refusal(answer):
    """The sentence in the first entry of ``errors``."""
    assert answer.status_code == 400, answer.text
    return answer.json()["errors"][0]["message"]


def test_a_picture_in_pieces_is_a_picture(sandbox):
    told = in_pieces(sandbox, picture(sandbox, "wide.jpg")).json()["data"]
    assert (told["image"]["w"], told["media_key"], told["size"]) == (
        1200,
        f"3_{told['id']}",
        len(picture(sandbox, "wide.jpg")),
    )
    assert "processing_info" not in told
    assert sandbox.creating_calls() == []
    assert x_post(sandbox, text="Hi", media={"media_ids": [told["id"]]}).status_code == 201
    assert requests.get(sandbox.wall[0].media_url, timeout=PATIENT).content == picture(sandbox, "wide.jpg")


def test_pieces_may_come_as_base64_and_again_but_not_out_of_order(sandbox):
    content = picture(sandbox)
    identifier = initialized(sandbox, len(content))
    assert refusal(append(sandbox, identifier, 1, content[5000:])) == "Segments must be appended in their order."
    for index, piece in ((0, b"x" * 5000), (0, content[:5000]), (1, content[5000:])):
        body = {"segment_index": index, "media": base64.b64encode(piece).decode()}
        assert media(sandbox, f"{identifier}/append", json=body).status_code == 200
    assert media(sandbox, f"{identifier}/finalize").json()["data"]["image"]["w"] == 1080


@pytest.mark.parametrize(
    ("name", "kind", "category"),
    [
        ("photo.gif", "image/gif", "tweet_gif"),
        ("film.mp4", "video/mp4", "tweet_video"),
        ("film.mp4", "video/mp4", "amplify_video"),
    ],
)
def test_what_moves_has_to_be_waited_for(sandbox, name, kind, category):
    told = in_pieces(sandbox, picture(sandbox, name), kind=kind, category=category).json()["data"]
    assert told["processing_info"] == {"state": "pending", "check_after_secs": 1}
    early = x_post(sandbox, text="Hi", media={"media_ids": [told["id"]]})
    assert refusal(early) == "Your media IDs are invalid."
    asked = {"media_id": told["id"], "command": "STATUS"}
    states = [x_get(sandbox, "media/upload", **asked).json()["data"] for _ in range(3)]
    assert [one["processing_info"]["state"] for one in states] == ["in_progress", "succeeded", "succeeded"]
    assert x_post(sandbox, text="Hi", media={"media_ids": [told["id"]]}).status_code == 201
    assert sandbox.wall[0].media_url


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"media_type": "image/avif"}, "$.media_type: does not have a value"),
        ({"media_category": "poster"}, "$.media_category: does not have a value"),
        ({"total_bytes": -1}, "$.total_bytes: must be a whole number"),
        ({"total_bytes": "7"}, "$.total_bytes: must be a whole number"),
        ({"total_bytes": 6 * 1024 * 1024}, "File size exceeds 5242880 bytes."),
        ({"command": "INIT"}, "$.command: is not defined in the schema"),
    ],
)
def test_an_upload_that_makes_no_sense_is_not_begun(sandbox, change, complaint):
    told = {"media_type": "image/jpeg", "media_category": "tweet_image", "total_bytes": 7} | change
    assert refusal(media(sandbox, "initialize", json=told)).startswith(complaint)


@pytest.mark.parametrize("pieces", [{}, {0: 3}, {1: 7}, {0: 3, 2: 4}])
def test_pieces_that_are_no_whole_are_refused(sandbox, pieces):
    identifier = initialized(sandbox, 7)
    for index, size in pieces.items():
        append(sandbox, identifier, index, b"x" * size)
    assert refusal(media(sandbox, f"{identifier}/finalize")) == "Segments do not add up to provided total file size."


def test_a_piece_too_many_too_large_or_of_somebody_else_is_refused(sandbox):
    identifier = initialized(sandbox, 7)
    assert refusal(append(sandbox, identifier, 0, b"x" * 8)) == "Segments do not add up to provided total file size."
    assert append(sandbox, identifier, 0, b"x" * (5 * 1024 * 1024 + 1)).status_code == 413
    assert refusal(append(sandbox, identifier, 1000, b"x")).startswith("$.segment_index")
    assert refusal(append(sandbox, identifier, "", b"x")).startswith("$.segment_index")
    assert refusal(append(sandbox, identifier, 0, b"x", "other_desk")) == "Your media IDs are invalid."
    assert refusal(append(sandbox, "77", 0, b"x")) == "Your media IDs are invalid."
    assert refusal(x_get(sandbox, "media/upload", media_id="77")) == "Your media IDs are invalid."
    assert refusal(x_get(sandbox, "media/upload", media_id="77", command="INIT")).startswith("The `command`")


def test_bytes_that_are_no_picture_are_found_out_at_the_end(sandbox):
    assert refusal(in_pieces(sandbox, b"no picture at all")) == "media type unrecognized."


@pytest.mark.parametrize("category", ["tweet_image", "tweet_gif", "dm_image", "dm_gif", "tweet_video", "dm_video"])
def test_every_category_of_the_specification_is_taken_in_one_go_too(sandbox, category):
    files = {"media": ("a", picture(sandbox, "film.mp4" if category.endswith("video") else "photo.gif"))}
    url = f"{sandbox.url}/2/media/upload"
    answer = requests.post(url, files=files, data={"media_category": category}, auth=signed(), timeout=PATIENT)
    assert answer.status_code == 200
    posted = x_post(sandbox, text="Hi", media={"media_ids": [answer.json()["data"]["id"]]})
    assert posted.status_code == (201 if category.startswith("tweet") else 400)


def test_a_moving_picture_stands_alone(sandbox):
    still = in_pieces(sandbox, picture(sandbox)).json()["data"]["id"]
    files = {"media": ("a.gif", picture(sandbox, "photo.gif"))}
    url = f"{sandbox.url}/2/media/upload"
    moving = requests.post(
        url, files=files, data={"media_category": "tweet_gif"}, auth=signed(), timeout=PATIENT
    ).json()
    both = x_post(sandbox, text="Hi", media={"media_ids": [still, moving["data"]["id"]]})
    assert refusal(both) == "Your media IDs are invalid."
