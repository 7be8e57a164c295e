"""Looks up what ``media`` names, and says when no account that is asked for would take it."""

from collections.abc import Iterable, Mapping
from typing import Any

import connectors
from social_queue.intake.media.rule import at
from social_queue.media import carried, judging, originals
from social_queue.media.carried import Medium
from social_queue.models import PlatformAccount
from social_queue.sentences import said


def look_up(values: dict[str, Any]) -> dict[str, list[str]]:
    """Turn the entries in ``values["media"]`` into media and set the columns of the first; what is wrong, by field."""
    given = values.pop("media", None)
    if given is None:
        return {}
    beside = [name for name in ("image_url", "alt_text") if values.get(name)]
    if beside:
        values["media"] = ()
        sentence = said("can't stand beside %(names)s: name the picture here.", names=", ".join(beside))
        return {"media": [sentence]}
    kept = originals.known(entry["upload"] for entry in given if "upload" in entry)
    missing = [place for place, entry in enumerate(given) if "upload" in entry and entry["upload"] not in kept]
    if missing:
        unknown = said("there is no such upload; one that no item uses goes after a day.")
        values["media"] = ()
        return {"media": [at(place, unknown) for place in missing]}
    media = tuple(_medium(entry, kept) for entry in given)
    values |= {"media": media} | carried.columns(media)
    return {}


def faults(media: Iterable[Medium], accounts: Iterable[PlatformAccount]) -> dict[str, list[str]]:
    """A sentence for each platform, when none of the accounts takes these media."""
    media, found = tuple(media), dict[str, str]()
    for account in accounts:
        connector = connectors.get(account.platform)
        limits = connector.limits_for(account.options)
        stops = next((fault for fault in judging.faults(media, limits, connector.label) if fault.stops), None)
        if stops is None:
            return {}
        found.setdefault(connector.label, stops.message)
    return {"media": list(found.values())} if found else {}


def _medium(entry: Mapping[str, str], kept: Mapping[str, Any]) -> Medium:
    if "url" in entry:
        return Medium(url=entry["url"], alt=entry["alt"])
    file = kept[entry["upload"]]
    return Medium(name=file.file, alt=entry["alt"], file=file)
