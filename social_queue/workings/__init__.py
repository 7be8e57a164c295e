"""How our processes work side by side; knows locks and clocks, not posts."""

__all__ = [
    "deadlocks",
    "group_commit",
    "heartbeat",
    "held_connections",
    "kick",
    "log_marks",
    "named_locks",
    "outages",
    "pulse",
    "robust_queue",
    "schedules",
    "stopping",
    "turns",
    "upserts",
]
