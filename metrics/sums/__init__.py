"""Clicks, attempts and deliveries added up."""

__all__ = ["tallies", "totals"]
