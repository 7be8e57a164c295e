"""Others are told what happened: every change of a status that matters to them, in order, at least once."""

__all__ = ["callbacks", "keeping", "ledger", "numbering", "receivers", "sending", "signing", "trying"]
