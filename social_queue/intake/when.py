"""When an item is to go, as an ingest body says it: a moment, the next slots, or again and again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from social_queue.intake.bad_fields import BadField, of_type
from social_queue.models import PlatformAccount
from social_queue.reading import moments
from social_queue.sentences import said
from social_queue.timing import rules, zones

NEXT_SLOT = "next-slot"
NEEDS_A_MOMENT = said("needs publish_at, the moment from which on it repeats.")
NOTHING_TO_COME = said("rrule yields nothing that is still to come.")
_REPEAT = ("rrule", "zone", "until")
#: What of a body belongs to its first item alone.
_OF_THE_FIRST = {"repeat", "publish_at", "expires_at", "reference", "idempotency_key"}


def is_next_slot(value: object) -> bool:
    """Is the word for the next free slot asked for?"""
    return isinstance(value, str) and value.strip() == NEXT_SLOT


@dataclass(frozen=True)
class Repeat:
    """A rule, the name of the zone it is read in, its first and last possible moments, and what each time says."""

    rule: str
    zone: str
    begins_at: datetime
    until: datetime | None
    payload: dict[str, Any]


class Start:
    """A moment in ISO 8601, or the word for the next free slot."""

    def clean(self, value: object) -> datetime | str:
        """The moment, UTC, or the word. Raises ValueError."""
        return NEXT_SLOT if is_next_slot(value) else moments.parse(value)

    def schema(self) -> dict[str, object]:
        """Text; ``format: date-time`` would forbid the word and what has no offset."""
        return {"type": "string"}


class Repeating:
    """A rule of RFC 5545, with the zone whose clock it is read by and its last possible moment."""

    def clean(self, value: object) -> dict[str, str]:
        """``rrule``, ``zone`` and ``until`` as text, each good by itself; "" for what was left out. Raises ValueError.

        A day as ``until`` is meant with all its hours, like UNTIL in the rule. Without a zone or an offset in it, when
        it is depends on the accounts: ``arrange`` knows them.
        """
        given = of_type(value, dict)
        if unknown := [str(name)[:40] for name in given if name not in _REPEAT]:
            known = ", ".join(_REPEAT)
            raise BadField(said("has no %(names)s; it takes %(known)s.", names=", ".join(unknown), known=known))
        texts = {name: of_type(given[name], str) if given.get(name) is not None else "" for name in _REPEAT}
        texts["rrule"] = rules.checked(texts["rrule"])
        if texts["zone"]:
            zones.named(texts["zone"])
        if texts["until"]:
            moments.parse_last(texts["until"])
        return texts

    def schema(self) -> dict[str, object]:
        """An object; what a rule may say is too much for a pattern."""
        optional = {"type": "string", "nullable": True}
        return {
            "type": "object",
            "additionalProperties": False,
            "required": ["rrule"],
            "properties": {
                "rrule": {"type": "string", "maxLength": rules.LONGEST},
                "zone": optional,
                "until": optional,
            },
        }


def arrange(
    values: dict[str, Any], payload: Mapping[str, Any], accounts: Iterable[PlatformAccount], *, now: datetime
) -> dict[str, list[str]]:
    """Put ``publish_at``, ``expires_at``, ``next_slot``, ``repeat`` and ``notes`` into the clean values.

    A time without an offset is what the clock of all the accounts shows, if they share one, else the site's. A missing
    or past ``publish_at`` is ``now``. Returns faults.
    """
    shared = zones.shared(accounts)
    faults, local = localised(values, payload, shared)
    asked, planned = values.pop("repeat", None), values.get("publish_at")
    values["next_slot"] = planned == NEXT_SLOT
    values["publish_at"] = now if planned in (None, NEXT_SLOT) else max(planned, now)
    if local:
        sentence = said("Read by the clock of %(zone)s: %(names)s.", zone=shared, names=", ".join(local))
        values["notes"] = (sentence,)
    if asked and isinstance(planned, datetime):
        faults |= _again(values, payload, asked, begins=planned, zone=str(shared), now=now)
    elif asked:
        faults["repeat"] = [NEEDS_A_MOMENT]
    return faults


def localised(
    values: dict[str, Any], payload: Mapping[str, Any], zone: tzinfo
) -> tuple[dict[str, list[str]], list[str]]:
    """Read the times without an offset by the clock of a zone. Returns faults, and the names of those times."""
    faults: dict[str, list[str]] = {}
    local: list[str] = [
        name for name in ("publish_at", "expires_at") if name in values and moments.is_local(payload[name])
    ]
    for name in local:
        try:
            values[name] = moments.parse(payload[name], zone)
        except ValueError as fault:
            faults[name] = [str(fault)]
    return faults, local


def _again(
    values: dict[str, Any],
    payload: Mapping[str, Any],
    asked: Mapping[str, str],
    *,
    begins: datetime,
    zone: str,
    now: datetime,
) -> dict[str, list[str]]:
    name = asked["zone"] or zone
    there = zones.named(name)
    try:
        until = moments.parse_last(asked["until"], there) if asked["until"] else None
        first: datetime | None = rules.first(asked["rrule"], there, begins=begins, until=until)
        if first is not None and first < now:
            first = rules.following(
                asked["rrule"], there, begins=begins, until=until, after=now - timedelta(microseconds=1)
            )
    except ValueError as fault:
        return {"repeat": [str(fault)]}
    if first is None:
        return {"repeat": [NOTHING_TO_COME]}
    body = {field: value for field, value in payload.items() if field not in _OF_THE_FIRST}
    values["publish_at"] = first
    values["repeat"] = Repeat(asked["rrule"], name, begins, until, body)
    return {}
