"""A due post is claimed, worded, sent at most once, and its end written down."""

__all__ = ["chores", "dispatch", "outcomes", "reconcile", "rounds", "standby", "threads"]
