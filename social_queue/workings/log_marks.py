"""The post and the request that are being worked on, for log lines of code that knows of neither."""

import contextlib
import contextvars
from collections.abc import Iterator

_request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="")
_post: contextvars.ContextVar[int | None] = contextvars.ContextVar("post", default=None)


@contextlib.contextmanager
def about(post: int) -> Iterator[None]:
    """Every line that is logged inside carries this post's number."""
    before = _post.set(post)
    try:
        yield
    finally:
        _post.reset(before)


def current() -> int | None:
    """The id of the post that is being worked on, or None."""
    return _post.get()


@contextlib.contextmanager
def during(request: str) -> Iterator[None]:
    """Every line that is logged inside carries the request's id."""
    before = _request.set(request)
    try:
        yield
    finally:
        _request.reset(before)


def request_id() -> str:
    """The id of the request at hand, or ""."""
    return _request.get()
