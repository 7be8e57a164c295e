"""A due post is claimed, worded, sent at most once, and its end written down."""

__all__ = ["dispatch", "ending", "errands", "parts", "standby", "sweeps", "threads"]
