"""Second thoughts on the pretended Telegram: changing the words of a message that is out, and taking it back.

https://core.telegram.org/bots/api#editmessagetext · https://core.telegram.org/bots/api#editmessagecaption
https://core.telegram.org/bots/api#deletemessage · https://core.telegram.org/bots/api#deletemessages
"""

import json

from connectors.sandbox.stage.exchange import Exchange, Refusals
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import now
from connectors.sandbox.telegram.chats import chat_of, good
from connectors.sandbox.telegram.hanging import change, message_of, take_down
from connectors.sandbox.telegram.messages import (
    check_markup,
    preview_options,
    read_caption,
    read_words,
    show_preview,
    shown_preview,
)
from connectors.sandbox.telegram.refusals import REFUSALS, bad_request, telegram_error
from connectors.sandbox.telegram.text import Message

_NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current content "
    "and reply markup of the message"
)
MOST_DELETED = 100
_REFUSALS_OF_EDITS: Refusals = {
    **REFUSALS,
    "change_refused": lambda exchange, day: telegram_error(400, "Bad Request: message can't be edited"),
}


def edit_text(exchange: Exchange, bot: int, given: dict) -> Answer:
    """editMessageText"""
    message = read_words(given)
    kept = _kept(exchange, bot, given, what="edit")
    if kept["medium"]:
        raise bad_request("there is no text in the message to edit")
    return _changed(exchange, given, kept, message=message)


def edit_caption(exchange: Exchange, bot: int, given: dict) -> Answer:
    """editMessageCaption; without a caption the old one goes."""
    message = read_caption(given)
    kept = _kept(exchange, bot, given, what="edit")
    if not kept["medium"]:
        raise bad_request("there is no caption in the message to edit")
    return _changed(exchange, given, kept, message=message)


def _kept(exchange: Exchange, bot: int, given: dict, *, what: str) -> dict:
    chat, number = chat_of(given.get("chat_id", "")), given.get("message_id", "")
    if not number.isascii() or not number.isdigit() or not int(number):
        raise bad_request("message identifier is not specified")
    kept = exchange.world.shelves["sent"].get((chat["id"], int(number)))
    if kept is None:
        raise bad_request(f"message to {what} not found")
    if kept["bot"] != bot:
        raise bad_request("message can't be edited" if what == "edit" else "message can't be deleted")
    return kept


def _changed(exchange: Exchange, given: dict, kept: dict, *, message: Message) -> Answer:
    # Buttons that are not sent again are taken away.
    markup, options = check_markup(given, inline_only=True), preview_options(given)
    same = (kept["words"].text, kept["words"].entities, kept["markup"]) == (message.text, message.entities, markup)
    if same and shown_preview(kept["post"], options) == kept["post"].preview_link:
        raise bad_request(_NOT_MODIFIED)

    def make() -> Answer:
        with exchange.world.lock:
            kept.update(words=message, markup=markup)
            change(exchange.world, kept, edited_at=now())
            show_preview(exchange, kept, options)
        return good(message_of(kept))

    return exchange.change(make, _REFUSALS_OF_EDITS)


def delete_message(exchange: Exchange, bot: int, given: dict) -> Answer:
    """deleteMessage"""
    kept = _kept(exchange, bot, given, what="delete")
    return exchange.change(lambda: _taken_down(exchange, [kept]), REFUSALS)


def delete_messages(exchange: Exchange, bot: int, given: dict) -> Answer:
    """deleteMessages: what is gone already is passed over."""
    chat = chat_of(given.get("chat_id", ""))
    try:
        numbers = [int(number) for number in json.loads(given.get("message_ids", ""))]
    except (ValueError, TypeError) as error:
        raise bad_request("can't parse message identifiers JSON object") from error
    if not 1 <= len(numbers) <= MOST_DELETED:
        raise bad_request("message identifiers are not specified" if not numbers else "too many message identifiers")
    found = [exchange.world.shelves["sent"].get((chat["id"], number)) for number in numbers]
    return exchange.change(lambda: _taken_down(exchange, [one for one in found if one and one["bot"] == bot]), REFUSALS)


def _taken_down(exchange: Exchange, gone: list[dict]) -> Answer:
    with exchange.world.lock:
        for kept in gone:
            take_down(exchange.world, kept)
    return good(True)
