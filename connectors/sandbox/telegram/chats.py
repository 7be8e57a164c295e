"""Who is who on the pretended Telegram: the bot, its chats, and what it may do in them.

https://core.telegram.org/bots/api#getme · https://core.telegram.org/bots/api#chatfullinfo
https://core.telegram.org/bots/api#chatmemberadministrator
"""

import hashlib
import re

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, json_answer
from connectors.sandbox.telegram.refusals import bad_request

_GIFTS = ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels")
#: What the page says is present for every administrator, granted or not; typed libraries insist on each.
_RIGHTS = ("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members",
           "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories", "can_edit_stories",
           "can_delete_stories", "can_send_welcome_messages")  # fmt: skip
_GRANTED = {"can_manage_chat", "can_invite_users"}


#: Chats that the pretended person has added a bot to; in the second it may not post.
OWN = {
    "-1001000000001": {"id": -1001000000001, "title": "Kabar Harian", "username": "kabar_harian", "type": "channel"},
    "-1001000000002": {"id": -1001000000002, "title": "Arsip", "type": "channel"},
}
MUTE = -1001000000002


def good(result: object) -> Answer:
    """A good answer of the Bot API."""
    return json_answer(200, {"ok": True, "result": result})


def bot_of(number: int) -> dict:
    """The bot as a User."""
    return {"id": number, "is_bot": True, "first_name": "Sandbox Bot", "username": f"sandbox_{number}_bot"}


def chat_of(chat_id: str) -> dict:
    """The chat with this id or @username; any is there."""
    if not chat_id:
        raise bad_request("chat_id is empty")
    if chat_id.lower().startswith("@nobody"):
        raise bad_request("chat not found")
    if chat_id.lower() == "@kabar_harian":
        return dict(OWN["-1001000000001"])
    if re.fullmatch(r"@[A-Za-z]\w{2,}", chat_id):
        number = int(hashlib.sha256(chat_id.lower().encode()).hexdigest()[:8], 16)
        title = chat_id[1:].replace("_", " ").title()
        return {"id": -int(f"100{number:010d}"), "title": title, "username": chat_id[1:], "type": "channel"}
    if chat_id in OWN:
        return dict(OWN[chat_id])
    if not re.fullmatch(r"-?\d{1,19}", chat_id) or int(chat_id) == 0:
        raise bad_request("chat not found")
    number = int(chat_id)
    if number > 0:
        return {"id": number, "first_name": "Reader", "type": "private"}
    kind = "channel" if chat_id.startswith("-100") else "group"
    return {"id": number, "title": f"Sandbox {kind} {chat_id[-4:]}", "type": kind}


def get_me(_exchange: Exchange, bot: int, _given: dict) -> Answer:
    """getMe"""
    abilities = ("can_join_groups", "can_connect_to_business", "has_main_web_app")
    answer = {"can_read_all_group_messages": False, "supports_inline_queries": False}
    return good(bot_of(bot) | dict.fromkeys(abilities, False) | answer | {"can_join_groups": True})


def get_chat(_exchange: Exchange, _bot: int, given: dict) -> Answer:
    """getChat"""
    answer = {"accent_color_id": 2, "max_reaction_count": 11, "accepted_gift_types": dict.fromkeys(_GIFTS, False)}
    return good(chat_of(given.get("chat_id", "")) | answer)


def get_chat_member(exchange: Exchange, bot: int, given: dict) -> Answer:
    """getChatMember: only the bot itself is known."""
    chat = chat_of(given.get("chat_id", ""))
    if given.get("user_id") != str(bot):
        raise bad_request("invalid user_id specified" if not given.get("user_id", "").isdigit() else "member not found")
    if exchange.meets("blocked"):
        return good({"user": bot_of(bot), "status": "kicked", "until_date": 0})
    may = not exchange.meets("no_permission") and chat["id"] != MUTE
    rights = {name: name in _GRANTED for name in _RIGHTS}
    # Only channels have these two.
    channel = {"can_post_messages": may, "can_edit_messages": may} if chat["type"] == "channel" else {}
    answer = {"user": bot_of(bot), "status": "administrator", "can_be_edited": False, "is_anonymous": False}
    return good(answer | rights | channel)
