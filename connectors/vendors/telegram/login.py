"""Telegram has no log-in page: the bot's token is typed in, and the chats where it is an administrator are found.

Facts and where they stand:
- being made an administrator is an update ``my_chat_member``, kept for a day: https://core.telegram.org/bots/api#update
- getUpdates and a webhook exclude each other; ``offset`` is never sent, since it would take the updates away from
  whoever else reads them, nor ``allowed_updates``, which would stay: https://core.telegram.org/bots/api#getupdates
- what the bot may do in a chat: https://core.telegram.org/bots/api#getchatmember
"""

import re
from collections.abc import Mapping

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
                return Found((self._place(grant, self._named(grant, typed)),))
            found = self._chats(grant)
            known = [place for chat in found[:_MOST_CHATS] if (place := self._place(grant, chat, sure=False))]
        except ConnectorError as fault:
            if fault.http_status == _CONFLICT:
                raise LoginTrouble("nothing_found", words.OTHER_READER, bot=bot) from None
            raise self.trouble(fault) from None
        if not known:
            raise LoginTrouble("nothing_found", words.NO_CHATS, bot=bot)
        return Found(tuple(known))

    def _chats(self, grant: Grant) -> list[dict]:
        """Chats that the last day's updates tell of, the newest first."""
        if self._call(grant.token, "getWebhookInfo").get("url"):
            raise LoginTrouble("nothing_found", words.WEBHOOK, bot=grant.facts["bot"])
        updates = self._call(grant.token, "getUpdates", timeout=0, limit=100).get("rows", [])
        told = [update[part]["chat"] for update in updates for part in _TELLING if part in update]
        groups = [chat for chat in told if chat.get("type") in ("channel", "supergroup", "group")]
        return list({chat["id"]: chat for chat in reversed(groups)}.values())

    def _named(self, grant: Grant, typed: str) -> dict:
        bot = grant.facts["bot"]
        try:
            address = chats.address_from(typed)
            address = f"@{address}" if re.fullmatch(r"[A-Za-z]\w{3,}", address) else address
            return self._call(grant.token, "getChat", chat_id=address)
        except (BadAddress, Rejected, AccountBlocked, TokenInvalid):
            raise LoginTrouble("nothing_found", words.NO_SUCH_CHAT, bot=bot, chat=typed) from None

    def _place(self, grant: Grant, chat: dict, *, sure: bool = True) -> Place | None:
        """The chat as a place; None for one that the bot has left, unless a person named it."""
        try:
            member = self._call(grant.token, "getChatMember", chat_id=chat["id"], user_id=grant.facts["id"])
            missing = bool(chats.missing_rights(member)) or (
                chat.get("type") == "channel" and member.get("status") != "administrator"
            )
            gone = member.get("status") in ("left", "kicked")
        except (Rejected, AccountBlocked):
            missing, gone = True, True
        if gone and not sure:
            return None
        name = str(chat.get("title") or chat.get("username") or chat["id"])
        aliases = (f"@{chat['username']}",) if chat.get("username") else ()
        problem = words.NO_RIGHT if missing else ""
        return Place(str(chat["id"]), name, {"bot_token": grant.token}, problem=problem, aliases=aliases)

    def _call(self, token: str, method: str, **given: object) -> dict:
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
