"""Rows: new ones made at little cost, their columns as a database takes them, and what stands for a value."""

__all__ = ["columns", "holes"]
