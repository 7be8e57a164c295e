"""What the Bot API's error texts mean to us.

Facts and where they stand:
- the body of an error is ``{"ok": false, "error_code", "description", "parameters"?}``, its HTTP status equals
  ``error_code``, and the contents of ``description`` may change: https://core.telegram.org/bots/api#making-requests
- ``parameters`` holds ``retry_after`` (seconds) or ``migrate_to_chat_id``:
  https://core.telegram.org/bots/api#responseparameters
- the texts themselves are in no list of the vendor's; these are the ones its open server writes
  (https://github.com/tdlib/telegram-bot-api) and bots have met (https://github.com/TelegramBotAPI/errors), so they are
  looked for as parts, in lower case, and what is not found is a refusal of this post
"""

import re
from typing import Any

import requests

from connectors.errors import (
    AccountBlocked,
    AddressMoved,
    ConnectorError,
    Evidence,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenInvalid,
    TransientError,
)
from connectors.http import retry_after
from connectors.wire.letters import decoded

#: Codes of the two refusals that another way of handing over the picture may get round.
PICTURE_REFUSED, PICTURE_UNREACHABLE = "picture", "picture_unreachable"
#: The server could not use one of an album's files, so nothing of it is out.
GROUP_FAILED = "group_failed"

#: Draft references: the picture's address could not be read once or twice, or its bytes must be uploaded.
TRIED_ONCE, TRIED_TWICE, UPLOAD = DRAFTS = ("url:1", "url:2", "upload")
#: After one failure to read the address: the next draft, and how many seconds to wait.
_NEXT = {"": (TRIED_ONCE, 20), TRIED_ONCE: (TRIED_TWICE, 60)}

#: What the server says of a picture of an album that Telegram refused when others were sent already.
_ONE_OF_SEVERAL = "failed to send message #"
_UNREACHABLE = ("failed to get http url content", "webpage_curl_failed", "external_url_invalid")
_PICTURE = (
    "wrong file identifier/http url specified",
    "wrong http url specified",
    "wrong type of the web page content",
    "wrong remote file identifier",
    "webpage_media_empty",
    "media_empty",
    "photo_invalid_dimensions",
    "photo_ext_invalid",
    "unsupported extension",
    "image_process_failed",
    "file is too big",
    "file_reference",
    "video_content_type_invalid",
    "media not found",
)
_SETUP = (
    "chat not found",
    "chat_id is empty",
    "peer_id_invalid",
    "can't initiate conversation",
    "can't send messages to bots",
    "user is deactivated",
    "user_deactivated",
    "group is deactivated",
    "group chat was deactivated",
    "group chat is deactivated",
    "channel_private",
    "upgraded to a supergroup",
    "was migrated to a supergroup",
)
_PERMISSION = (
    "not enough rights",
    "have no rights",
    "administrator rights",
    "chat_admin_required",
    "chat_write_forbidden",
    "chat_restricted",
    "_forbidden",
    "bot was kicked",
    "bot is not a member",
    "bot was blocked",
    "member list is inaccessible",
)


def classify(response: requests.Response) -> ConnectorError | None:
    """One of our errors for an error of the Bot API; None for answers that are none, and for 5xx and 408."""
    status = response.status_code
    if status < 400 or status >= 500 or status == 408:
        return None
    body = _body(response)
    hints = body.get("parameters")
    parameters = hints if isinstance(hints, dict) else {}
    description = str(body.get("description") or f"HTTP {status}")
    if parameters.get("migrate_to_chat_id"):
        moved = str(parameters["migrate_to_chat_id"])
        return AddressMoved(f"Telegram: {description}. The new id is {moved}.", new_address=moved)
    if status in (420, 429):
        return RateLimited(f"Telegram: {description}.", retry_after=_wait(response, parameters, description))
    if status == 401 or (status == 404 and "method" not in description.lower()):
        return TokenInvalid(f"Telegram does not accept the bot's token ({description}); @BotFather knows it.")
    return _by_words(status, description)


def _by_words(status: int, description: str) -> ConnectorError:
    said, words = f"Telegram: {description}.", description.lower()
    if _ONE_OF_SEVERAL in words:
        # Whatever is wrong with that one; those that went out are not taken back.
        return OutcomeUnknown(f"{said} The others of the album may be out.")
    if "group send failed" in words:
        return Rejected(said, code=GROUP_FAILED)
    if any(part in words for part in _UNREACHABLE):
        return Rejected(said, code=PICTURE_UNREACHABLE)
    if any(part in words for part in _PICTURE):
        return Rejected(said, code=PICTURE_REFUSED)
    if any(part in words for part in _SETUP):
        return AccountBlocked(f"{said} Check the chat's id, and that the bot is in the chat.", reason="setup")
    if status == 403 or any(part in words for part in _PERMISSION):
        return AccountBlocked(f"{said} Make the bot an administrator who may post.", reason="permission")
    return Rejected(said)


def another_way(refusal: Rejected, draft: str) -> ConnectorError:
    """After a medium was refused, which created nothing: try again, upload it instead, or give up."""
    evidence: Evidence = {"http_status": refusal.http_status, "code": refusal.code, "detail": refusal.detail}
    if refusal.code == GROUP_FAILED:
        return TransientError(refusal.message, **evidence)
    if refusal.code == PICTURE_UNREACHABLE and draft in _NEXT:
        following, wait = _NEXT[draft]
        return NotReady(refusal.message, retry_after=wait, draft=following, **evidence)
    if draft != UPLOAD and refusal.code in (PICTURE_UNREACHABLE, PICTURE_REFUSED):
        return NotReady(refusal.message, retry_after=0, draft=UPLOAD, **evidence)
    return refusal


def _wait(response: requests.Response, parameters: dict[str, Any], description: str) -> float | None:
    delay = parameters.get("retry_after")
    if isinstance(delay, int | float):
        return delay
    named = re.search(r"retry after ([0-9]+)", description, re.IGNORECASE)
    return float(named[1]) if named else retry_after(response)


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = decoded(response)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
