"""Second thoughts on the pretended Telegram: messages changed and taken back."""

import json

import pytest
import requests

from tests.connectors.sandbox_calls import telegram
from tests.support.silence import PATIENT

CHANNEL = "@news_desk"
BUTTONS = json.dumps({"inline_keyboard": [[{"text": "Play", "url": "https://example.com/play"}]]})


def sent(sandbox, **parameters):
    """The id of a message that is out."""
    told = telegram(sandbox, "sendMessage", **{"chat_id": CHANNEL, "text": "1 post failed", **parameters})
    return told.json()["result"]["message_id"]


def edit(sandbox, number, text="2 posts failed", *, method="editMessageText", **parameters):
    """An edit, by default of the text."""
    words = {"text" if method == "editMessageText" else "caption": text}
    return telegram(sandbox, method, **{"chat_id": CHANNEL, "message_id": number, **words, **parameters})


def complaint(answer):
    """The description of a refusal with 400."""
    assert answer.status_code == 400
    return answer.json()["description"].removeprefix("Bad Request: ")


def test_an_edited_text_hangs_where_the_old_one_hung(sandbox):
    number = sent(sandbox)
    sent(sandbox, text="Another")
    told = edit(sandbox, number, "<b>2</b> posts failed", parse_mode="HTML").json()["result"]
    assert (told["message_id"], told["text"], told["entities"][0]["type"]) == (number, "2 posts failed", "bold")
    assert told["edit_date"] >= told["date"]
    first, second = requests.get(f"{sandbox.url}/wall.json", timeout=PATIENT).json()["posts"]
    assert (first["text"], first["id"], second["text"]) == ("2 posts failed", str(number), "Another")
    assert first["edited_at"] and second["edited_at"] is None
    page = requests.get(f"{sandbox.url}/", timeout=PATIENT).text
    assert "<b>2</b> posts failed" in page and "1 post failed" not in page
    assert page.count("edited <a") == 1


def test_an_edit_creates_nothing(sandbox):
    number = sent(sandbox)
    edit(sandbox, number)
    assert (len(sandbox.wall), len(sandbox.creating_calls()), sandbox.calls[-1].creates) == (1, 1, False)


def test_the_same_words_again_are_no_edit(sandbox):
    number = sent(sandbox, text="See https://example.com/a", reply_markup=BUTTONS)
    same = edit(sandbox, number, "See https://example.com/a", reply_markup=BUTTONS)
    assert complaint(same).startswith("message is not modified: specified new message content and reply markup are")
    assert edit(sandbox, number, "See https://example.com/a").json()["ok"]
    hidden = edit(sandbox, number, "See https://example.com/a", link_preview_options='{"is_disabled": true}')
    assert hidden.json()["ok"]
    assert sandbox.wall[0].preview_link == ""


def test_buttons_that_are_not_sent_again_are_gone(sandbox):
    number = sent(sandbox, reply_markup=BUTTONS)
    assert edit(sandbox, number, "A", reply_markup=BUTTONS).json()["result"]["reply_markup"] == json.loads(BUTTONS)
    assert "reply_markup" not in edit(sandbox, number, "B").json()["result"]


def test_a_caption_is_edited_and_may_be_taken_away(sandbox):
    told = telegram(sandbox, "sendPhoto", chat_id=CHANNEL, photo="https://example.com/a.jpg", caption="Old").json()
    number = told["result"]["message_id"]
    changed = edit(sandbox, number, "New", method="editMessageCaption").json()["result"]
    assert (changed["caption"], changed["photo"]) == ("New", told["result"]["photo"])
    assert "caption" not in edit(sandbox, number, "", method="editMessageCaption").json()["result"]
    assert sandbox.wall[0].text == ""


@pytest.mark.parametrize(
    ("parameters", "description"),
    [
        ({"message_id": 9999}, "message to edit not found"),
        ({"chat_id": "@other_desk"}, "message to edit not found"),
        ({"message_id": ""}, "message identifier is not specified"),
        ({"message_id": "x"}, "message identifier is not specified"),
        ({"text": " "}, "message text is empty"),
        ({"text": "x" * 4097}, "message is too long"),
        (
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        ({"method": "editMessageCaption"}, "there is no caption in the message to edit"),
        ({"reply_markup": '{"keyboard": [["a"]]}'}, "inline keyboard expected"),
        ({"inline_message_id": "7"}, "inline_message_id is documented but not pretended here"),
        ({"token": "77:sandbox-other"}, "message can't be edited"),
        ({"caption": "x"}, "unknown parameter caption"),
    ],
)
def test_an_edit_that_cannot_be_is_refused_in_the_servers_words(sandbox, parameters, description):
    number = sent(sandbox)
    assert complaint(edit(sandbox, parameters.pop("message_id", number), **parameters)) == description
    assert (sandbox.wall[0].text, sandbox.wall[0].edited_at) == ("1 post failed", None)


def test_a_picture_has_no_text_to_edit(sandbox):
    told = telegram(sandbox, "sendPhoto", chat_id=CHANNEL, photo="https://example.com/a.jpg").json()["result"]
    assert complaint(edit(sandbox, told["message_id"])) == "there is no text in the message to edit"


def test_a_bad_day_meets_edits_too(sandbox):
    number = sent(sandbox)
    sandbox.scenario(CHANNEL, "rate_limit", times=1, seconds=9)
    assert edit(sandbox, number).json()["parameters"] == {"retry_after": 9}
    sandbox.scenario(CHANNEL, "accept_then_500", times=1)
    assert edit(sandbox, number).status_code == 500
    assert sandbox.wall[0].text == "2 posts failed"
    assert complaint(edit(sandbox, number)).startswith("message is not modified")


def test_a_message_is_taken_back_once(sandbox):
    number, kept = sent(sandbox), sent(sandbox, text="Stays")
    assert telegram(sandbox, "deleteMessage", chat_id=CHANNEL, message_id=number).json() == {"ok": True, "result": True}
    again = telegram(sandbox, "deleteMessage", chat_id=CHANNEL, message_id=number)
    assert complaint(again) == "message to delete not found"
    assert complaint(edit(sandbox, number)) == "message to edit not found"
    assert [post.id for post in sandbox.wall] == [str(kept)]


def test_several_are_taken_back_and_those_that_are_gone_do_not_matter(sandbox):
    numbers = [sent(sandbox, text=str(count)) for count in range(3)]
    for _ in range(2):
        answer = telegram(sandbox, "deleteMessages", chat_id=CHANNEL, message_ids=json.dumps([*numbers[:2], 9999]))
        assert answer.json() == {"ok": True, "result": True}
    assert [post.id for post in sandbox.wall] == [str(numbers[2])]
    for wrong in ("[]", "x", json.dumps(list(range(1, 102)))):
        assert telegram(sandbox, "deleteMessages", chat_id=CHANNEL, message_ids=wrong).status_code == 400
