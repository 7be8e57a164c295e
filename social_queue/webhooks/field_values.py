"""What the rules of a field map give for one body, and how much of it they may give."""

from collections.abc import Mapping

from social_queue.sentences import said
from social_queue.webhooks.json_paths import NOTHING, find

#: No field takes a longer text, and joining long parts over and over is how a small body becomes gigabytes.
LONGEST_JOIN = 5_000
#: Letters, names and values that all items of one delivery may have together.
MOST_MAPPED = 4 * 1024 * 1024


class TooLong(ValueError):
    """A rule gives more than anybody can mean."""


class Room:
    """How much of MOST_MAPPED is left."""

    def __init__(self, most: int = MOST_MAPPED) -> None:
        self.left = most

    def take(self, value: object) -> object:
        """The value, counted. Raises TooLong when there is no room for it; then it was not walked to its end."""
        waiting = [value]
        while waiting:
            one = waiting.pop()
            self.left -= len(one) + 1 if isinstance(one, str) else 1
            if self.left < 0:
                sentence = said(
                    "is too much: all items of a delivery may have %(most)s letters together.", most=MOST_MAPPED
                )
                raise TooLong(sentence)
            if isinstance(one, dict):
                waiting += [*one, *one.values()]
            elif isinstance(one, list):
                waiting += one
        return value


def value_of(rule: object, here: object, root: object) -> object:
    """What a rule gives; NOTHING when its path leads nowhere. Raises TooLong."""
    if isinstance(rule, str):
        return rule[1:] if rule.startswith("=") else find(rule, here, root)
    if isinstance(rule, list):
        found = [value_of(part, here, root) for part in rule]
        return [value for value in found if value is not NOTHING and value is not None]
    if not isinstance(rule, dict):
        return rule
    if "const" in rule:
        return rule["const"]
    if "path" in rule:
        there = find(rule["path"], here, root)
        return rule.get("default", NOTHING) if there is NOTHING or there is None else there
    if "join" in rule:
        return _joined(rule, here, root)
    inner = {name: value_of(part, here, root) for name, part in rule.items()}
    return {name: value for name, value in inner.items() if value is not NOTHING}


def is_wanted(conditions: Mapping, body: object) -> bool:
    """Does every path lead to its value, or to one of its values? Of what a * finds one is enough."""
    return all(_fits(find(path, body, body), wanted) for path, wanted in conditions.items())


def _fits(found: object, wanted: object) -> bool:
    values = wanted if isinstance(wanted, list) else [wanted]
    candidates = found if isinstance(found, list) else [found]
    return any(_same(candidate, value) for candidate in candidates for value in values)


def _same(found: object, wanted: object) -> bool:
    """Equal as JSON means it: Python takes 1 and true for the same."""
    return found == wanted and isinstance(found, bool) == isinstance(wanted, bool)


def _joined(rule: Mapping, here: object, root: object) -> object:
    """The parts as one text. A path that leads nowhere spoils it: half an address is worse than none."""
    parts = [value_of(part, here, root) for part in rule["join"]]
    if any(isinstance(part, dict | list) or part is NOTHING or part is None for part in parts):
        return NOTHING
    texts, between = [str(part) for part in parts], rule.get("with", "")
    if sum(map(len, texts)) + len(between) * (len(texts) - 1) > LONGEST_JOIN:
        raise TooLong(said("is too long: what is joined may have at most %(most)s characters.", most=LONGEST_JOIN))
    return between.join(texts)
