"""The pretended Bot API: getMe, getChat, getChatMember, sendMessage and sendPhoto.

https://core.telegram.org/bots/api (parameters by query, form, JSON or multipart, as documented)
"""

import hashlib
import json
import re
from dataclasses import replace

from connectors.sandbox.exchange import Exchange
from connectors.sandbox.telegram_photos import photo_of
from connectors.sandbox.telegram_refusals import REFUSALS, bad_request, telegram_error
from connectors.sandbox.telegram_text import Message, check_length, read_text
from connectors.sandbox.wire import Answer, Refused, json_answer
from connectors.sandbox.world import Posting, now

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
_EVERY_SEND = {"chat_id", "message_thread_id", "parse_mode", "disable_notification", "protect_content",
               "allow_paid_broadcast", "message_effect_id", "business_connection_id", "reply_parameters",
               "reply_markup"}  # fmt: skip
_MESSAGE = _EVERY_SEND | {"text", "entities", "link_preview_options"}
_PHOTO = _EVERY_SEND | {"photo", "caption", "caption_entities", "show_caption_above_media", "has_spoiler"}
_PREVIEW = {"is_disabled", "url", "prefer_small_media", "prefer_large_media", "show_above_text"}


def answer(exchange: Exchange) -> Answer:
    """Answer one Bot API call."""
    exchange.concerns("telegram")
    match = re.match(r"/bot([^/]*)/([^/]*)/?$", exchange.request.path)
    if match is None or not re.fullmatch(r"\d+:[\w-]+", match[1]):
        raise Refused(telegram_error(404, "Not Found"))
    if exchange.request.method not in ("GET", "POST"):
        raise Refused(telegram_error(404, "Not Found"))
    token, method = match[1], match[2].lower()
    given = _parameters(exchange)
    exchange.concerns("telegram", given.get("chat_id", ""), creates=method in ("sendmessage", "sendphoto"))
    expired = "expired" in token or exchange.take("token_expired").name == "token_expired"
    if not token.partition(":")[2].startswith("sandbox") or expired:
        raise Refused(telegram_error(401, "Unauthorized"))
    if method not in _METHODS:
        raise Refused(telegram_error(404, "Not Found: method not found"))
    known, handler = _METHODS[method]
    unknown = sorted((set(given) | set(exchange.request.files)) - known)
    if unknown:
        raise bad_request(f"unknown parameter {', '.join(unknown)}")
    return handler(exchange, int(token.partition(":")[0]), given)


def _parameters(exchange: Exchange) -> dict[str, str]:
    request = exchange.request
    if request.media_type == "application/json" and not isinstance(request.json, dict):
        raise bad_request("can't parse JSON object")
    body = request.json or {}
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    return request.query | request.form | flat


def _good(result: object) -> Answer:
    return json_answer(200, {"ok": True, "result": result})


def _get_me(_exchange: Exchange, bot: int, _given: dict) -> Answer:
    return _good(
        _bot(bot) | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}
    )


def _bot(bot: int) -> dict:
    return {"id": bot, "is_bot": True, "first_name": "Sandbox Bot", "username": f"sandbox_{bot}_bot"}


def _get_chat(_exchange: Exchange, _bot_id: int, given: dict) -> Answer:
    return _good(chat_of(given.get("chat_id", "")) | {"accent_color_id": 2, "max_reaction_count": 11})


def _get_chat_member(exchange: Exchange, bot: int, given: dict) -> Answer:
    chat_of(given.get("chat_id", ""))
    if given.get("user_id") != str(bot):
        raise bad_request("invalid user_id specified" if not given.get("user_id", "").isdigit() else "member not found")
    if exchange.meets("blocked"):
        return _good({"user": _bot(bot), "status": "kicked", "until_date": 0})
    may = not exchange.meets("no_permission")
    rights = {"can_be_edited": False, "can_manage_chat": True, "can_post_messages": may, "can_edit_messages": may}
    return _good({"user": _bot(bot), "status": "administrator", "is_anonymous": False} | rights)


def chat_of(chat_id: str) -> dict:
    """The chat with this id or @username; any is there."""
    if not chat_id:
        raise bad_request("chat_id is empty")
    if re.fullmatch(r"@[A-Za-z]\w{2,}", chat_id):
        number = int(hashlib.sha256(chat_id.lower().encode()).hexdigest()[:8], 16)
        title = chat_id[1:].replace("_", " ").title()
        return {"id": -int(f"100{number:010d}"), "title": title, "username": chat_id[1:], "type": "channel"}
    if not re.fullmatch(r"-?\d{1,19}", chat_id) or int(chat_id) == 0:
        raise bad_request("chat not found")
    number = int(chat_id)
    if number > 0:
        return {"id": number, "first_name": "Reader", "type": "private"}
    kind = "channel" if chat_id.startswith("-100") else "group"
    return {"id": number, "title": f"Sandbox {kind} {chat_id[-4:]}", "type": kind}


def _send_message(exchange: Exchange, _bot_id: int, given: dict) -> Answer:
    chat = chat_of(given.get("chat_id", ""))
    message = read_text(given, "text", "entities")
    _check_preview(given.get("link_preview_options", ""))
    if not message.text:
        raise bad_request("message text is empty")
    check_length(message, LONGEST_TEXT, "message is too long")
    return exchange.create(lambda: _put_up(exchange, given, chat, message), REFUSALS)


def _send_photo(exchange: Exchange, _bot_id: int, given: dict) -> Answer:
    chat = chat_of(given.get("chat_id", ""))
    message = read_text(given, "caption", "caption_entities")
    check_length(message, LONGEST_CAPTION, "message caption is too long")
    photo = photo_of(exchange, given)
    return exchange.create(lambda: _put_up(exchange, given, chat, message, photo=photo), REFUSALS)


def _check_preview(told: str) -> None:
    try:
        options = json.loads(told) if told else {}
    except ValueError as error:
        raise bad_request("can't parse link preview options JSON object") from error
    if not isinstance(options, dict) or set(options) - _PREVIEW:
        raise bad_request("can't parse link preview options JSON object")


def _put_up(exchange: Exchange, given: dict, chat: dict, message: Message, *, photo: dict | None = None) -> Answer:
    world = exchange.world
    options = json.loads(given.get("link_preview_options") or "{}")
    urls = [entity["url"] for entity in message.entities if "url" in entity]
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
            more_links=tuple(urls),
        )
        shown = "" if photo or options.get("is_disabled") else options.get("url") or next(iter(post.links), "")
        world.put_up(replace(post, preview_link=shown))
    words = {"caption": message.text, "caption_entities": message.entities} if photo else {
        "text": message.text, "entities": message.entities}  # fmt: skip
    told = {"message_id": number, "sender_chat": chat, "chat": chat, "date": int(post.posted_at.timestamp())}
    pictures = {"photo": photo["sizes"]} if photo else {}
    return _good(told | pictures | {name: value for name, value in words.items() if value})


def _permalink(chat: dict, number: int) -> str:
    if chat.get("username"):
        return f"https://t.me/{chat['username']}/{number}"
    return f"https://t.me/c/{str(chat['id']).removeprefix('-100')}/{number}" if chat["type"] == "channel" else ""


_METHODS = {
    "getme": (set(), _get_me),
    "getchat": ({"chat_id"}, _get_chat),
    "getchatmember": ({"chat_id", "user_id"}, _get_chat_member),
    "sendmessage": (_MESSAGE, _send_message),
    "sendphoto": (_PHOTO, _send_photo),
}
