"""What can go wrong, by what the caller can do about it."""

from collections.abc import Mapping


class AutopostError(Exception):
    """The desk refused: ``code`` is one of a closed list, ``fields`` say what is wrong with each field of the body."""

    def __init__(self, status: int, body: object, request_id: str = "") -> None:
        told = body.get("error", {}) if isinstance(body, Mapping) else {}
        told = told if isinstance(told, Mapping) else {}
        self.status = status
        self.code: str = str(told.get("code", "error"))
        self.message: str = str(told.get("message", f"HTTP {status}"))
        self.fields: dict[str, list[str]] = dict(told.get("fields") or {})
        self.codes: dict[str, list[str]] = dict(told.get("codes") or {})
        self.posts: list[dict] = list(told.get("posts") or [])
        self.request_id = request_id
        details = "; ".join(f"{name} {' '.join(sentences)}" for name, sentences in self.fields.items())
        super().__init__(f"{self.message} {details}".strip())


class Unreachable(Exception):
    """Nobody answered, or nothing that could be read: the same call may be made again if it is one that is safe to."""


class Unsendable(Unreachable):
    """Nothing was sent, and nothing will be however often it is tried: what was given fits into no request."""


class BadWebhook(ValueError):
    """The delivery is not signed with this secret, or too old; the message says which and never what would be right."""
