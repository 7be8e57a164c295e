"""JSON schemas of what the API takes."""

from social_queue.api.openapi.field_shapes import ALT_TEXT, HASHTAGS
from social_queue.intake import field_rules
from social_queue.intake.ingest import MOST_AT_ONCE
from social_queue.wording.variants import MODES

_TIME = {
    "type": "string",
    "nullable": True,
    "description": "ISO 8601; without an offset it is in the site's TIME_ZONE.",
    "example": "2026-12-01T19:00:00+07:00",
}
_WORDS = {"type": "array", "items": {"type": "string", "maxLength": 100}, "maxItems": 100, "nullable": True}
_UTM = {"type": "string", "maxLength": 200}
_ADDRESS = {
    "type": "string",
    "maxLength": field_rules.LONGEST_ADDRESS,
    "pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@]+\S*$",
}

TITLE = {"type": "string", "minLength": 1, "maxLength": 300}
DATA = {
    "type": "object",
    "additionalProperties": True,
    "nullable": True,
    "description": "What templates and cards may use: game, rtp, window, pattern, jam and whatever else there is. "
    "game and window feed the cooldown. Together with meta at most 32 KiB of JSON. Whole numbers are "
    "at most 2^63-1 either way (larger ones: as text); no NaN or Infinity, at most 20 levels, no null bytes.",
    "example": {"game": "Gates of Olympus", "rtp": 97.2, "window": "19:00-21:00", "pattern": "A-B-A", "jam": "19:00"},
}
META = {
    "type": "object",
    "additionalProperties": True,
    "nullable": True,
    "properties": {
        "variant": {"type": "string", "enum": list(MODES)},
        **dict.fromkeys(("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id"), _UTM),
    },
}
EDITABLE = {
    "title": TITLE,
    "summary": {"type": "string", "maxLength": 5000, "nullable": True},
    "link": _ADDRESS | {"example": "https://example.com/p?x=1"},
    "image_url": {"type": "string", "maxLength": field_rules.LONGEST_ADDRESS, "nullable": True},
    "alt_text": ALT_TEXT,
    "hashtags": HASHTAGS,
    "publish_at": {name: value for name, value in _TIME.items() if name != "nullable"},
    "expires_at": _TIME
    | {"description": f"{_TIME['description']} What has not gone by then is cancelled. After publish_at and now."},
    "meta": META,
}
INCOMING = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title", "link"],
    "properties": {
        **EDITABLE,
        "publish_at": _TIME | {"description": f"{_TIME['description']} A past one, or none, means now."},
        "data": DATA,
        "channels": _WORDS
        | {
            "minItems": 1,
            "description": "Platforms, their aliases, or slugs of accounts; left out: every active account.",
        },
        "reference": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200,
            "nullable": True,
            "description": "Your own id of the item, unique per source.",
        },
        "idempotency_key": {"type": "string", "minLength": 1, "maxLength": 200, "nullable": True},
    },
}
INCOMING_OR_SEVERAL = {"oneOf": [INCOMING, {"type": "array", "maxItems": MOST_AT_ONCE, "items": INCOMING}]}
CHANGES = {"type": "object", "additionalProperties": False, "properties": EDITABLE}
CARD_ORDER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title"],
    "properties": {"title": TITLE, "data": DATA},
}
