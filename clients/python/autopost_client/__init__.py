"""A client for Autopost."""

from autopost_client.client import Autopost
from autopost_client.errors import AutopostError, BadWebhook, Unreachable, Unsendable
from autopost_client.signatures import verify_webhook

__all__ = ["Autopost", "AutopostError", "BadWebhook", "Unreachable", "Unsendable", "verify_webhook"]
