"""Is a delivery really from the desk? Standard Webhooks, with nothing but Python's own library.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Mapping

from autopost_client.errors import BadWebhook
from autopost_client.shapes import Event

_WINDOW_S = 5 * 60


def verify_webhook(headers: Mapping[str, str], body: bytes | str, secret: str, *, now: float | None = None) -> Event:
    """The event, if ``secret`` signed these very bytes within the last five minutes. Raises BadWebhook.

    Remember the ids of events you have dealt with: each comes at least once, and so now and then twice.
    """
    raw = body.encode() if isinstance(body, str) else body
    given = {name.lower(): value for name, value in headers.items()}
    name, moment = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not name or not (moment.isascii() and moment.isdigit()) or len(moment) > 12:
        raise BadWebhook("webhook-id or webhook-timestamp is missing or can't be read")
    if abs((time.time() if now is None else now) - int(moment)) > _WINDOW_S:
        raise BadWebhook("webhook-timestamp is more than five minutes off")
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise BadWebhook("the secret is none: whsec_ and base64") from None
    signed = f"{name}.{moment}.".encode(errors="replace") + raw
    right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
    entries = [
        entry[3:].encode(errors="replace")
        for entry in given.get("webhook-signature", "").split()
        if entry.startswith("v1,")
    ]
    if not any(hmac.compare_digest(right, entry) for entry in entries):
        raise BadWebhook("the secret did not sign these bytes")
    return json.loads(raw)
