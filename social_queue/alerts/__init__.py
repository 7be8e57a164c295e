"""Tell a human once."""

__all__ = ["ledger", "telling"]
