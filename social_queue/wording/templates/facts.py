"""What a caption template is told: plain values that no template can change."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, SupportsIndex

import regex

_LARGEST_WHOLE = 1e15
_BLANKS = regex.compile(r"[ \t\r\n\v\f]+")


class Words(tuple[object, ...]):
    """A list of values; printed as it is, it reads as words with blanks between them."""

    __slots__ = ()

    def __str__(self) -> str:
        return " ".join(filter(None, map(str, self)))

    def __getitem__(self, place: SupportsIndex | slice) -> Any:
        return Words(super().__getitem__(place)) if isinstance(place, slice) else super().__getitem__(place)


class _Data(dict[str, Any]):
    """Unknown keys are empty, so that ``{{ data.jam|default:data.window }}`` is never a fault. It is no text itself."""

    def __str__(self) -> str:
        return ""

    def __missing__(self, key: object) -> str:
        if key in ("items", "keys", "values"):
            raise KeyError(key)  # so that a template finds the method of that name
        return ""


def facts(
    *, title: str, link: str, hashtags: Iterable[str], data: Mapping[str, object], summary: str = ""
) -> dict[str, object]:
    """``title``, ``summary``, ``link``, ``hashtags`` and ``data``; each key of ``data`` also stands by itself.

    ``data.link`` is the post's own link, whatever came in under that name. Nothing in it can be changed by a template;
    what is null is left out, and numbers lose the noise of binary fractions (97.19999999999999 is 97.2, 97.0 is 97).
    """
    own = {**data, "link": link}
    if not link:
        del own["link"]
    held = _frozen_mapping(own)
    fixed = {
        "title": _BLANKS.sub(" ", title).strip(),
        "summary": summary,
        "link": link,
        "hashtags": Words(hashtags),
        "data": held,
    }
    return {**held, **fixed}


def _frozen_mapping(value: Mapping[str, object]) -> Mapping[str, object]:
    return MappingProxyType(_Data({key: _frozen(inner) for key, inner in value.items() if inner is not None}))


def _frozen(value: object) -> object:
    if isinstance(value, Mapping):
        return _frozen_mapping(value)
    if isinstance(value, list | tuple):
        return Words(_frozen(inner) for inner in value if inner is not None)
    if isinstance(value, float):
        rounded = float(f"{value:.10g}")
        return int(rounded) if rounded.is_integer() and abs(rounded) < _LARGEST_WHOLE else rounded
    return value.strip() if isinstance(value, str) else value
