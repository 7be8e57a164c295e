"""Telegram has no log-in page: the bot's token is typed in, and the chats where it is an administrator are found.

Facts and where they stand:
- being made an administrator is an update ``my_chat_member``, kept for a day: https://core.telegram.org/bots/api#update
- getUpdates and a webhook exclude each other; ``offset`` is never sent, since it would take the updates away from
  whoever else reads them, nor ``allowed_updates``, which would stay: https://core.telegram.org/bots/api#getupdates
- what the bot may do in a chat: https://core.telegram.org/bots/api#getchatmember
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors import http
from connectors.errors import AccountBlocked, ConnectorError, Rejected, TokenInvalid
from connectors.login import Ask, Found, Grant, Login, LoginTrouble, Place
from connectors.texts import log_in_words as words
from connectors.texts.pasted import BadAddress
from connectors.vendors.telegram import chats, errors

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)
#: Parts of an update that tell of a chat.
_TELLING = ("my_chat_member", "channel_post", "edited_channel_post", "message")
#: So many chats are asked about one by one.
_MOST_CHATS = 30
_CONFLICT = 409


@dataclass(frozen=True)
class _Chat:
    number: int
    kind: str
    title: str
    username: str


class TelegramLogin(Login):
    """A bot and its chats."""

    name = "telegram"
    label = platform_label = "Telegram"
    site_settings = {"api": "TELEGRAM_API_URL"}
    steps = words.TELEGRAM_STEPS
    asks = (
        Ask("bot_token", words.BOT_TOKEN, words.BOT_TOKEN_HELP, secret=True),
        Ask("chat", words.CHAT, words.CHAT_HELP, required=False),
    )

    def exchange(self, query: Mapping[str, str], back: str, *, kept: Mapping[str, str]) -> Grant:
        """Whose token it is."""
        token = query.get("bot_token", "").strip()
        if not _TOKEN.fullmatch(token):
            raise LoginTrouble("code", words.BAD_TOKEN)
        try:
            me = self._call(token, "getMe")
        except TokenInvalid:
            raise LoginTrouble("code", words.TOKEN_REFUSED) from None
        except ConnectorError as fault:
            raise self.trouble(fault) from None
        return Grant(
            token, {"id": me.get("id"), "bot": f"@{me.get('username')}", "chat": query.get("chat", "").strip()}
        )

    def places(self, grant: Grant) -> Found:
        bot = str(grant.facts["bot"])
        try:
            if typed := str(grant.facts.get("chat") or ""):
                return Found((self._typed(grant, typed),))
            known = self._known(grant, self._chats(grant)[:_MOST_CHATS])
        except ConnectorError as fault:
            if fault.http_status == _CONFLICT:
                raise LoginTrouble("nothing_found", words.OTHER_READER, bot=bot) from None
            raise self.trouble(fault) from None
        if not known:
            raise LoginTrouble("nothing_found", words.NO_CHATS, bot=bot)
        return Found(tuple(known))

    def _chats(self, grant: Grant) -> list[_Chat]:
        """Chats that the last day's updates tell of, the newest first."""
        if self._call(grant.token, "getWebhookInfo").get("url"):
            raise LoginTrouble("nothing_found", words.WEBHOOK, bot=grant.facts["bot"])
        updates = self._call(grant.token, "getUpdates", timeout=0, limit=100).get("rows", [])
        chats = [_chat(update[part]["chat"]) for update in updates for part in _TELLING if part in update]
        groups = [chat for chat in chats if chat.kind in ("channel", "supergroup", "group")]
        return list({chat.number: chat for chat in reversed(groups)}.values())

    def _known(self, grant: Grant, found: list[_Chat]) -> list[Place]:
        """Those that the bot has not left."""
        asked = [(chat, *self._membership(grant, chat)) for chat in found]
        return [_place(grant, chat, missing=missing) for chat, missing, gone in asked if not gone]

    def _typed(self, grant: Grant, typed: str) -> Place:
        """The one that a person named, also when the bot has left it."""
        chat = self._named(grant, typed)
        missing, _gone = self._membership(grant, chat)
        return _place(grant, chat, missing=missing)

    def _named(self, grant: Grant, typed: str) -> _Chat:
        bot = grant.facts["bot"]
        try:
            address = chats.address_from(typed)
            address = f"@{address}" if re.fullmatch(r"[A-Za-z]\w{3,}", address) else address
            return _chat(self._call(grant.token, "getChat", chat_id=address))
        except (BadAddress, Rejected, AccountBlocked, TokenInvalid):
            raise LoginTrouble("nothing_found", words.NO_SUCH_CHAT, bot=bot, chat=typed) from None

    def _membership(self, grant: Grant, chat: _Chat) -> tuple[bool, bool]:
        """(a right is missing, the bot has left)."""
        try:
            member = self._call(grant.token, "getChatMember", chat_id=chat.number, user_id=grant.facts["id"])
        except (Rejected, AccountBlocked):
            return True, True
        missing = bool(chats.missing_rights(member)) or (
            chat.kind == "channel" and member.get("status") != "administrator"
        )
        return missing, member.get("status") in ("left", "kicked")

    def _call(self, token: str, method: str, **given: object) -> dict[str, Any]:
        """The ``result`` of one call; a list is under "rows" in it."""
        answer = http.call(
            "POST",
            f"{self.site['api']}/bot{token}/{method}",
            classify=errors.classify,
            secrets=(token, token.partition(":")[2]),
            timeout=self.timeout,
            json=given,
        )
        result = answer.data.get("result")
        return {"rows": result} if isinstance(result, list) else result if isinstance(result, dict) else {}


def _chat(entry: Mapping[str, Any]) -> _Chat:
    return _Chat(
        entry["id"],
        kind=str(entry.get("type") or ""),
        title=str(entry.get("title") or ""),
        username=str(entry.get("username") or ""),
    )


def _place(grant: Grant, chat: _Chat, *, missing: bool) -> Place:
    name = chat.title or chat.username or str(chat.number)
    aliases = (f"@{chat.username}",) if chat.username else ()
    problem = words.NO_RIGHT if missing else ""
    return Place(str(chat.number), name, {"bot_token": grant.token}, problem=problem, aliases=aliases)
