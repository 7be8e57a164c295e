"""The days as people see them: what stands when, where there is room, and what is moved."""

__all__ = ["agenda", "days", "placing", "portions", "repeating", "room"]
