"""Events: every change of a status, delivered to subscribers in order, at least once."""

__all__ = ["callbacks", "keeping", "ledger", "numbering", "receivers", "sending", "signing", "trying"]
