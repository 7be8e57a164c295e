"""Rows: new ones made at little cost, and their columns as a database takes them."""

__all__ = ["columns"]
