"""Who signed this request: OAuth 1.0a with HMAC-SHA1, checked for real against the sandbox' secrets.

https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
"""

import base64
import hmac
import re
import time
from urllib.parse import quote, unquote

from oauthlib.oauth1.rfc5849 import signature

from connectors.sandbox.stage.wire import Request

API_KEY, API_SECRET = "sandbox-key", "sandbox-secret"
TOKEN_SECRET = "sandbox-token-secret"  # noqa: S105 - pretended
TOKEN_PREFIX = "sandbox-"  # noqa: S105 - pretended
CLOCK_SKEW = 300
_PAIR = re.compile(r'(oauth_\w+)="([^"]*)"')
_NEEDED = {
    "oauth_consumer_key",
    "oauth_token",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_nonce",
    "oauth_signature",
}


class BadSignature(Exception):
    """The request is not signed by anybody we know; the message is for the person reading the tests."""


def signer(request: Request, base_url: str) -> tuple[str, str]:
    """(handle, nonce) of who signed; raises BadSignature."""
    given = signed(request, base_url, token_secret=TOKEN_SECRET)
    if not given.get("oauth_token", "").startswith(TOKEN_PREFIX):
        raise BadSignature("unknown key or token")
    return given["oauth_token"].removeprefix(TOKEN_PREFIX), given["oauth_nonce"]


def pairs_of(request: Request) -> dict[str, str]:
    """What the header says, proven or not."""
    return {name: unquote(value) for name, value in _PAIR.findall(request.headers.get("authorization", ""))}


def signed(request: Request, base_url: str, *, token_secret: str = "") -> dict[str, str]:
    """What the header says, its signature proven; without a token's secret only the app has signed."""
    header, given = request.headers.get("authorization", ""), pairs_of(request)
    needed = _NEEDED if token_secret else _NEEDED - {"oauth_token"}
    if not header.lower().startswith("oauth ") or not given.keys() >= needed:
        raise BadSignature("no complete OAuth 1.0a header")
    if given["oauth_signature_method"] != "HMAC-SHA1" or given.get("oauth_version", "1.0") != "1.0":
        raise BadSignature("only HMAC-SHA1, version 1.0")
    if given["oauth_consumer_key"] != API_KEY:
        raise BadSignature("unknown key or token")
    stamp = given["oauth_timestamp"]
    if not stamp.isdigit() or abs(time.time() - int(stamp)) > CLOCK_SKEW:
        raise BadSignature("timestamp out of bounds")
    expected = _expected(request, base_url, token_secret=token_secret)
    if not hmac.compare_digest(expected, given["oauth_signature"]):
        raise BadSignature("signature does not match")
    return given


def _expected(request: Request, base_url: str, *, token_secret: str) -> str:
    header = request.headers.get("authorization", "")
    # A JSON or multipart body is not part of the signature; a form is.
    form = (
        request.body.decode("utf-8", "replace") if request.media_type == "application/x-www-form-urlencoded" else None
    )
    pairs = signature.collect_parameters(uri_query=request.raw_query, body=form, headers={"Authorization": header})
    host = request.headers.get("host", "")
    uri = signature.base_string_uri(f"http://{host}{request.path}" if host else f"{base_url}{request.path}")
    base = signature.signature_base_string(request.method, uri, signature.normalize_parameters(pairs))
    key = f"{quote(API_SECRET, safe='')}&{quote(token_secret, safe='')}"
    return base64.b64encode(hmac.digest(key.encode(), base.encode(), "sha1")).decode()
