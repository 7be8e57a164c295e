"""Intake: a body is parsed once, validated, checked against the cooldown rules and stored once."""

__all__ = [
    "codes",
    "cooldown",
    "event_rules",
    "field_checks",
    "fields",
    "follow_up_rules",
    "files",
    "incoming",
    "ingest",
    "media",
    "posts",
    "receipts",
    "replays",
    "series",
    "together",
    "when",
]
