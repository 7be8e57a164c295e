"""Deleting a bot's own messages.

Facts and where they stand:
- a message can be deleted within 48 hours; a bot may delete its own in any chat where it may post:
  https://core.telegram.org/bots/api#deletemessage
- the texts of the refusals are those of the vendor's open server: https://github.com/tdlib/telegram-bot-api
"""

from datetime import timedelta
from typing import Any

from connectors.base import Connector
from connectors.errors import AccountBlocked, Evidence, NotRecallable, Rejected
from connectors.texts import taking_back_words as words

LONGEST = timedelta(hours=48)
_GONE = "message to delete not found"
_STAYS = "message can't be deleted"


class TakesBack(Connector):
    """The verb ``take_back`` of a bot; ``_call`` is the connector's own."""

    def why_it_stays(self, age: timedelta) -> str:
        return words.TOO_OLD if age >= LONGEST else ""

    def take_back(self, external_id: str) -> None:
        """Delete each message of the post; an album's ids stand side by side."""
        for number in filter(None, external_id.split(",")):
            try:
                self._call("deleteMessage", json={"chat_id": self.address, "message_id": int(number)})
            except (Rejected, AccountBlocked) as refusal:
                said = refusal.message.lower()
                if _GONE in said:
                    continue
                evidence: Evidence = {
                    "http_status": refusal.http_status,
                    "code": refusal.code,
                    "detail": refusal.detail,
                }
                told = words.NO_RIGHT if _STAYS in said else refusal.message
                raise NotRecallable(told, **evidence) from None

    def _call(self, method: str, *, creates: bool = False, **request: Any) -> dict[str, Any]:
        raise NotImplementedError
