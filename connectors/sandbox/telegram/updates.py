"""What a pretended bot has heard: it was made an administrator of two channels.

A token with "hooked" in it has a webhook, one with "reader" in it another reader, one with "lonely" no chats.
https://core.telegram.org/bots/api#getupdates · https://core.telegram.org/bots/api#getwebhookinfo
"""

import time

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.telegram.chats import OWN, bot_of, good
from connectors.sandbox.telegram.refusals import telegram_error

_PERSON = {"id": 700001, "is_bot": False, "first_name": "Sari"}


def get_webhook_info(exchange: Exchange, _bot: int, _given: dict) -> Answer:
    """getWebhookInfo"""
    url = "https://example.com/hook" if "hooked" in exchange.request.path else ""
    return good({"url": url, "has_custom_certificate": False, "pending_update_count": 0})


def get_updates(exchange: Exchange, bot: int, _given: dict) -> Answer:
    """getUpdates: the same each time, since nobody confirms them."""
    path = exchange.request.path
    if "hooked" in path:
        raise Refused(telegram_error(409, "Conflict: can't use getUpdates method while webhook is active; use "
                                          "deleteWebhook to delete the webhook first"))  # fmt: skip
    if "reader" in path:
        raise Refused(telegram_error(409, "Conflict: terminated by other getUpdates request; make sure that only one "
                                          "bot instance is running"))  # fmt: skip
    if "lonely" in path:
        return good([])
    return good([_joined(bot, number, chat) for number, chat in enumerate(OWN.values(), start=1)])


def _joined(bot: int, number: int, chat: dict) -> dict:
    before = {"user": bot_of(bot), "status": "left"}
    now = {"user": bot_of(bot), "status": "administrator", "can_be_edited": False, "can_post_messages": True}
    answer = {
        "chat": chat,
        "from": _PERSON,
        "date": int(time.time()),
        "old_chat_member": before,
        "new_chat_member": now,
    }
    return {"update_id": 900000 + number, "my_chat_member": answer}
