"""What a field map may hold; whatever is wrong with one is said when it is saved, not when a delivery comes."""

import difflib
from collections.abc import Iterable, Iterator

from social_queue.intake.incoming import REQUIRED, RULES, cleaned
from social_queue.reading import soundness
from social_queue.sentences import about, said
from social_queue.webhooks.field_map import ITEMS, WHEN
from social_queue.webhooks.json_paths import steps_of

#: Fields that hold objects: their parts may be mapped one by one, as ``data.game`` or inside an object.
_OBJECTS = ("data", "meta")
_FORMS = {"const": {"const"}, "path": {"path", "default"}, "join": {"join", "with"}}
_MOST_SENTENCES = 20


def faults_of(field_map: object) -> list[str]:
    """Sentences about what is wrong with a map, each beginning with the field; none for a good or an empty one."""
    if not isinstance(field_map, dict):
        return [said("The field map must be a JSON object: our field's name, then the path to its value.")]
    if not field_map:
        return []
    if unsound := soundness.faults(field_map):
        return unsound
    found = [sentence for name, rule in field_map.items() for sentence in _faults_of_field(name, rule)]
    missing = said("is missing: without it no item can be made.")
    # With nothing but conditions bodies are ingest bodies already.
    needed = () if set(field_map) == {WHEN} else REQUIRED
    found += [about(name, missing) for name in needed if name not in field_map]
    return found[:_MOST_SENTENCES]


def _faults_of_field(name: str, rule: object) -> Iterator[str]:
    outer, dot, inner = name.partition(".")
    if name == ITEMS:
        yield from _at(name, _faults_of_path(rule))
        if isinstance(rule, str) and "*" in rule:
            yield about(ITEMS, said("must lead to one list: it can't have a *."))
    elif name == WHEN:
        yield from _at(name, _faults_of_conditions(rule))
    elif outer not in RULES:
        yield _unknown(name)
    elif dot and (outer not in _OBJECTS or not inner):
        yield about(name, said("can't be: only data and meta have fields of their own."))
    elif isinstance(rule, dict) and not _form_of(rule) and (dot or name not in _OBJECTS):
        wanted = said("must be a path, a constant, or an object with one of %(forms)s.", forms=", ".join(_FORMS))
        yield about(name, wanted)
    else:
        yield from _at(name, _faults_of_rule(rule))
        yield from _faults_of_constant(name, rule)


def _faults_of_rule(rule: object) -> Iterator[str]:
    if isinstance(rule, str):
        yield from () if rule.startswith("=") else _faults_of_path(rule)
    elif isinstance(rule, list):
        for part in rule:
            yield from _faults_of_rule(part)
    elif isinstance(rule, dict):
        yield from _faults_of_object(rule)
    elif rule is None:
        yield said("is null: leave the field out, or give it a path.")


def _faults_of_object(rule: dict) -> Iterator[str]:
    form = _form_of(rule)
    if not form:
        for name, part in rule.items():
            yield from _at(f"[{soundness.shown(name)}]", _faults_of_rule(part))
        return
    extra = sorted(set(rule) - _FORMS[form])
    if extra:
        named = ", ".join(map(soundness.shown, extra))
        yield said("has %(names)s, which does not go with %(form)s.", names=named, form=form)
    if form == "path":
        yield from _faults_of_path(rule["path"])
    if form == "join":
        yield from _faults_of_join(rule)


def _faults_of_join(rule: dict) -> Iterator[str]:
    if not isinstance(rule["join"], list) or not rule["join"]:
        yield said("needs a list of paths and =texts to join.")
        return
    if not isinstance(rule.get("with", ""), str):
        yield said("needs text in “with”.")
    for part in rule["join"]:
        if isinstance(part, list | dict) and not (isinstance(part, dict) and _form_of(part)):
            yield said("joins paths, =texts and numbers only.")
        else:
            yield from _faults_of_rule(part)


def _faults_of_path(path: object) -> Iterator[str]:
    try:
        steps_of(path)
    except ValueError as fault:
        yield str(fault)


def _faults_of_conditions(rule: object) -> Iterator[str]:
    if not isinstance(rule, dict) or not rule:
        yield said("must be an object: a path, then the value or the list of values that it must lead to.")
        return
    for path, wanted in rule.items():
        yield from _at(f"[{soundness.shown(path)}]", _faults_of_path(path))
        values = wanted if isinstance(wanted, list) else [wanted]
        if not values or any(isinstance(value, dict | list) for value in values):
            sentence = said("needs a text, a number, true, false or null, or a list of such.")
            yield about(f"[{soundness.shown(path)}]", sentence)


def _faults_of_constant(name: str, rule: object) -> Iterator[str]:
    """A constant can be judged now, by the same rule that will judge it in a delivery."""
    if isinstance(rule, str) and rule.startswith("="):
        constant = [rule[1:]] if name in ("channels", "hashtags") else rule[1:]
    elif isinstance(rule, dict) and "const" in rule:
        constant = rule["const"]
    else:
        return
    if name in RULES:
        yield from _at(name, (sentence for words in cleaned({name: constant}, RULES)[1].values() for sentence in words))


def _form_of(rule: dict) -> str:
    return next((form for form in _FORMS if form in rule), "")


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name[:100].lower(), RULES, n=1)
    known = ", ".join((ITEMS, WHEN, *RULES))
    if near:
        sentence = said("is not a field here; did you mean %(near)s? Known are %(known)s.", near=near[0], known=known)
    else:
        sentence = said("is not a field here. Known are %(known)s.", known=known)
    return about(soundness.shown(name), sentence)


def _at(place: str, sentences: Iterable[str]) -> Iterator[str]:
    return (about(place, sentence) for sentence in sentences)
