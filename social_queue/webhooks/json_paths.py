"""Dotted paths into JSON: ``data.title``, ``$.items.0.name``, ``tags.*.label``, ``$root.sent_at``."""

import re
from collections.abc import Sequence

from social_queue.sentences import said

#: Where a path leads to when there is nothing; None is a value that JSON knows.
NOTHING = object()
_ROOT, _HERE, _EACH = "$root", "$", "*"
_INDEX = re.compile(r"\[(\d+|\*)\]")
_LONGEST, _MOST_STEPS = 300, 20


def steps_of(path: object) -> list[str]:
    """The steps of a path; ``[0]`` is the same as ``.0``. Raises ValueError with a sentence."""
    if not isinstance(path, str) or not path.strip():
        raise ValueError(said("must be a path such as data.title, in quotation marks."))
    if len(path) > _LONGEST:
        raise ValueError(said("is too long a path: %(most)s characters at most.", most=_LONGEST))
    steps = _INDEX.sub(r".\1", path.strip()).split(".")
    if len(steps) > _MOST_STEPS:
        raise ValueError(said("is too deep a path: %(most)s steps at most.", most=_MOST_STEPS))
    if "" in steps:
        raise ValueError(said("has an empty step in the path “%(path)s”.", path=path))
    strange = [step for place, step in enumerate(steps) if step.startswith("$") and not _is_start(step, place)]
    if strange:
        raise ValueError(said("knows $ and $root at the beginning of a path only, not “%(step)s”.", step=strange[0]))
    return steps


def find(path: str, here: object, root: object) -> object:
    """The value that a sound path leads to from ``here``, or from ``root`` when it begins with ``$root``; NOTHING.

    ``*`` goes on from each element of a list and gives a list of what it found there.
    """
    steps = steps_of(path)
    if steps[0] == _ROOT:
        return _walk(root, steps[1:])
    return _walk(here, steps[1:] if steps[0] == _HERE else steps)


def _is_start(step: str, place: int) -> bool:
    return place == 0 and step in (_ROOT, _HERE)


def _walk(value: object, steps: Sequence[str]) -> object:
    for place, step in enumerate(steps):
        if step == _EACH and isinstance(value, list):
            found = [_walk(child, steps[place + 1 :]) for child in value]
            return [child for child in found if child is not NOTHING]
        value = _step(value, step)
        if value is NOTHING:
            break
    return value


def _step(value: object, step: str) -> object:
    if isinstance(value, dict):
        return value.get(step, NOTHING)
    if isinstance(value, list) and step.isascii() and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return NOTHING
