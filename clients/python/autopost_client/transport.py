"""One call, made again only where that can do no harm."""

import random
import time
from collections.abc import Mapping
from typing import Any

import requests

from autopost_client.errors import AutopostError, Unreachable, Unsendable

#: Not done, and worth another try: too slow, too many, on its way through a gateway, out of order for a moment.
_AGAIN = frozenset({408, 429, 502, 503, 504})
_LONGEST_WAIT_S = 60.0
#: What is said of an address, a header or a body before anything is sent.
_FITS_NO_REQUEST = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidJSONError,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    TypeError,
    UnicodeError,
)


class _Bearer(requests.auth.AuthBase):
    """The key, as requests' own kind of log-in: in the place of a mere header it sends a password from ~/.netrc."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Transport:
    """Requests with a key to one desk."""

    def __init__(self, url: str, key: str, *, tries: int, timeout: float) -> None:
        self._base = f"{url.rstrip('/')}/api/autopost/"
        self._tries, self._timeout = max(1, tries), timeout
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": "autopost-client/0.1"})
        self._session.auth = _Bearer(key)
        self._key_fault = _fault_of_key(key)

    def call(self, method: str, path: str, *, safe: bool, headers: Mapping[str, str] | None = None, **body: Any) -> Any:
        """The answer's JSON, None for an empty one. Raises AutopostError, Unreachable, or Unsendable, which is one.

        ``safe``: doing it twice is the same as doing it once, so it is sent again when no answer came. What is not safe
        is sent again only after a 429, which says that nothing was done.
        """
        if self._key_fault:
            raise Unsendable(f"{method} {path} can't be sent: {self._key_fault}")
        for turn in range(1, self._tries + 1):
            try:
                answer = self._session.request(
                    method,
                    path if path.startswith("http") else self._base + path,
                    headers=dict(headers or {}),
                    timeout=self._timeout,
                    allow_redirects=False,
                    **body,
                )
            except _FITS_NO_REQUEST as fault:
                raise Unsendable(f"{method} {path} can't be sent: {fault}") from fault
            except requests.RequestException as fault:
                if not safe or turn == self._tries:
                    raise Unreachable(f"{method} {path}: {type(fault).__name__}") from fault
                time.sleep(_pause(turn))
                continue
            if answer.status_code < 300:
                return _read(answer, method, path)
            again = answer.status_code == 429 or (safe and answer.status_code in _AGAIN)
            if not again or turn == self._tries:
                raise _refusal(answer)
            time.sleep(_asked_pause(answer) or _pause(turn))
        raise AssertionError("unreachable")


def _fault_of_key(key: str) -> str:
    """Why it fits into no header, or ""; said here, since those who are asked to send it repeat all of it."""
    if key.isascii() and key.isprintable() and key == key.strip():
        return ""
    return "the key has a blank or a line break at an end, or a letter that no key has"


def _read(answer: requests.Response, method: str, path: str) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError as fault:
        raise Unreachable(f"{method} {path}: the answer is not JSON; is this the address of an Autopost?") from fault


def _refusal(answer: requests.Response) -> AutopostError:
    try:
        body = answer.json()
    except ValueError:
        body = {}
    return AutopostError(answer.status_code, body, answer.headers.get("X-Request-Id", ""))


def _pause(turn: int) -> float:
    """Half a second, one, two, …: somewhat spread, so that many clients don't come back together."""
    return min(_LONGEST_WAIT_S, 0.5 * 2 ** (turn - 1)) * random.uniform(0.5, 1.0)


def _asked_pause(answer: requests.Response) -> float:
    given = answer.headers.get("Retry-After", "")
    return min(_LONGEST_WAIT_S, float(given)) if given.isdigit() else 0.0
