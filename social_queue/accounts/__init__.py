"""The places we may post to: which are meant, how to speak to them, whether they may be spoken to."""

__all__ = [
    "channels",
    "connected",
    "connecting",
    "free",
    "options",
    "platforms",
    "speaking",
    "standing",
    "tokens",
    "trial",
]
