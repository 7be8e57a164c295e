"""Albums and videos on the pretended Telegram, as a program that knows only the vendor's pages sends them."""

import json

import pytest
import requests

from connectors.sandbox.stage import films
from tests.connectors.sandbox_calls import telegram
from tests.support.silence import PATIENT

CHANNEL = "@news_desk"


def album(sandbox, *items, files=None, **parameters):
    return telegram(sandbox, "sendMediaGroup", chat_id=CHANNEL, media=json.dumps(items), files=files, **parameters)


def photo(sandbox, name="photo.jpg", **more):
    return {"type": "photo", "media": f"{sandbox.url}/_media/sample/{name}", **more}


def film(sandbox, **more):
    return {"type": "video", "media": f"{sandbox.url}/_media/sample/film.mp4", **more}


def complaint(answer):
    assert answer.status_code == 400
    return answer.json()["description"].removeprefix("Bad Request: ")


def test_an_album_is_one_post_of_several_messages(sandbox):
    told = album(sandbox, photo(sandbox, caption="<b>Two</b>", parse_mode="HTML"), film(sandbox)).json()["result"]
    first, second = told
    assert second["message_id"] == first["message_id"] + 1
    assert first["media_group_id"] == second["media_group_id"]
    assert (first["caption"], "caption" in second, second["video"]["width"]) == ("Two", False, 720)
    [post] = requests.get(f"{sandbox.url}/wall.json", timeout=PATIENT).json()["posts"]
    assert (post["text"], [one["kind"] for one in post["media"]]) == ("Two", ["image", "video"])
    assert requests.get(post["media"][1]["url"], timeout=PATIENT).headers["Content-Type"] == "video/mp4"
    assert "<video" in requests.get(sandbox.url, timeout=PATIENT).text


def test_files_of_the_form_are_named_by_the_items(sandbox):
    files = {"one": ("a.mp4", films.drawn(7)), "two": ("b.mp4", films.drawn(9))}
    items = [{"type": "video", "media": f"attach://{name}"} for name in files]
    told = album(sandbox, *items, files=files).json()["result"]
    assert [message["video"]["duration"] for message in told] == [7, 9]
    assert complaint(album(sandbox, *items, files={"one": files["one"]})) == "can't parse InputMedia: media not found"


@pytest.mark.parametrize(
    ("count", "why"),
    [
        (0, "there are no messages to send"),
        (1, "an album has 2-10 items"),
        (11, "too many messages to send as an album"),
    ],
)
def test_an_album_has_two_to_ten(sandbox, count, why):
    assert complaint(album(sandbox, *[photo(sandbox)] * count)) == why
    assert sandbox.wall == []


@pytest.mark.parametrize(
    ("item", "why"),
    [
        ({"type": "animation", "media": "x"}, 'type "animation" can\'t be used in sendMediaGroup'),
        ({"type": "document", "media": "x"}, "documented but not pretended"),
        ({"type": "photo", "media": "x", "colour": "red"}, "unknown field colour"),
        ({"type": "photo", "media": "https://example.com/a.jpg", "caption": "a" * 1025}, "caption is too long"),
    ],
)
def test_an_item_that_makes_no_sense_is_refused(sandbox, item, why):
    assert why in complaint(album(sandbox, photo(sandbox), item))
    assert sandbox.wall == []


def test_an_address_that_cannot_be_read_is_told_like_a_message_that_was_refused(sandbox):
    nothing = {"type": "photo", "media": f"{sandbox.url}/_media/none"}
    told = complaint(album(sandbox, photo(sandbox), nothing))
    assert told == 'Failed to send message #2 with the error message "failed to get HTTP URL content"'


def test_a_video_alone_may_have_buttons_and_must_be_one(sandbox):
    told = telegram(sandbox, "sendVideo", chat_id=CHANNEL, caption="Look", files={"video": ("a.mp4", films.drawn())})
    assert told.json()["result"]["video"]["mime_type"] == "video/mp4"
    broken = telegram(sandbox, "sendVideo", chat_id=CHANNEL, files={"video": ("a.mp4", b"\0\0\0\x08ftyp")})
    assert complaint(broken) == "VIDEO_CONTENT_TYPE_INVALID"
    assert [posting.text for posting in sandbox.wall] == ["Look"]


def test_words_of_one_message_of_an_album_can_be_changed(sandbox):
    first, _second = album(sandbox, photo(sandbox, caption="Two"), photo(sandbox)).json()["result"]
    changed = telegram(sandbox, "editMessageCaption", chat_id=CHANNEL, message_id=first["message_id"], caption="Both")
    assert changed.json()["result"]["caption"] == "Both"
    assert [(posting.text, len(posting.media)) for posting in sandbox.wall] == [("Both", 2)]


@pytest.mark.parametrize("late", [False, True])
def test_a_video_is_looked_at(late):
    seen = films.inspect(films.drawn(61.5, 1920, 1080, weight=1000, late=late))
    assert (seen.seconds, seen.width, seen.height, seen.ready_to_stream) == (61.5, 1920, 1080, not late)
    for content in (b"", b"RIFF", films.drawn(weight=50)[:-20], films.drawn(width=0)):
        with pytest.raises(films.NotAFilm):
            films.inspect(content)
