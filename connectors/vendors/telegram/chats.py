"""Telegram's chats: what people paste for their address, and what a bot may do in one.

Which pages name a chat: https://core.telegram.org/api/links. A private channel's messages stand under
t.me/c/<id without -100>; an invite link names nobody that a bot could write to.
"""

import re
from typing import Any

from connectors.texts.pasted import Site

SITE = Site("Telegram", ("t.me", "telegram.me", "telegram.dog"), example="@channel or -1001234567890")
_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
#: First parts of a path that stand for something else than a chat.
_NO_NAMES = frozenset(
    {"addemoji", "addlist", "addstickers", "addtheme", "joinchat", "login", "proxy", "share", "socks"}
)


def address_from(text: str) -> str:
    """``@name`` or ``-100…`` from a page that was pasted; anything else as it is. Raises BadAddress."""
    page = SITE.page(text)
    if page is None:
        return text.strip()
    if page.part(0) == "c" and page.part(1).isdecimal():
        return f"-100{page.part(1)}"
    # t.me/s/name is the preview of t.me/name, which is name.t.me as well.
    name = page.under or page.part(1 if page.part(0) == "s" else 0).removeprefix("@")
    if not _NAME.fullmatch(name) or name.lower() in _NO_NAMES:
        raise page.refused()
    return f"@{name}"


def missing_rights(member: dict[str, Any]) -> tuple[str, ...]:
    """What a bot needs and does not have, by the answer about its membership."""
    status = member.get("status")
    if status in ("left", "kicked") or member.get("can_post_messages") is False:
        return ("can_post_messages",)
    return ("can_send_messages",) if member.get("can_send_messages") is False else ()


def address_of(message: dict[str, Any]) -> str:
    """Where a message can be read: t.me/<name>/<number>, or t.me/c/<id without -100>/<number>; "" in other chats."""
    found = message.get("chat")
    chat = found if isinstance(found, dict) else {}
    chat_id = str(chat.get("id") or "")
    place = str(chat.get("username") or "") or (f"c/{chat_id[4:]}" if chat_id.startswith("-100") else "")
    return f"https://t.me/{place}/{message.get('message_id')}" if place else ""
