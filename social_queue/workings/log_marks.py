"""The post that is being worked on, for log lines of code that knows nothing of posts."""

import contextlib
import contextvars
from collections.abc import Iterator

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
