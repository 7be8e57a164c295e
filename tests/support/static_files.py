"""Static files are looked for once in a process: each client of the tests loads all middleware, which looks for them.

None of them changes while tests run.
"""

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

#: By what the entries depend on: {address: its file, with its headers}.
_found: dict[tuple[str, int | None], dict[str, Any]] = {}
_look = WhiteNoiseMiddleware.add_files_from_finders


def install() -> None:
    """From now on a middleware takes what an earlier one found."""
    WhiteNoiseMiddleware.add_files_from_finders = _look_once


def _look_once(middleware: WhiteNoiseMiddleware) -> None:
    kind = (middleware.static_prefix, middleware.max_age)
    collected = middleware.files
    if kind not in _found:
        middleware.files = {}
        _look(middleware)
        _found[kind] = middleware.files
    middleware.files = collected | _found[kind]
