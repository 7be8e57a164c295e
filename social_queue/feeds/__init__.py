"""Feeds that are looked at by a schedule: every entry once, however many come together."""

__all__ = ["asking", "keeping", "looking", "sources", "trial"]
