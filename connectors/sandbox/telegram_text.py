"""How the pretended Telegram reads a text: by parse_mode or entities, measured after parsing in code points.

https://core.telegram.org/bots/api#formatting-options
"""

import html
import json
from dataclasses import dataclass

from connectors.sandbox.telegram_html import BadMarkup, parse
from connectors.sandbox.telegram_refusals import bad_request


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
    try:
        entities = json.loads(given.get(entities_name) or "[]")
    except ValueError as error:
        raise bad_request("can't parse entities: Can't parse entities JSON object") from error
    text = source.strip()
    return Message(text, entities, html.escape(text))


def check_length(message: Message, limit: int, complaint: str) -> None:
    """The limit counts what is left after parsing, in Unicode code points."""
    if len(message.text.strip()) > limit:
        raise bad_request(complaint)
