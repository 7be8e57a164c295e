"""Changing the words of a bot's own messages.

Facts and where they stand:
- the words of a message by editMessageText, those below a picture, a video or an album's first one by
  editMessageCaption; both take HTML and the same lengths as when it was sent, and what is left out is as if it had
  never been (buttons, the wish for a preview): https://core.telegram.org/bots/api#editmessagetext
  https://core.telegram.org/bots/api#editmessagecaption
- a bot edits its own messages whenever it likes; the texts of the refusals are those of the vendor's open server:
  https://github.com/tdlib/telegram-bot-api
- words that stand there already are refused with "message is not modified", so an edit may be repeated
"""

from typing import Any

from connectors.base import Connector, Limits, Outgoing
from connectors.errors import AccountBlocked, Evidence, NotCorrectable, Rejected
from connectors.texts import correcting_words as words
from connectors.texts.correcting import Correction
from connectors.vendors.telegram.sending import has_caption, preview
from connectors.vendors.telegram.text import LONGEST_CAPTION, LONGEST_TEXT

_DONE = "message is not modified"
_GONE = "message to edit not found"
_STAYS = "message can't be edited"


class Corrects(Connector):
    """The verb ``correct`` of a bot; ``_call`` is the connector's own."""

    why_not_corrected, corrects_follow_ups = "", True

    @classmethod
    def longest_correction(cls, sent: Outgoing, limits: Limits) -> int:
        return LONGEST_CAPTION if has_caption(sent) else LONGEST_TEXT

    def correct(self, correction: Correction) -> None:
        """Edit the message, or the first one of an album: its caption is the album's."""
        sent = correction.sent
        number = int(correction.external_id.split(",")[0])
        # A reply went out as plain text.
        marked = {} if correction.below else {"parse_mode": "HTML"}
        fields: dict[str, object] = {"chat_id": self.address, "message_id": number, **marked}
        if has_caption(sent):
            method = "editMessageCaption"
            fields |= {"caption": correction.text}
        else:
            method = "editMessageText"
            fields |= {"text": correction.text} | preview(sent, of_link=bool(self.option("link_preview")))
        try:
            self._call(method, json=fields)
        except (Rejected, AccountBlocked) as refusal:
            said = refusal.message.lower()
            if _DONE in said:
                return
            evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
            told = words.NO_RIGHT if _STAYS in said else words.GONE if _GONE in said else refusal.message
            raise NotCorrectable(told, **evidence) from None

    def _call(self, method: str, *, creates: bool = False, **request: Any) -> dict[str, Any]:
        raise NotImplementedError
