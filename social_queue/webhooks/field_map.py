"""Words a foreign body as ingest bodies: a field map says for each of our fields where its value is.

    {"items": "data.offers",                      one delivery, several items; the paths below start at each of them
     "title": "name",                             a path; $root.x starts at the whole body again
     "link": {"join": ["=https://shop.example/p/", "slug"]},
     "image_url": {"path": "pictures.0.url", "default": "https://shop.example/none.jpg"},
     "channels": ["=facebook", "=telegram"],      = means: this very text
     "data": {"game": "game.name", "rtp": 97.2},  numbers, true and false stand for themselves
     "hashtags": "tags.*.label",                  * means: of each
     "when": {"action": "published"}}             only bodies in which this path leads to this value, or one of several

A map without fields means that bodies are ingest bodies already, or lists of them. ``map_rules`` says what it may hold.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from social_queue.intake.incoming import Malformed, normalise
from social_queue.reading import strict_json
from social_queue.reading.field_faults import FieldFaults
from social_queue.sentences import said
from social_queue.webhooks.field_values import Room, TooLong, is_wanted, value_of
from social_queue.webhooks.json_paths import NOTHING, find

ITEMS, WHEN = "items", "when"
MOST_ITEMS = 100
#: A lone word in one of these is a list of one; a number in one of those is its digits: ids are numbers as a rule.
_LISTS = ("channels", "hashtags")
_TEXTS = ("title", "summary", "link", "image_url", "alt_text", "focus", "reference", "idempotency_key")


class Unusable(FieldFaults):
    """A body that no item can be made of."""


class NotWanted(ValueError):
    """A body that the map's "when" leaves out: no fault of anybody's."""


@dataclass(frozen=True)
class Trial:
    """What a map makes of one item of a sample body, and what ingest would say about it. No faults: it would go in.

    ``payload`` is None when the body as a whole can't be used.
    """

    payload: object
    faults: dict[str, list[str]] = field(default_factory=dict)


def payloads(field_map: Mapping, body: object) -> list:
    """The ingest bodies that a parsed body stands for, at least one, unchecked. Raises Unusable, NotWanted."""
    if not is_wanted(field_map.get(WHEN, {}), body):
        raise NotWanted(said("“when” in the field map does not fit this body."))
    rules = {name: rule for name, rule in field_map.items() if name not in (ITEMS, WHEN)}
    elements = _elements(field_map, rules, body)
    if not elements:
        where = ITEMS if ITEMS in field_map else "body"
        raise Unusable({where: [said("is an empty list: there is nothing to queue.")]})
    if len(elements) > MOST_ITEMS:
        many = said("may make at most %(most)s items, not %(count)s.", most=MOST_ITEMS, count=len(elements))
        raise Unusable({"body": [many]})
    if not rules:
        return elements
    room = Room()
    return [_mapped(rules, element, body, room) for element in elements]


def with_paths(field_map: Mapping, faults: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The faults of a mapped body, each with the path that its value came from, or did not come from."""
    named = {}
    for name, sentences in faults.items():
        paths = " + ".join(f"“{path}”" for path in _paths_under(field_map, name))
        named[name] = [_placed(sentence, paths) if paths else sentence for sentence in sentences]
    return named


def _placed(sentence: str, paths: str) -> str:
    return said("%(sentence)s Its place in the field map: %(paths)s.", sentence=sentence, paths=paths)


def try_on(field_map: Mapping, body: bytes | str, *, now: datetime, channels: list | None = None) -> list[Trial]:
    """What the map would make of a sample body, item for item; nothing is stored. ``channels`` are the default ones."""
    try:
        made = payloads(field_map, strict_json.parse(body))
    except strict_json.NotJson as fault:
        return [Trial(None, {"body": [str(fault)]})]
    except Unusable as fault:
        return [Trial(None, fault.fields)]
    except NotWanted as fault:
        return [Trial(None, {WHEN: [said("%(why)s Such a delivery is logged and ignored.", why=str(fault))]})]
    return [_tried(field_map, with_channels(payload, channels), now) for payload in made]


def with_channels(payload: object, channels: list | None) -> object:
    """The payload with the source's default channels, if it names none."""
    if not channels or not isinstance(payload, dict) or payload.get("channels") is not None:
        return payload
    return payload | {"channels": list(channels)}


def _tried(field_map: Mapping, payload: object, now: datetime) -> Trial:
    try:
        normalise(payload, now=now, source="trial")
    except Malformed as fault:
        return Trial(payload, with_paths(field_map, fault.fields))
    return Trial(payload)


def _elements(field_map: Mapping, rules: Mapping, body: object) -> list:
    if ITEMS not in field_map:
        return body if isinstance(body, list) and not rules else [body]
    path = field_map[ITEMS]
    found = find(path, body, body)
    if not isinstance(found, list):
        what = said("nothing") if found is NOTHING else said("something else")
        raise Unusable(
            {ITEMS: [said("must be a list; “%(path)s” leads to %(what)s in this body.", path=path, what=what)]}
        )
    return found


def _mapped(rules: Mapping, here: object, root: object, room: Room) -> dict:
    payload: dict = {}
    for name, rule in rules.items():
        try:
            value = room.take(value_of(rule, here, root))
        except TooLong as fault:
            raise Unusable({name: [str(fault)]}) from None
        if value is NOTHING or value is None:
            continue
        outer, _dot, inner = name.partition(".")
        value, held = {inner: value} if inner else _fitted(outer, value), payload.get(outer, {})
        if isinstance(value, dict) and isinstance(held, dict):
            # A new object: what a path leads to belongs to the body, which other items are made of too.
            value = held | value if inner else value | held
        payload[outer] = value
    return payload


def _fitted(name: str, value: object) -> object:
    if name in _LISTS and isinstance(value, str):
        return [value]
    if name in _TEXTS and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value


def paths_of(name: str, rule: object) -> Iterator[str]:
    """The paths of one rule that start at the element, those of “when” included."""
    if name == WHEN and isinstance(rule, dict):
        yield from rule
    elif name == ITEMS and isinstance(rule, str):
        yield rule
    else:
        yield from _paths_in(rule)


def _paths_under(field_map: Mapping, name: str) -> Iterator[str]:
    for given, rule in field_map.items():
        if given not in (ITEMS, WHEN) and given.partition(".")[0] == name:
            yield from _paths_in(rule)


def _paths_in(rule: object) -> Iterator[str]:
    if isinstance(rule, str) and not rule.startswith("="):
        yield rule
    elif isinstance(rule, list):
        for part in rule:
            yield from _paths_in(part)
    elif isinstance(rule, dict) and "const" not in rule:
        inner = rule["path"] if "path" in rule else rule.get("join", list(rule.values()))
        yield from _paths_in(inner)
