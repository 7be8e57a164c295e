"""How our processes work side by side; knows locks and clocks, not posts."""

__all__ = [
    "clearing",
    "cluster",
    "deadlocks",
    "group_commit",
    "heartbeat",
    "held_connections",
    "kick",
    "log_marks",
    "named_locks",
    "outages",
    "schedules",
    "stopping",
    "turns",
    "upserts",
]
