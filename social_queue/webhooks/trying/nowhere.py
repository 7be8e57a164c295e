"""Rules of a field map that lead to nothing in any body at hand: hardly meant, so it is said before they are saved."""

import json
from collections.abc import Iterator, Mapping, Sequence

from social_queue.reading import soundness
from social_queue.sentences import joined, said
from social_queue.webhooks.field_map import ITEMS, MOST_ITEMS, WHEN, paths_of
from social_queue.webhooks.field_values import is_wanted
from social_queue.webhooks.json_paths import find
from social_queue.webhooks.trying import near
from social_queue.webhooks.trying.near import Place

_MOST_VALUES, _LONGEST_VALUE = 5, 40


def sentences(field_map: Mapping[str, object], bodies: Sequence[object], *, among: str) -> list[str]:
    """One for each path of a sound map that leads to nothing in any of the bodies, with what is near it.

    ``among`` names the bodies. Bodies that “when” leaves out count for nothing else.
    """
    if not bodies:
        return []
    conditions = field_map.get(WHEN)
    conditions = conditions if isinstance(conditions, dict) else {}
    found = list(_of_conditions(conditions, bodies, among))
    wanted = [body for body in bodies if is_wanted(conditions, body)]
    if not wanted and not found:
        found.append(said("“when” in the field map fits nothing in %(among)s.", among=among))
    places: list[Place] = [(body, body) for body in wanted or bodies]
    if ITEMS in field_map:
        places, nothing = _elements(str(field_map[ITEMS]), places, among)
        found += nothing
    rules = {name: rule for name, rule in field_map.items() if name not in (ITEMS, WHEN)} if places else {}
    return found + [one for name, rule in rules.items() for one in _of_rule(name, rule, places, among)]


def _of_rule(name: str, rule: object, places: Sequence[Place], among: str) -> Iterator[str]:
    for path in dict.fromkeys(paths_of(name, rule)):
        if not any(near.leads(find(path, *place)) for place in places):
            yield _nothing(name, path, places, among)


def _nothing(name: str, path: str, places: Sequence[Place], among: str) -> str:
    told = said("“%(path)s”, for %(name)s in the field map, leads to nothing in %(among)s.",
                path=path, name=name, among=among)  # fmt: skip
    return joined(told, *near.hints(path, places))


def _of_conditions(conditions: Mapping[str, object], bodies: Sequence[object], among: str) -> Iterator[str]:
    places: list[Place] = [(body, body) for body in bodies]
    for path, wanted in conditions.items():
        found = [find(path, *place) for place in places]
        # That a value is null may be what is asked for.
        if any(is_wanted({path: wanted}, body) for body in bodies):
            continue
        if not any(map(near.leads, found)):
            yield _nothing(WHEN, path, places, among)
        else:
            told = ", ".join(_values(filter(near.leads, found)))
            yield said("“%(path)s”, for %(name)s in the field map, has none of the values asked for in %(among)s; "
                       "it has: %(found)s.", path=path, name=WHEN, among=among, found=told)  # fmt: skip


def _values(found: Iterator[object]) -> list[str]:
    """As they may be shown, each once."""
    each = [one for value in found for one in (value if isinstance(value, list) else [value])]
    told = [f"“{one}”" if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in each]
    return list(dict.fromkeys(soundness.shown(text, _LONGEST_VALUE) for text in told))[:_MOST_VALUES]


def _elements(path: str, places: Sequence[Place], among: str) -> tuple[list[Place], list[str]]:
    """Where the other paths start, or the sentence that says why there is no such place."""
    lists = [(found, root) for here, root in places if isinstance(found := find(path, here, root), list)]
    if not lists and any(near.leads(find(path, *place)) for place in places):
        sentence = said("“%(path)s”, for %(name)s in the field map, is no list in %(among)s.",
                        path=path, name=ITEMS, among=among)  # fmt: skip
        return [], [sentence]
    elements: list[Place] = [(element, root) for found, root in lists for element in found[:MOST_ITEMS]]
    return elements, [] if elements else [_nothing(ITEMS, path, places, among)]
