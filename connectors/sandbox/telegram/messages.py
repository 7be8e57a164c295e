"""Messages of the pretended Telegram: sending a text or a photo, and how a message is shown.

https://core.telegram.org/bots/api#sendmessage · https://core.telegram.org/bots/api#sendphoto
https://core.telegram.org/bots/api#message
"""

import json
from dataclasses import replace

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer
from connectors.sandbox.stage.world import Posting, now
from connectors.sandbox.telegram.chats import bot_of, chat_of, good
from connectors.sandbox.telegram.photos import photo_of
from connectors.sandbox.telegram.refusals import REFUSALS, bad_request
from connectors.sandbox.telegram.text import LONGEST_CAPTION, LONGEST_TEXT, Message, check_length, read_text

_PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}
_MARKUPS = ("inline_keyboard", "keyboard", "remove_keyboard", "force_reply")


def send_message(exchange: Exchange, bot: int, given: dict) -> Answer:
    """sendMessage"""
    chat = chat_of(given.get("chat_id", ""))
    message = read_words(given)
    check_markup(given)
    return exchange.create(lambda: _put_up(exchange, bot, given, chat=chat, message=message), REFUSALS)


def send_photo(exchange: Exchange, bot: int, given: dict) -> Answer:
    """sendPhoto"""
    chat = chat_of(given.get("chat_id", ""))
    message = read_caption(given)
    check_markup(given)
    photo = photo_of(exchange, given)
    return exchange.create(lambda: _put_up(exchange, bot, given, chat=chat, message=message, photo=photo), REFUSALS)


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
    if post.media_url or options.get("is_disabled"):
        return ""
    return options.get("url") or next(iter(post.links), "")


def urls_of(message: Message) -> tuple[str, ...]:
    """The addresses behind words."""
    return tuple(entity["url"] for entity in message.entities if "url" in entity)


def message_of(kept: dict, post: Posting) -> dict:
    """The message as the Bot API tells it; ``kept`` is what the wall does not need to know."""
    chat, words = kept["chat"], "caption" if kept["photo"] else "text"
    sender = {"sender_chat": chat} if chat["type"] == "channel" else {"from": bot_of(kept["bot"])}
    edited = {"edit_date": int(post.edited_at.timestamp())} if post.edited_at else {}
    more = {
        "photo": kept["photo"],
        words: post.text,
        "caption_entities" if kept["photo"] else "entities": kept["entities"],
        "reply_markup": kept["markup"],
    }
    head = {"message_id": int(post.id), **sender, "chat": chat, "date": int(post.posted_at.timestamp())}
    return head | edited | {name: value for name, value in more.items() if value}


def _put_up(
    exchange: Exchange, bot: int, given: dict, *, chat: dict, message: Message, photo: dict | None = None
) -> Answer:
    world = exchange.world
    with world.lock:
        number = world.shelves["messages"].get(chat["id"], 100) + 1
        world.shelves["messages"][chat["id"]] = number
        post = Posting(
            platform="telegram",
            address=given["chat_id"],
            id=str(number),
            text=message.text,
            markup=message.markup,
            posted_at=now(),
            permalink=_permalink(chat, number),
            media_url=photo["media_url"] if photo else "",
            silent=given.get("disable_notification", "").lower() in ("true", "1"),
            more_links=urls_of(message),
        )
        post = world.put_up(replace(post, preview_link=shown_preview(post, preview_options(given))))
        kept = {"chat": chat, "bot": bot, "post": post, "photo": photo["sizes"] if photo else []}
        kept |= {"entities": message.entities, "markup": check_markup(given)}
        world.shelves["sent"][chat["id"], number] = kept
    return good(message_of(kept, post))


def _permalink(chat: dict, number: int) -> str:
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    return f"https://t.me/c/{str(chat['id']).removeprefix('-100')}/{number}" if chat["type"] == "channel" else ""
