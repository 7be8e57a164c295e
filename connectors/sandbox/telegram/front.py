"""The pretended Bot API's front: whose token it is, which method is called, and with which parameters.

https://core.telegram.org/bots/api#making-requests (parameters by query, form, JSON or multipart, as documented)
"""

import json
import re

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.telegram import albums, chats, edits, messages, updates
from connectors.sandbox.telegram import methods as documented
from connectors.sandbox.telegram.refusals import bad_request, telegram_error

_EVERY_SEND = {"chat_id", "message_thread_id", "parse_mode", "disable_notification", "protect_content",
               "allow_paid_broadcast", "message_effect_id", "business_connection_id", "reply_parameters",
               "reply_markup"}  # fmt: skip
_EVERY_EDIT = {"chat_id", "message_id", "parse_mode", "business_connection_id", "reply_markup"}
_WORDS = {"text", "entities", "link_preview_options"}
_VIDEO = {"video", "duration", "width", "height", "supports_streaming", "has_spoiler"}
_CREATING = ("sendmessage", "sendphoto", "sendvideo", "sendmediagroup")
_CAPTION = {"caption", "caption_entities", "show_caption_above_media"}

_ATTACHED = re.compile(r'attach://([^"\s]+)')


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
    exchange.concerns("telegram", given.get("chat_id", ""), creates=method in _CREATING)
    expired = "expired" in token or exchange.take("token_expired").name == "token_expired"
    if not token.partition(":")[2].startswith("sandbox") or expired:
        raise Refused(telegram_error(401, "Unauthorized"))
    if method not in _METHODS:
        raise _not_pretended(match[2]) if method in documented.METHODS else _unknown_method()
    known, handler = _METHODS[method]
    _check_names(exchange, given, known)
    return handler(exchange, int(token.partition(":")[0]), given)


def _unknown_method() -> Refused:
    return Refused(telegram_error(404, "Not Found: method not found"))


def _not_pretended(what: str) -> Refused:
    """Not 404 and not 401: libraries take those for a token that does not work."""
    return bad_request(f"{what} is documented but not pretended here")


def _check_names(exchange: Exchange, given: dict, known: set[str]) -> None:
    # A file may have any name that a parameter speaks of as attach://<name>.
    attached = set(_ATTACHED.findall(" ".join(given.values())))
    others = (set(given) | (set(exchange.request.files) - attached)) - known
    if missing := sorted(others & documented.PARAMETERS):
        raise _not_pretended(", ".join(missing))
    if others:
        raise bad_request(f"unknown parameter {', '.join(sorted(others))}")


def _parameters(exchange: Exchange) -> dict[str, str]:
    request = exchange.request
    if request.media_type == "application/json" and not isinstance(request.json, dict):
        raise bad_request("can't parse JSON object")
    body = request.json if isinstance(request.json, dict) else {}
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
    given = request.query | request.form | flat
    # Some libraries name the method in the body too, as in an answer to a webhook; the path decides.
    given.pop("method", None)
    return given


_METHODS = {
    "getme": (set(), chats.get_me),
    "getwebhookinfo": (set(), updates.get_webhook_info),
    "getupdates": ({"offset", "limit", "timeout", "allowed_updates"}, updates.get_updates),
    "getchat": ({"chat_id"}, chats.get_chat),
    "getchatmember": ({"chat_id", "user_id"}, chats.get_chat_member),
    "sendmessage": (_EVERY_SEND | _WORDS, messages.send_message),
    "sendphoto": (_EVERY_SEND | _CAPTION | {"photo", "has_spoiler"}, messages.send_photo),
    "sendvideo": (_EVERY_SEND | _CAPTION | _VIDEO, messages.send_video),
    "sendmediagroup": (_EVERY_SEND - {"parse_mode", "reply_markup"} | {"media"}, albums.send_media_group),
    "editmessagetext": (_EVERY_EDIT | _WORDS, edits.edit_text),
    "editmessagecaption": (_EVERY_EDIT | _CAPTION, edits.edit_caption),
    "deletemessage": ({"chat_id", "message_id"}, edits.delete_message),
    "deletemessages": ({"chat_id", "message_ids"}, edits.delete_messages),
}
