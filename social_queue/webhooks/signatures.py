"""Is a delivery really from its source? Standard Webhooks, and a plain HMAC-SHA256 in a header.

Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
The header that GitHub made common:
https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from social_queue.models import WebhookSource
from social_queue.webhooks import signing_secrets

#: A signed moment may be so far from the delivery's arrival, either way.
WINDOW = timedelta(minutes=5)

_STANDARD_HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
#: The same under the name that Svix sends by default: https://docs.svix.com/receiving/verifying-payloads/how-manual
_ALIASES = {name: name.replace("webhook-", "svix-") for name in _STANDARD_HEADERS}
#: Where senders of plain HMAC put the delivery's own id; the first one found counts.
_DELIVERY_HEADERS = ("x-github-delivery", "x-delivery-id")
#: Longer ids are kept as their hash: the column has an end.
_LONGEST_ID = 150
_STANDARD_SIGNATURE = re.compile(r"v1,[A-Za-z0-9+/]{43}=")
#: Seconds since 1970, with the digits of the next ten thousand years at most.
_MOMENT = re.compile(r"[0-9]{1,12}")
_HMAC_SIGNATURE = re.compile(r"sha256=([0-9a-f]{64})", re.IGNORECASE)


#: GitHub's hello when a webhook is made: https://docs.github.com/en/webhooks/webhook-events-and-payloads#ping
_EVENT_HEADER, _PING = "x-github-event", "ping"
#: Of a signature people see so much: enough to tell two apart, too little to send one again.
_SHOWN = 12


class BadSignature(ValueError):
    """The delivery proves nothing; the message says what is missing or wrong, never what would be right."""


def check(source: WebhookSource, *, headers: Mapping[str, str], body: bytes, at: datetime) -> None:
    """Raise BadSignature unless one of the source's secrets signed these very bytes.

    ``at``: when the delivery came, which decides about the five minutes and about a secret that is being rotated out.
    """
    given = _lower(headers)
    accepted = signing_secrets.accepted(source, at=at)
    if source.scheme == WebhookSource.Scheme.STANDARD:
        _check_standard(accepted, given, body, at=at)
    else:
        _check_hmac(accepted, given.get(source.header.lower(), ""), body, header=source.header)


def content_id(source: WebhookSource, body: bytes) -> str | None:
    """What makes two signed bodies the same delivery whatever their ids say; None where the id itself is signed.

    Plain HMAC signs the body alone: whoever has seen one delivery could send it again under any other id.
    """
    by_content = source.scheme == WebhookSource.Scheme.HMAC and source.same_bytes_once
    return hashlib.sha256(body).hexdigest() if by_content else None


def is_ping(headers: Mapping[str, str]) -> bool:
    """Does the sender only say hello?"""
    return _lower(headers).get(_EVENT_HEADER, "").strip().lower() == _PING


def shown(headers: Mapping[str, str], *, signature_header: str = "") -> dict[str, str]:
    """Headers as people may see them: whoever reads a body and its signature could send both again."""
    return {
        name: f"{value[:_SHOWN]}…" if _is_signature(name, value, signature_header) else value
        for name, value in headers.items()
    }


def delivery_id(source: WebhookSource, headers: Mapping[str, str], body: bytes) -> str:
    """What makes two deliveries the same one, at most 150 characters.

    A sender of plain HMAC that gives none is known by its bytes: posting the same text twice in public is worse than
    asking such a sender for an id.
    """
    given = _lower(headers)
    names = ("webhook-id",) if source.scheme == WebhookSource.Scheme.STANDARD else _DELIVERY_HEADERS
    named = next((given[name].strip() for name in names if given.get(name, "").strip()), "")
    if not named:
        return f"sha256:{hashlib.sha256(body).hexdigest()}"
    return named if len(named) <= _LONGEST_ID else f"sha256:{hashlib.sha256(named.encode()).hexdigest()}"


def _check_standard(accepted: Iterable[str], given: Mapping[str, str], body: bytes, *, at: datetime) -> None:
    """Over the bytes, as the specification has it: the published library signs text, and stumbles over any other."""
    missing = [name for name in _STANDARD_HEADERS if not given.get(name)]
    if missing:
        raise BadSignature(f"Missing: {', '.join(missing)}.")
    name, moment, signatures = (given[header] for header in _STANDARD_HEADERS)
    _check_moment(moment, at=at)
    entries = [entry.encode() for entry in signatures.split() if _STANDARD_SIGNATURE.fullmatch(entry)]
    signed = [spelled + f".{moment}.".encode() + body for spelled in _spellings(name)]
    right = [
        hmac.compare_digest(_standard(secret, text), entry)
        for secret in accepted
        for text in signed
        for entry in entries
    ]
    if not any(right):
        raise BadSignature("No secret of this source signed these bytes.")


def _spellings(name: str) -> list[bytes]:
    """The bytes that an id may have been signed as. A server reads a header's bytes as Latin-1, whatever they were.

    So letters outside ASCII are these bytes again, or text that its sender signed as UTF-8 and sent as Latin-1.
    """
    if name.isascii():
        return [name.encode()]
    as_sent = [name.encode("latin-1")] if all(ord(letter) < 256 for letter in name) else []
    return [*as_sent, name.encode("utf-8", "surrogateescape")]


def _check_moment(given: str, *, at: datetime) -> None:
    if not _MOMENT.fullmatch(given):
        raise BadSignature("webhook-timestamp is not a time in seconds since 1970.")
    if abs(int(given) - at.timestamp()) > WINDOW.total_seconds():
        raise BadSignature("webhook-timestamp is more than five minutes off.")


def _standard(secret: str, signed: bytes) -> bytes:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    return b"v1," + base64.b64encode(hmac.digest(key, signed, "sha256"))


def _check_hmac(accepted: Iterable[str], given: str, body: bytes, *, header: str) -> None:
    if not given:
        raise BadSignature(f"Missing: {header}.")
    named = _HMAC_SIGNATURE.fullmatch(given.strip())
    if not named:
        raise BadSignature(f"{header} must read sha256=, then 64 hexadecimal digits.")
    # Every secret is tried, so that the time taken does not tell which one fits.
    right = [_fits(secret, named[1].lower(), body) for secret in accepted]
    if not any(right):
        raise BadSignature("No secret of this source signed these bytes.")


def _is_signature(name: str, value: str, signature_header: str) -> bool:
    named = "signature" in name.lower() or name.lower() == signature_header.lower()
    return (named or value.lower().startswith("sha256=")) and len(value) > _SHOWN


def _fits(secret: str, digest: str, body: bytes) -> bool:
    return hmac.compare_digest(hmac.digest(secret.encode(), body, "sha256").hex(), digest)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers by their names in lower case; what Svix calls svix-… counts where there is no webhook-…."""
    given = {name.lower(): value for name, value in headers.items()}
    other = {name: given[alias] for name, alias in _ALIASES.items() if given.get(alias)}
    return other | given if other else given
