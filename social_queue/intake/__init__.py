"""What comes in is read once, checked, judged against the cooldown and laid down once."""

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
