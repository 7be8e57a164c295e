"""Telegram channels, groups and chats, through a bot.

Facts and where they stand:
- sendPhoto takes a caption of 1024, sendMessage a text of 4096 characters, counted as Unicode code points after the
  markup was taken out: https://core.telegram.org/bots/api#sendphoto https://core.telegram.org/bots/api#sendmessage
- a photo by address may have 5 MB, an upload 10 MB; width and height together 10,000, one at most 20 times the other:
  https://core.telegram.org/bots/api#sending-files
- an address is fetched once and what came is kept for days, so a mended picture needs another address or an upload:
  https://github.com/tdlib/telegram-bot-api/issues/782
- in HTML only ``&lt; &gt; &amp; &quot;`` and numbers are entities: https://core.telegram.org/bots/api#html-style
- a public chat's message stands at t.me/<name>/<number>, a private channel's at t.me/c/<id without -100>/<number>
- videos and albums, and how they travel: ``connectors.vendors.telegram.sending``
- bots cannot read a chat back and there is no key against doubles, so only a person can tell what became of a message
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import requests

from connectors import http
from connectors.base import Keep, Limits, Outgoing, Published, TokenStatus, unkept
from connectors.errors import AccountBlocked, AddressMoved, ConnectorError, Rejected, TokenInvalid
from connectors.media import together
from connectors.vendors.telegram import chats, errors, sending
from connectors.vendors.telegram.correcting import Corrects
from connectors.vendors.telegram.errors import DRAFTS, UPLOAD, another_way
from connectors.vendors.telegram.following import Follows
from connectors.vendors.telegram.login import TelegramLogin
from connectors.vendors.telegram.options import OPTIONS
from connectors.vendors.telegram.taking_back import TakesBack
from connectors.vendors.telegram.text import LONGEST_CAPTION, LONGEST_TEXT, TAGS, markup_fault, visible_length

_TOKEN = re.compile(r"\d+:[\w-]+", re.ASCII)


class Telegram(Follows, Corrects, TakesBack):
    """One chat. A picture goes by its address first and as an upload when Telegram cannot take it from there."""

    name = "telegram"
    label = "Telegram"
    aliases = ("tg",)
    health_name = "tg"
    api_base = "https://api.telegram.org"
    api_base_setting = "TELEGRAM_API_URL"
    markup, markup_tags = "html", TAGS
    markup_fault = staticmethod(markup_fault)
    limits = Limits(
        text=LONGEST_TEXT,
        text_with_media=LONGEST_CAPTION,
        media_bytes=5_000_000,
        media_types=("image/jpeg", "image/png", "image/gif"),
        length=visible_length,
        media_ratio=(1 / 20, 20),
        media_max_sides=10_000,
        media_count=sending.MOST_IN_ALBUM,
        mix=True,
        video=sending.VIDEO,
        text_with_several=LONGEST_CAPTION,
    )
    credential_keys = ("bot_token",)
    login = (TelegramLogin,)
    address_from = staticmethod(chats.address_from)
    options = OPTIONS
    ai_label = "line"
    where_to_look = "Open the chat in Telegram and look at its newest posts: a bot cannot read them back."

    def __init__(self, address: str, credentials: Mapping[str, str], **details: Any) -> None:
        address = f"@{address}" if re.fullmatch(r"[A-Za-z]\w{3,}", address) else address
        super().__init__(address, credentials, **details)
        self.limits = self.limits_for(self._options)

    @classmethod
    def limits_for(cls, options: Mapping[str, object]) -> Limits:
        """As a message a text with a single picture may be as long as one without."""
        as_message = options.get("long_text") == "message"
        return replace(cls.limits, text_with_media=LONGEST_TEXT) if as_message else cls.limits

    def needs_address(self, text: str) -> bool:
        """A message shows a picture by its link's preview only; a caption's picture can be uploaded."""
        return visible_length(text) > LONGEST_CAPTION

    @property
    def token(self) -> str:
        return str(self.credentials.get("bot_token") or "").strip()

    @property
    def secrets(self) -> tuple[str, ...]:
        return tuple(filter(None, (*super().secrets, self.token, self.token.partition(":")[2])))

    def prepare(self, outgoing: Outgoing, draft: str, keep: Keep = unkept) -> str:
        """Refuse what Telegram would refuse. With the draft ``upload`` the file must be readable."""
        together.taken(outgoing.media, self.limits, self.label)
        limit, length = self.limits.longest(outgoing.kinds), visible_length(outgoing.text)
        if length > limit:
            raise Rejected(f"Telegram takes {limit} characters {'with' if outgoing.media else 'without'} a picture, "
                           f"this text has {length}.")  # fmt: skip
        if outgoing.media and length > LONGEST_CAPTION and not outgoing.media_url:
            raise Rejected("Telegram shows a picture above a long text only from a public address.")
        if draft == UPLOAD and not outgoing.media_path:
            raise Rejected(f"Telegram cannot take the picture from {outgoing.media_url}; there is no copy to upload.")
        return draft if draft in DRAFTS else ""

    def publish(self, outgoing: Outgoing, draft: str) -> Published:
        if not sending.has_caption(outgoing):
            return self._published([self._call("sendMessage", creates=True, json=self._message(outgoing))])
        call = sending.of_media(outgoing, draft, self._common())
        try:
            result = self._call(call.method, creates=True, **call.request())
        except Rejected as refusal:
            # What was uploaded cannot be handed over in a better way.
            raise another_way(refusal, UPLOAD if call.files else draft) from None
        return self._published(result.get("value") or [result])

    def check_token(self) -> TokenStatus:
        """Ask who the bot is and what it may do in the chat."""
        name = ""
        try:
            me = self._call("getMe")
            name = f"@{me.get('username')}"
            try:
                member = self._call("getChatMember", json={"chat_id": self.address, "user_id": me.get("id")})
            except (AccountBlocked, Rejected, AddressMoved) as error:
                # The token was accepted; the chat is hidden from the bot.
                return TokenStatus(True, account_name=name, scopes_missing=("can_post_messages",), detail=error.message)
        except TokenInvalid as error:
            return TokenStatus(False, account_name=name, detail=error.message)
        missing = chats.missing_rights(member)
        detail = f"The bot is {member.get('status')} in {self.address} and may not post there." if missing else ""
        return TokenStatus(True, account_name=name, scopes_missing=missing, detail=detail)

    def classify(self, response: requests.Response, *, creates: bool) -> ConnectorError | None:
        return errors.classify(response)

    def _common(self) -> dict[str, object]:
        return {"chat_id": self.address} | ({"disable_notification": True} if self.option("silent") else {})

    def _message(self, outgoing: Outgoing) -> dict[str, object]:
        words = {"text": outgoing.text, "parse_mode": "HTML"}
        return self._common() | words | sending.preview(outgoing, of_link=bool(self.option("link_preview")))

    def _call(self, method: str, *, creates: bool = False, **request: Any) -> dict[str, Any]:
        """The ``result`` of one Bot API call; a list stands under "value" in it."""
        if not _TOKEN.fullmatch(self.token):
            raise TokenInvalid("The bot's token is missing or is not one (a number, a colon, letters).")
        answer = http.call(
            "POST",
            f"{self.api_base}/bot{self.token}/{method}",
            creates=creates,
            classify=lambda response: self.classify(response, creates=creates),
            secrets=self.secrets,
            timeout=self.settings.timeout,
            **request,
        )
        told = answer.data.get("result")
        result = {} if told is True else {"value": told} if isinstance(told, list) else told
        if not isinstance(result, dict):
            raise http.lost("Telegram answered without a result.", creates=creates, http_status=answer.status)
        return result

    def _published(self, messages: list[Any]) -> Published:
        """All messages of the post, an album's in their order; its address is the first one's."""
        numbers = [message.get("message_id") if isinstance(message, dict) else None for message in messages]
        if not numbers or not all(isinstance(number, int) for number in numbers):
            raise http.lost("Telegram answered without a message's number.", creates=True)
        return Published(",".join(map(str, numbers)), chats.address_of(messages[0]))
