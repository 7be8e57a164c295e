"""The calendar: what stands when, seen by week, month or day after day, and moved by hand, key or finger."""
