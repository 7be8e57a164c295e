"""What stands where a path ends too early, and which path may be meant."""

import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence

from social_queue.reading import soundness
from social_queue.sentences import said
from social_queue.webhooks.json_paths import NOTHING, find, steps_of

#: Where a path starts, and the whole body.
Place = tuple[object, object]

_ROOT, _HERE, _EACH = "$root", "$", "*"
_MOST_NAMES, _LONGEST_NAME = 12, 40
#: Of so many places, to such a depth, so many paths are compared: bodies may be a megabyte.
_PLACES, _DEEPEST, _MOST_PATHS, _ELEMENTS = 5, 8, 400, 3
_SIMILAR_STEP, _SIMILAR_PATH = 0.7, 0.85
#: What can be a step of a path as it is.
_STEP = re.compile(r"[\w-]{1,60}")


def leads(found: object) -> bool:
    """Is it something?"""
    return found is not NOTHING and found is not None and found != []


def hints(path: str, places: Sequence[Place]) -> list[str]:
    """Sentences about a path that leads to nothing from any of these places, the most useful first."""
    if any(find(path, *place) is not NOTHING for place in places):
        return [said("It is there, and empty.")]
    found = []
    if meant := _meant(path, places[:_PLACES]):
        found.append(said("Did you mean “%(near)s”?", near=meant))
    return found + _what_is_there(steps_of(path), places)


def _what_is_there(steps: list[str], places: Sequence[Place]) -> list[str]:
    """At the end of as much of the path as leads to something."""
    for count in range(len(steps) - 1, -1, -1):
        start = steps[:count] or [_HERE]
        values = [value for place in places for value in _values(start, place)]
        if values:
            return _described("" if start in ([_HERE], [_ROOT]) else ".".join(start), values)
    return []


def _values(steps: list[str], place: Place) -> list[object]:
    """What the steps lead to; of each * every one."""
    values = [find(".".join(steps), *place)]
    for _each in range(steps.count(_EACH)):
        values = [inner for value in values if isinstance(value, list) for inner in value]
    return [value for value in values if value is not NOTHING and value is not None]


def _described(place: str, values: list[object]) -> list[str]:
    names = list(dict.fromkeys(name for value in values if isinstance(value, dict) for name in value))
    if names:
        shown = ", ".join(soundness.shown(name, _LONGEST_NAME) for name in names[:_MOST_NAMES])
        shown += ", …" if len(names) > _MOST_NAMES else ""
        return [said("“%(place)s” has %(names)s.", place=place, names=shown) if place else _there_is(shown)]
    if any(isinstance(value, list) for value in values):
        if place:
            return [said("“%(place)s” is a list: a number or * goes on from it.", place=place)]
        return [said("The body is a list: a path begins with a number or *.")]
    return [said("“%(place)s” goes no further.", place=place)] if place else []


def _there_is(names: str) -> str:
    return said("There is: %(names)s.", names=names)


def _meant(path: str, places: Sequence[Place]) -> str:
    """The path of one that is there whose end, or whose whole, is written nearly so; "" when there is none."""
    asked = path.strip().removeprefix(f"{_ROOT}.").removeprefix(f"{_HERE}.").lower()
    last = asked.rpartition(".")[2]
    best, most = "", 0.0
    for candidate in _candidates(path, places):
        written = candidate.removeprefix(f"{_ROOT}.").lower()
        whole, end = _alike(asked, written), _alike(last, written.rpartition(".")[2])
        if (end >= _SIMILAR_STEP or whole >= _SIMILAR_PATH) and whole + end > most:
            best, most = candidate, whole + end
    return best


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one, other).ratio()


def _candidates(path: str, places: Sequence[Place]) -> Iterable[str]:
    """Paths that lead to something, each once."""
    found: dict[str, None] = {}
    for here, root in places:
        for candidate in itertools.chain(*(_paths(*start, depth=0) for start in _starts(path, here, root))):
            if len(found) == _MOST_PATHS:
                return found
            if leads(find(candidate, here, root)):
                found[candidate] = None
    return found


def _starts(path: str, here: object, root: object) -> list[tuple[str, object]]:
    """How a path may begin that is written instead of this one, and where it is then."""
    if here is root:
        return [("", root)]
    return [(_ROOT, root)] if path.strip().startswith(_ROOT) else [("", here), (_ROOT, root)]


def _paths(start: str, value: object, *, depth: int) -> Iterator[str]:
    children: list[tuple[str, object]] = []
    if isinstance(value, dict):
        children = [(name, inner) for name, inner in value.items() if _STEP.fullmatch(name)]
    elif isinstance(value, list):
        children = [(_EACH, inner) for inner in value[:_ELEMENTS]]
    for step, inner in children if depth < _DEEPEST else ():
        path = f"{start}.{step}" if start else step
        if step != _EACH:
            yield path
        yield from _paths(path, inner, depth=depth + 1)
