"""JSON schemas of what the API takes."""

from social_queue.api.openapi.field_shapes import described
from social_queue.intake.event_rules import SUBSCRIPTION_RULES
from social_queue.intake.fields import CAPTION_RULES
from social_queue.intake.incoming import REQUIRED, RULES
from social_queue.intake.ingest import MOST_AT_ONCE
from social_queue.operations.editing import EDITABLE

SUBSCRIPTION = {
    "type": "object",
    "additionalProperties": False,
    "required": ["url"],
    "properties": {
        "url": SUBSCRIPTION_RULES["url"].schema() | {"example": "https://example.com/hooks/autopost"},
        "events": SUBSCRIPTION_RULES["events"].schema()
        | {"nullable": True, "description": "Left out or empty: all of them."},
    },
}
ANY_OBJECT: dict[str, object] = {"type": "object", "additionalProperties": {}}
INCOMING = {
    "type": "object",
    "additionalProperties": False,
    "required": list(REQUIRED),
    "properties": {name: described(name) for name in RULES},
}
CHANGES = {
    "type": "object",
    "additionalProperties": False,
    "properties": {name: described(name, changes=True) for name in (*EDITABLE, "repeat")},
}
CARD_ORDER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["title"],
    "properties": {name: described(name) for name in ("title", "data")},
}
REWORDING = {
    "type": "object",
    "additionalProperties": False,
    "required": ["caption"],
    "properties": {
        "caption": CAPTION_RULES["caption"].schema(),
        "part": CAPTION_RULES["part"].schema()
        | {
            "nullable": True,
            "description": "Which of its parts: 1, or left out, is the post itself; others follow it.",
        },
    },
}
#: By the names that generated clients give them.
NAMED = {
    "Incoming": INCOMING,
    "Changes": CHANGES,
    "CardOrder": CARD_ORDER,
    "SubscriptionOrder": SUBSCRIPTION,
    "Rewording": REWORDING,
}


def named(name: str) -> dict[str, str]:
    """A reference to one of them."""
    return {"$ref": f"#/components/schemas/{name}"}


INCOMING_OR_SEVERAL = {
    "oneOf": [named("Incoming"), {"type": "array", "maxItems": MOST_AT_ONCE, "items": named("Incoming")}]
}
