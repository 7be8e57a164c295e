"""Answering a message of the pretended Telegram.

https://core.telegram.org/bots/api#replyparameters
"""

import json

from connectors.sandbox.stage.exchange import Exchange, Refusals
from connectors.sandbox.telegram.refusals import bad_request, telegram_error

_KNOWN = {"message_id", "chat_id", "allow_sending_without_reply", "quote", "quote_parse_mode", "quote_entities",
          "quote_position", "checklist_task_id"}  # fmt: skip
REFUSALS: Refusals = {
    "reply_refused": lambda exchange, day: telegram_error(400, "Bad Request: message to be replied not found")
}


def answered(exchange: Exchange, given: dict, chat: dict) -> str:
    """The number of the message that is answered, "" for none. One that is not there is refused unless allowed."""
    text = given.get("reply_parameters", "")
    try:
        wished = json.loads(text) if text else {}
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse reply parameters JSON object") from error
    if not isinstance(wished, dict) or set(wished) - _KNOWN:
        raise bad_request("can't parse reply parameters JSON object")
    if not wished:
        return ""
    number = wished.get("message_id")
    if not isinstance(number, int):
        raise bad_request("can't parse reply parameters: Can't find field \"message_id\"")
    kept = exchange.world.shelves["sent"].get((chat["id"], number))
    if kept is not None and kept["post"] in exchange.world.wall:
        return str(number)
    if wished.get("allow_sending_without_reply") is True:
        return ""
    raise bad_request("message to be replied not found")
