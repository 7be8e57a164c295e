"""Keeping secrets out of everything we print or store."""

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

#: Things shaped like a token, masked even when the secret was not given.
_TOKEN_SHAPES = (
    (re.compile(r"(/bot)\d+:[A-Za-z0-9_-]+"), r"\1***"),
    (
        re.compile(r"((?:access_token|input_token|client_secret|fb_exchange_token|appsecret_proof)=)[^&\s\"']+"),
        r"\1***",
    ),
    # X answers a log-in with a form.
    (re.compile(r"(oauth_(?:token|token_secret|verifier)=)[^&\s\"']+"), r"\1***"),
    (re.compile(r"(Bearer )[A-Za-z0-9._~+/=|-]{16,}"), r"\1***"),
    # An answer to a trade holds a token that nobody knows yet.
    (re.compile(r'("(?:access_token|refresh_token|client_secret|bot_token)"\s*:\s*")[^"]+'), r"\1***"),
    (re.compile(r'(oauth_(?:token|consumer_key|signature)=")[^"]+'), r"\1***"),
)


def mask(text: str, secrets: Iterable[str] = ()) -> str:
    """The text with every given secret, and everything shaped like a token, replaced by ***."""
    for secret in sorted((s for s in secrets if len(s) >= 4), key=len, reverse=True):
        text = text.replace(secret, "***").replace(quote(secret, safe=""), "***")
    for pattern, replacement in _TOKEN_SHAPES:
        text = pattern.sub(replacement, text)
    return text


class MaskingFilter(logging.Filter):
    """Takes everything shaped like a token out of the records of a logger that is not ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), ()
        return True
