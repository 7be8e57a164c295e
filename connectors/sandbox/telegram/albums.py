"""sendMediaGroup of the pretended Telegram: an album is one call, and not one fate.

https://core.telegram.org/bots/api#sendmediagroup · https://core.telegram.org/bots/api#inputmediaphoto
What the server answers is read from its source (https://github.com/tdlib/telegram-bot-api): a file that it cannot use
fails the whole album before anything is out; a refusal after that names the message, and the others stay.
"""

import json

from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Answer, Refused
from connectors.sandbox.telegram.chats import chat_of, good
from connectors.sandbox.telegram.hanging import Piece, message_of, put_up
from connectors.sandbox.telegram.messages import read_caption
from connectors.sandbox.telegram.photos import photo_of, video_of
from connectors.sandbox.telegram.refusals import REFUSALS, bad_request

FEWEST, MOST = 2, 10
_WORDS = {"type", "media", "caption", "parse_mode", "caption_entities", "show_caption_above_media", "has_spoiler"}
_KNOWN = {"photo": _WORDS, "video": _WORDS | {"width", "height", "duration", "supports_streaming"}}
_DOCUMENTED = {"thumbnail", "cover", "start_timestamp"}


def send_media_group(exchange: Exchange, bot: int, given: dict) -> Answer:
    """sendMediaGroup: photos and videos, each with words of its own."""
    chat = chat_of(given.get("chat_id", ""))
    rows = _rows(given)
    pieces = [_piece(exchange, row, number) for number, row in enumerate(rows, start=1)]

    def make() -> Answer:
        # One message before the one that is refused is out and stays.
        out = pieces[:1] if exchange.call.scenario == "partly_sent" else pieces
        return good([message_of(kept) for kept in put_up(exchange, bot, given, chat=chat, pieces=out)])

    return exchange.create(make, REFUSALS)


def _rows(given: dict) -> list[dict]:
    if not given.get("media"):
        raise bad_request('parameter "media" is required')
    try:
        rows = json.loads(given["media"])
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse media JSON object") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise bad_request("expected an Array of InputMedia")
    if not rows:
        raise bad_request("there are no messages to send")
    if not FEWEST <= len(rows) <= MOST:
        # The page says 2-10; what the server itself says to one alone is written nowhere.
        raise bad_request("too many messages to send as an album" if len(rows) > MOST else "an album has 2-10 items")
    for row in rows:
        kind = row.get("type")
        if kind in ("audio", "document", "live_photo") or (kind in _KNOWN and set(row) & _DOCUMENTED):
            raise bad_request(f"{kind} with {', '.join(sorted(row))} is documented but not pretended here")
        if kind not in _KNOWN:
            raise bad_request(f"can't parse InputMedia: type \"{kind}\" can't be used in sendMediaGroup")
        if unknown := sorted(set(row) - _KNOWN[kind]):
            raise bad_request(f"unknown field {', '.join(unknown)} of InputMedia")
    return rows


def _piece(exchange: Exchange, row: dict, number: int) -> Piece:
    flat = {name: value if isinstance(value, str) else json.dumps(value) for name, value in row.items()}
    words = read_caption(flat)
    named = flat.get("media", "")
    if named.startswith("attach://") and named.removeprefix("attach://") not in exchange.request.files:
        raise bad_request("can't parse InputMedia: media not found")
    kind = row["type"]
    try:
        medium = (photo_of if kind == "photo" else video_of)(exchange, flat | {kind: named})
    except Refused as refusal:
        if named.startswith("attach://"):
            raise
        # An address is read by Telegram, not by this server: the refusal names the message, as if others were out.
        why = json.loads(refusal.answer.body)["description"].removeprefix("Bad Request: ")
        raise bad_request(f'Failed to send message #{number} with the error message "{why}"') from refusal
    return Piece(words, medium)
