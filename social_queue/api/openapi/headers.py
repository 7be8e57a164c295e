"""The headers of the answers, as the schema names them."""

_WHOLE = {"type": "integer", "minimum": 0}
ALL: dict[str, dict] = {
    "X-Request-Id": {
        "description": "The id under which this request is logged: the one it came with, if that had up to 64 letters, "
        "digits, - and _; else a new one.",
        "schema": {"type": "string", "maxLength": 64},
        "example": "9f86d081884c7d659a2feaa0",
    },
    "RateLimit-Limit": {
        "description": "Requests a minute for this key. Without a limit there is none of the three.",
        "schema": _WHOLE,
        "example": 600,
    },
    "RateLimit-Remaining": {"description": "What is left of them.", "schema": _WHOLE, "example": 599},
    "RateLimit-Reset": {"description": "Seconds until the next minute begins.", "schema": _WHOLE, "example": 42},
    "Retry-After": {"description": "Seconds to wait before the next try.", "schema": _WHOLE, "example": 18},
    "WWW-Authenticate": {
        "description": "How to log in.",
        "schema": {"type": "string"},
        "example": 'Bearer realm="autopost"',
    },
    "Idempotent-Replay": {
        "description": "The body is the first answer again, word for word; nothing new was made.",
        "schema": {"type": "string", "enum": ["true"]},
        "example": "true",
    },
}
_OF_KEYS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def of(door: str, status: str, *, has_key: bool) -> dict[str, dict]:
    """References to the headers of one answer."""
    names = ["X-Request-Id"]
    if has_key:
        names += ["WWW-Authenticate"] if status == "401" else _OF_KEYS
    if status in ("429", "503"):
        names += ["Retry-After"]
    if (door, status) == ("ingest", "200"):
        names += ["Idempotent-Replay"]
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
