"""A person's app for codes: TOTP as RFC 6238 describes it, written without the library that the desk uses."""

import base64
import hashlib
import hmac
import re
import struct
import time


def app_code(secret: str, *, steps: int = 0) -> str:
    """What an app with this base32 secret shows now, or so many half minutes later."""
    key = base64.b32decode(re.sub(r"\s", "", secret))
    counter = struct.pack(">Q", int(time.time()) // 30 + steps)
    digest = hmac.new(key, counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF) % 10**6:06}"
