"""Turns what a generator sent into a clean Incoming, or says of every bad field at once what is wrong with it.

Unknown fields are errors too: a misspelt ``publish_at`` that is silently ignored would be posted at once, in public.
"""

import difflib
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from social_queue.intake import field_checks, follow_up_rules, when
from social_queue.intake.bad_fields import BadField
from social_queue.intake.field_rules import Rule
from social_queue.intake.fields import REQUIRED as REQUIRED
from social_queue.intake.fields import RULES as RULES
from social_queue.intake.media import checks as media_checks
from social_queue.media.carried import Medium
from social_queue.reading import soundness
from social_queue.reading.field_faults import FieldFaults
from social_queue.reading.strict_json import fingerprint
from social_queue.sentences import said

_NO_COLUMNS = ("repeat", "notes", "media")
#: Of a body full of names we don't know so many are answered.
_MOST_UNKNOWN = 20


class Malformed(FieldFaults):
    """An ingest body that can't be used."""


@dataclass(frozen=True)
class Incoming:
    """A validated ingest body. Times are UTC; empty ``channels`` means every active account."""

    source: str
    title: str
    link: str
    publish_at: datetime
    summary: str = ""
    image_url: str = ""
    alt_text: str = ""
    focus: str = ""
    #: All of them; ``image``, ``image_url`` and ``alt_text`` say the same of the first.
    media: tuple[Medium, ...] = ()
    image: str = ""
    callback_url: str = ""
    data: dict[str, Any] = field(default_factory=dict[str, Any])
    meta: dict[str, Any] = field(default_factory=dict[str, Any])
    channels: list[str] = field(default_factory=list)
    captions: dict[str, str] = field(default_factory=dict[str, str])
    follow_ups: list[dict[str, Any]] = field(default_factory=list)
    ai: dict[str, Any] | None = None
    hashtags: list[str] = field(default_factory=list)
    reference: str | None = None
    idempotency_key: str | None = None
    expires_at: datetime | None = None
    next_slot: bool = False
    #: The moment of the series that it is laid down for.
    series_id: int | None = None
    series_at: datetime | None = None
    #: A series that begins with it, and what the answer has to say of its times.
    repeat: when.Repeat | None = None
    notes: tuple[str, ...] = ()
    #: See ``fingerprint``.
    body_hash: str = ""

    def columns(self) -> dict[str, object]:
        """What a queue item keeps of it."""
        return {name: value for name, value in vars(self).items() if name not in _NO_COLUMNS}


@dataclass(frozen=True)
class Reading:
    """A body as it was read, once: the values that are good by themselves, and the fields that are not."""

    values: Mapping[str, Any]
    faults: Mapping[str, list[str]]
    #: See ``fingerprint``.
    body_hash: str
    #: The body itself: whether a time names its zone is seen in its text alone.
    payload: Mapping[str, Any] = field(default_factory=dict[str, Any])
    #: Not a JSON object at all: then nothing but that is said.
    is_object: bool = True


def normalise(payload: object, *, now: datetime, source: str, to_look: bool = False) -> Incoming:
    """``read`` and ``finish`` in one, for callers that store nothing. Raises Malformed."""
    return finish(read(payload), now=now, source=source, to_look=to_look)


def read(payload: object) -> Reading:
    """The body's fields, each judged by itself; asks neither the database nor the clock. Raises nothing."""
    if not isinstance(payload, dict):
        fault = said("must be an object with the fields of one item.")
        return Reading({}, {"body": [fault]}, fingerprint(payload), is_object=False)
    values, faults = cleaned(payload, RULES)
    faults |= {name: [said("is required.")] for name in REQUIRED if name not in payload}
    return Reading(values, faults, fingerprint(payload), payload)


def finish(reading: Reading, *, now: datetime, source: str, to_look: bool = False) -> Incoming:
    """What was read as an Incoming; a missing or past ``publish_at`` is ``now``. Raises Malformed.

    Looks up ``channels`` among the accounts, so an unknown one is named together with everything else that is wrong.
    ``to_look``: it is only previewed, or waits as a draft; what a platform would not take is told beside its caption.
    """
    values, faults = dict(reading.values), dict(reading.faults)
    if not reading.is_object:
        raise Malformed(faults)
    accounts, lacking = field_checks.accounts_asked(values, faults)
    faults |= lacking | media_checks.look_up(values)
    faults = when.arrange(values, reading.payload, accounts, now=now) | faults
    known = {name: values[name] for name in values if name not in faults}
    faults |= field_checks.faults_together(known)
    faults |= field_checks.faults_of_callback(values, source)
    faults |= field_checks.faults_of_captions(values, accounts, to_look=to_look)
    faults |= follow_up_rules.faults(known, accounts, to_look=to_look)
    faults |= field_checks.faults_of_title(values, accounts) if values.get("channels") and not to_look else {}
    faults |= {} if to_look else field_checks.faults_of_ai(values, source)
    if not to_look and not faults:
        faults |= media_checks.faults(values.get("media", ()), accounts)
    if faults:
        raise Malformed(in_order(faults))
    return Incoming(source=source, body_hash=reading.body_hash, **values)


def only(payload: object, *names: str, required: Iterable[str] = ()) -> dict[str, Any]:
    """The clean values of a body that may have these of our fields and no others. Raises Malformed."""
    if not isinstance(payload, dict):
        raise Malformed({"body": [said("must be an object with %(names)s.", names=" and ".join(names))]})
    values, faults = cleaned(payload, {name: RULES[name] for name in names})
    faults |= {name: [said("is required.")] for name in required if name not in payload}
    if faults:
        raise Malformed(in_order(faults))
    return values


def cleaned(
    payload: Mapping[str, Any], rules: Mapping[str, Rule], *, also: Iterable[str] = ()
) -> tuple[dict[str, Any], dict[str, list[str]]]:
    """(clean values, faults) of the fields that are there; an optional field that is null counts as left out.

    ``also``: fields that somebody else reads, to be named among the known ones.
    """
    values: dict[str, Any] = {}
    unknown = itertools.islice((name for name in payload if name not in rules), _MOST_UNKNOWN)
    faults = {soundness.shown(name): [_unknown(name, [*rules, *also])] for name in unknown}
    for name in rules:
        if name not in payload or (payload[name] is None and name not in REQUIRED):
            continue
        try:
            values[name] = _clean(payload[name], rules[name])
        except BadField as fault:
            faults[name] = fault.sentences
        except ValueError as fault:
            faults[name] = [str(fault)]
    return values, faults


def in_order(faults: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """The faults in the order in which the fields are documented, unknown ones last."""
    names = [*(name for name in RULES if name in faults), *(name for name in faults if name not in RULES)]
    return {name: faults[name] for name in names}


def _clean(value: object, rule: Rule) -> object:
    if sentences := soundness.faults(value):
        raise BadField(*sentences)
    return rule.clean(value)


def _unknown(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name[:100].lower(), known, n=1)
    listed = ", ".join(known)
    if near:
        return said("is not a field here; did you mean %(near)s? Known are %(known)s.", near=near[0], known=listed)
    return said("is not a field here. Known are %(known)s.", known=listed)
