"""Replies of a bot to its own messages.

Facts and where they stand:
- ``reply_parameters`` names the message that is answered; without it the reply would go out unthreaded, so nothing
  allows that: https://core.telegram.org/bots/api#replyparameters
- a message takes 4096 characters: https://core.telegram.org/bots/api#sendmessage
- bots cannot read a chat back, so only a person can tell what became of a reply
"""

from typing import Any

from connectors.base import Connector, Published
from connectors.texts.following import FollowUp, FollowUpLimits
from connectors.vendors.telegram.text import LONGEST_TEXT


class Follows(Connector):
    """The verb ``follow_up`` of a bot; the other methods are the connector's own."""

    follow_ups = FollowUpLimits(text=LONGEST_TEXT)

    def follow_up(self, words: FollowUp) -> Published:
        # An album's ids stand side by side; the thread hangs under its first message.
        number = int(words.root.split(",")[0])
        fields = self._common() | {"text": words.text, "reply_parameters": {"message_id": number}}
        if not self.option("link_preview"):
            fields["link_preview_options"] = {"is_disabled": True}
        return self._published([self._call("sendMessage", creates=True, json=fields)])

    def _common(self) -> dict[str, object]:
        raise NotImplementedError

    def _call(self, method: str, *, creates: bool = False, **request: Any) -> dict[str, Any]:
        raise NotImplementedError

    def _published(self, messages: list[Any]) -> Published:
        raise NotImplementedError
