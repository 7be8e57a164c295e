"""Intake: a body is parsed once, validated, checked against the cooldown rules and stored once."""

__all__ = [
    "cooldown",
    "event_rules",
    "fault_codes",
    "field_checks",
    "files",
    "incoming",
    "ingest",
    "posts",
    "receipts",
    "series",
    "when",
]
