"""What X answers to a call that went well: an object ``data``, and what must stand in it."""

from typing import Any

from connectors import http


def data_of(answer: dict[str, Any]) -> dict[str, Any]:
    """``data``, or the answer itself: one recorded upload came without the wrapper."""
    return answer["data"] if isinstance(answer.get("data"), dict) else answer


def required(answer: dict[str, Any], field: str, *, creates: bool) -> str:
    """A field of the answer as text, or the error for a good answer that lacks it."""
    value = data_of(answer).get(field)
    if not value or not isinstance(value, str | int):
        raise http.lost(f"X answered without {field!r}.", creates=creates)
    return str(value)
