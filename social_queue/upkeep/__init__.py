"""Is everything alive, what is wrong, what may be thrown away."""

__all__ = [
    "charset",
    "disks",
    "doctor",
    "health",
    "health_report",
    "old_items",
    "outage_log",
    "prune",
    "rotation",
    "settings_checks",
    "watchdog",
]
