"""What a platform lets each account choose, read from KEY=VALUE words."""

from collections.abc import Iterable

import connectors
from connectors.base import Option

_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


def chosen(platform: str, words: Iterable[str]) -> dict[str, object]:
    """{name: value} of the options named. Raises ValueError naming the word and what it may be."""
    known = {option.name: option for option in connectors.get(platform).options}
    found: dict[str, object] = {}
    for word in words:
        key, separator, value = word.partition("=")
        if key not in known or not separator:
            names = ", ".join(known) or "none"
            raise ValueError(f"{word!r}: {platform} takes KEY=VALUE with these keys: {names}.")
        found[key] = _value(known[key], value)
    return found


def _value(option: Option, value: str) -> object:
    allowed = [name for name, _ in option.choices]
    if isinstance(option.default, bool):
        allowed = [*_YES, *_NO]
    if allowed and value.lower() not in allowed:
        raise ValueError(f"{option.name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value.lower() in _YES if isinstance(option.default, bool) else value
