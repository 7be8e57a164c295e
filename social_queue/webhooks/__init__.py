"""Signed deliveries: logged raw, proven, mapped, handed to intake, each exactly once."""

__all__ = [
    "bursts",
    "field_map",
    "floods",
    "inbox",
    "map_rules",
    "received",
    "signatures",
    "signing_secrets",
    "sources",
    "trying",
]
