"""Messages of the pretended Telegram: sending a text, a photo or a video, and what is looked at before.

https://core.telegram.org/bots/api#sendmessage · https://core.telegram.org/bots/api#sendphoto
https://core.telegram.org/bots/api#sendvideo
"""

import json

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting
from connectors.sandbox.telegram import replies
from connectors.sandbox.telegram.chats import chat_of, good
from connectors.sandbox.telegram.hanging import Piece, change, message_of, put_up
from connectors.sandbox.telegram.photos import photo_of, video_of
from connectors.sandbox.telegram.refusals import REFUSALS, bad_request
from connectors.sandbox.telegram.text import LONGEST_CAPTION, LONGEST_TEXT, Message, check_length, read_text

_PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
_MARKUPS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def send_message(exchange: Exchange, bot: int, given: dict) -> Answer:
    """sendMessage"""
    chat = chat_of(given.get("chat_id", ""))
    message = read_words(given)
    check_markup(given)
    return _sent(exchange, bot, given, chat=chat, piece=Piece(message))


def send_photo(exchange: Exchange, bot: int, given: dict) -> Answer:
    """sendPhoto"""
    chat = chat_of(given.get("chat_id", ""))
    message = read_caption(given)
    check_markup(given)
    piece = Piece(message, photo_of(exchange, given))
    return _sent(exchange, bot, given, chat=chat, piece=piece)


def send_video(exchange: Exchange, bot: int, given: dict) -> Answer:
    """sendVideo"""
    chat = chat_of(given.get("chat_id", ""))
    message = read_caption(given)
    check_markup(given)
    piece = Piece(message, video_of(exchange, given))
    return _sent(exchange, bot, given, chat=chat, piece=piece)


def _sent(exchange: Exchange, bot: int, given: dict, *, chat: dict, piece: Piece) -> Answer:
    def make() -> Answer:
        [kept] = put_up(exchange, bot, given, chat=chat, pieces=[piece], markup=check_markup(given))
        show_preview(exchange, kept, preview_options(given))
        return good(message_of(kept))

    answers = replies.answered(exchange, given, chat)
    return exchange.create(make, {**REFUSALS, **replies.REFUSALS} if answers else REFUSALS)


def read_words(given: dict) -> Message:
    """The text of a message, checked; so are the wishes for its preview."""
    message = read_text(given, "text", "entities")
    preview_options(given)
    if not message.text:
        raise bad_request("message text is empty")
    check_length(message, LONGEST_TEXT, "message is too long")
    return message


def read_caption(given: dict) -> Message:
    """The caption of a picture, checked; it may be empty."""
    message = read_text(given, "caption", "caption_entities")
    check_length(message, LONGEST_CAPTION, "message caption is too long")
    return message


def preview_options(given: dict) -> dict:
    """``link_preview_options``, taken apart."""
    options = _json(given.get("link_preview_options", ""), "link preview options")
    if not isinstance(options, dict) or set(options) - _PREVIEW:
        raise bad_request("can't parse link preview options JSON object")
    return options


def check_markup(given: dict, *, inline_only: bool = False) -> dict:
    """``reply_markup``, taken apart: a keyboard under the message, or of the reader."""
    markup = _json(given.get("reply_markup", ""), "reply keyboard markup")
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if markup and not any(name in markup for name in _MARKUPS[: 1 if inline_only else None]):
        raise bad_request("inline keyboard expected" if inline_only else "object expected as reply markup")
    for row in markup.get("inline_keyboard", []):
        if not isinstance(row, list) or not all(isinstance(button, dict) and button.get("text") for button in row):
            raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    return markup if markup.get("inline_keyboard") else {}


def _json(text: str, what: str) -> object:
    try:
        return json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise bad_request(f"can't parse {what} JSON object") from error


def shown_preview(post: Posting, options: dict) -> str:
    """The link of a text whose preview is shown."""
    if post.media or options.get("is_disabled"):
        return ""
    return options.get("url") or next(iter(post.links), "")


def show_preview(exchange: Exchange, kept: dict, options: dict) -> None:
    """Hang the preview beside the message that is out."""
    change(exchange.world, kept, preview_link=shown_preview(kept["post"], options))
