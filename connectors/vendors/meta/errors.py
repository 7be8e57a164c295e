"""What an error of Meta's Graph API means for us: subcode first, then code, then is_transient, then the HTTP status.

The shape of an error: https://developers.facebook.com/docs/graph-api/guides/error-handling
That of api.instagram.com, {"error_type", "code", "error_message"}:
https://developers.facebook.com/docs/instagram-platform/instagram-api-with-instagram-login/business-login
The numbers: ``connectors.vendors.meta.codes``
"""

import re
from dataclasses import dataclass

import requests

from connectors.errors import PERHAPS_OURS, AccountBlocked, ConnectorError, RateLimited, Rejected, SiteFault
from connectors.texts.sentences import ended
from connectors.vendors.meta.codes import (
    CHECKPOINTS,
    CODES,
    CONTENT,
    LIMIT,
    LONG_LIMIT,
    LOST,
    POLICY,
    REPEATED,
    SETUP,
    SUBCODES,
    TOKEN,
    TOO_FAST,
    Meaning,
)
from connectors.vendors.meta.limits import told_wait, whole
from connectors.vendors.meta.versions import PROVED, SETTING
from connectors.wire.letters import decoded

#: Errors that say of the node which a call named that it does not exist or is not to be seen by this token.
HIDDEN = ("100/33", "803")


@dataclass(frozen=True)
class Fault:
    """The error object of an answer, with every field made safe to use."""

    code: int = 0
    subcode: int = 0
    message: str = ""
    user_message: str = ""
    transient: bool = False

    @property
    def number(self) -> str:
        return f"{self.code}/{self.subcode}" if self.subcode else str(self.code)

    @property
    def sentence(self) -> str:
        """For people: Meta's words for users go before those for programmers."""
        return self.user_message or self.message or f"Meta answered with code {self.number}."


def fault_of(body: object) -> Fault | None:
    """The error that a decoded answer speaks of, or None."""
    if not isinstance(body, dict):
        return None
    error = body.get("error")
    if not isinstance(error, dict):
        # The host that gives Instagram Login its tokens has another shape; its number is the HTTP status again.
        said = body.get("error_message")
        return Fault(code=whole(body.get("code")), message=said) if said and isinstance(said, str) else None
    return Fault(
        code=whole(error.get("code")),
        subcode=whole(error.get("error_subcode")),
        message=str(error.get("message") or ""),
        user_message=": ".join(str(error[key]) for key in ("error_user_title", "error_user_msg") if error.get(key)),
        transient=error.get("is_transient") is True,
    )


def classify(response: requests.Response, *, creates: bool, address: str = "") -> ConnectorError | None:
    """Our error for an answer of 400 and above that carries an error object, else None for the general rule.

    ``address``: the place that the call was made for.
    """
    if response.status_code < 400:
        return None
    try:
        fault = fault_of(decoded(response))
    except ValueError:
        fault = None
    if fault is None:
        return None
    wait = told_wait(response.headers, address)
    return error_for(fault, response.status_code, creates=creates, wait=wait)


def error_for(fault: Fault, status: int, *, creates: bool, wait: float | None = None) -> ConnectorError:
    """Our error for one of Meta's.

    ``status`` is the HTTP status, ``creates`` whether the call was irreversible, ``wait`` what its headers tell of a
    limit, in seconds.
    """
    meaning = LOST if creates and status >= 500 else _meaning(fault, status)
    error = meaning.creating if creates and meaning.creating else meaning.error
    evidence = dict(meaning.evidence)
    if error is RateLimited:
        evidence["retry_after"] = wait or evidence["retry_after"]
    said = fault.sentence
    if creates and meaning is REPEATED:
        said = f"{said} {PERHAPS_OURS}"
    if error is SiteFault:
        said = f"{ended(said)} Set {SETTING} to a version that Meta serves, such as {PROVED}: until then nothing can "
        said += "be asked."
    return error(said, code=fault.number, **evidence)


def of_the_account(error: ConnectorError, address: str) -> ConnectorError:
    """Our error for a call on the account itself: if that is hidden or not there, the account stops, not the post."""
    named = re.search(r"\bID '?(\w+)", error.message)
    if type(error) is not Rejected or error.code not in HIDDEN or (named and named[1] != address):
        return error
    hint = f"Check that {address} is the account's id, and that the token's owner still has a role there."
    return AccountBlocked(f"{ended(error.message)} {hint}", code=error.code, reason="setup")


def _meaning(fault: Fault, status: int) -> Meaning:
    words = f"{fault.message} {fault.user_message}".lower()
    if fault.code == 100 and "appsecret_proof" in words:
        return SETUP
    if fault.code == 368 and "already posted" in words:
        return REPEATED
    if fault.code == 368:
        return LONG_LIMIT if fault.subcode == TOO_FAST else CHECKPOINTS.get(fault.subcode, POLICY)
    if fault.code == 2500 and "access token" in words:
        return TOKEN
    known = SUBCODES.get(fault.subcode) or CODES.get(fault.code) or SUBCODES.get(fault.code)
    if known:
        return known
    if fault.transient or status >= 500:
        return LOST
    return {401: TOKEN, 429: LIMIT}.get(status, CONTENT)
