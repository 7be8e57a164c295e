"""Reads a request's body piece by piece, and says what is wrong with how it is sent."""

from typing import Any

from social_queue.api.errors import ApiProblem

_PIECE = 64 * 1024


def read(stream: Any) -> bytes:
    """The next piece, empty at the end. Raises ApiProblem: 408 when it does not come in time, 400 when it is ill sent.

    Both come as an OSError of autopost_site/slow_bodies.py, which Django may have wrapped once more.
    """
    try:
        return stream.read(_PIECE)
    except OSError as fault:
        raise unreadable(fault) from None


def unreadable(fault: OSError) -> ApiProblem:
    """What to answer to a body that could not be read."""
    if isinstance(fault, TimeoutError) or isinstance(fault.__cause__, TimeoutError):
        return ApiProblem(408, "too_slow", "The body did not arrive in time. Send the same request again.")
    return ApiProblem(400, "unreadable", "The body was not sent as it was announced.")
