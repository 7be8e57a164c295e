"""A message to our own people, through a Telegram bot, wherever posts go.

Facts and where they stand:
- a message is sent and corrected by https://core.telegram.org/bots/api#sendmessage and
  https://core.telegram.org/bots/api#editmessagetext; in HTML ``< > &`` are escaped:
  https://core.telegram.org/bots/api#html-style
- a correction that changes nothing is refused with "message is not modified" (in no list of the vendor's:
  https://github.com/tdlib/telegram-bot-api writes it)
"""

from dataclasses import dataclass, field

from connectors import http
from connectors.errors import ConnectorError
from connectors.vendors.telegram import errors

LABEL = "Telegram"
_UNCHANGED = "message is not modified"


@dataclass(frozen=True)
class Bot:
    """A bot and the chat in which it speaks. ``timeout``: seconds to connect and to wait for an answer."""

    token: str = field(repr=False)
    chat: str
    api_base: str
    timeout: tuple[float, float]

    def say(self, text: str) -> int | None:
        """Send a message of HTML; its number, or None when the answer names none. Raises ConnectorError."""
        sent = self._call("sendMessage", text=text).data.get("result")
        number = sent.get("message_id") if isinstance(sent, dict) else None
        return number if isinstance(number, int) and number > 0 else None

    def correct(self, number: int, text: str) -> None:
        """Give a message another text, which it may have already. Raises ConnectorError."""
        try:
            self._call("editMessageText", text=text, message_id=number)
        except ConnectorError as fault:
            if _UNCHANGED not in str(fault).lower():
                raise

    def _call(self, method: str, **given: object) -> http.Answer:
        return http.call(
            "POST",
            f"{self.api_base}/bot{self.token}/{method}",
            json={"chat_id": self.chat, "parse_mode": "HTML"} | given,
            secrets=[self.token],
            timeout=self.timeout,
            classify=errors.classify,
        )
