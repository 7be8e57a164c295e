"""How the pretended Telegram reads a text: by parse_mode or entities, measured after parsing in code points.

https://core.telegram.org/bots/api#formatting-options
"""

import html
import json
from dataclasses import dataclass

from connectors.looks.telegram_html import BadMarkup, parse, utf16_length
from connectors.sandbox.telegram.refusals import bad_request

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
#: Types that need no more than a place; the server adds those it finds itself, such as "url".
_PLAIN = {"bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote", "code",
          "pre", "mention", "hashtag", "cashtag", "bot_command", "url", "email", "phone_number"}  # fmt: skip
_MORE = {"text_link": "url", "text_mention": "user", "custom_emoji": "custom_emoji_id", "date_time": "unix_time"}


@dataclass(frozen=True)
class Message:
    """What a reader sees, and how."""

    text: str
    entities: list[dict]
    markup: str


def read_text(given: dict, name: str, entities_name: str) -> Message:
    """The parsed text of a parameter."""
    source, mode = given.get(name, ""), given.get("parse_mode", "").lower()
    if "\x00" in source:
        raise bad_request("strings must be encoded in UTF-8")
    if mode == "html":
        try:
            parsed = parse(source)
        except BadMarkup as error:
            raise bad_request(f"can't parse entities: {error}") from error
        return Message(parsed.text if parsed.text.strip() else "", parsed.entities, parsed.markup)
    if mode:
        # The real server also reads MarkdownV2 and Markdown; Autopost never writes them.
        raise bad_request("unsupported parse_mode")
    text = source.strip()
    return Message(text, _entities(given.get(entities_name, ""), text), html.escape(text))


def _entities(markup: str, text: str) -> list[dict]:
    try:
        entities = json.loads(markup or "[]")
    except (ValueError, RecursionError) as error:
        raise bad_request("can't parse entities: Can't parse entities JSON object") from error
    if not isinstance(entities, list):
        raise bad_request("can't parse entities: expected an Array of MessageEntity")
    for entity in entities:
        _check_entity(entity, utf16_length(text))
    return entities


def _check_entity(entity: object, length: int) -> None:
    if not isinstance(entity, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    start, size = entity.get("offset"), entity.get("length")
    if type(start) is not int or type(size) is not int:  # True is an int to isinstance
        raise bad_request('can\'t parse MessageEntity: Field "offset" and "length" must be of type Number')
    kind = entity.get("type")
    if kind not in _PLAIN and not entity.get(_MORE.get(str(kind), ""), ""):
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    end = start + size
    if start < 0 or size < 0 or start > length:
        raise bad_request(f"entity begins after the end of the text at UTF-16 offset {start}")
    if end > length:
        complaint = f"entity beginning at UTF-16 offset {start} ends after the end of the text at UTF-16 offset {end}"
        raise bad_request(complaint)


def check_length(message: Message, limit: int, complaint: str) -> None:
    """The limit counts what is left after parsing, in Unicode code points."""
    if len(message.text.strip()) > limit:
        raise bad_request(complaint)
