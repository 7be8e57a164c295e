"""A due post is claimed, worded, sent at most once, and its end written down."""

__all__ = ["dispatch", "outcomes", "parts", "standby", "sweeps", "threads"]
