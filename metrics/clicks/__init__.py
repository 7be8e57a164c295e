"""A link is followed, and the click booked."""

__all__ = ["salts", "spool", "views"]
