"""Picture cards as files: drawn once, named after what is on them, and taken away when nobody needs them."""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils import timezone

from social_queue.media import files
from social_queue.media.card_design import DESIGN_VERSION, LANGUAGES, SIZE, BadCard, Card, draw, fonts
from social_queue.sentences import said

_FOLDER = "cards"
_STALE_LEFTOVER = timedelta(days=1)  # of a write that never finished
#: A card that is older when it is asked for is written anew: pruning goes by age, and a bucket keeps no other time.
_RENEWED_AFTER = timedelta(days=10)


@dataclass(frozen=True)
class CardFile:
    """A drawn card: its name in the store, its public address, its measures in pixels and its media type."""

    name: str
    url: str
    width: int
    height: int
    media_type: str


def card_for(title: str, data: Mapping[str, Any] | None = None, *, as_jpeg: bool = False, **look: Any) -> CardFile:
    """The card of a title and what is known about it (`game rtp window jam pattern`; anything else is passed over).

    The same input gives the same file, drawn only if it is not there yet. `look` overrides the settings: `theme`,
    `brand`, `colour`, `background` (bytes or a path), `footer`, `language`. Raises BadCard, a ValueError whose
    `fields` name what is wrong, and OSError where the store can't be used.
    """
    card = card_of(title, data, **look)
    name = _name(card, as_jpeg=as_jpeg)
    written = files.written_at(name)
    if written is None or timezone.now() - written > _RENEWED_AFTER:
        files.write_whole(name, _encoded(card, as_jpeg=as_jpeg))
    return CardFile(name, files.public_url(name), SIZE, SIZE, "image/jpeg" if as_jpeg else "image/png")


def name_for(title: str, data: Mapping[str, Any] | None = None, *, as_jpeg: bool = False, **look: Any) -> str:
    """Under which name `card_for` keeps that card, drawn or not. Raises BadCard as it does."""
    return _name(card_of(title, data, **look), as_jpeg=as_jpeg)


def card_of(title: str, data: Mapping[str, Any] | None = None, **look: Any) -> Card:
    """The card as the settings and `look` want it, not drawn yet. Raises BadCard naming every bad field."""
    if not isinstance(data or {}, Mapping):
        raise BadCard({"data": [said("The data must be an object.")]})
    known = data or {}
    texts = {name: _text(known.get(name)) for name in ("game", "window", "jam", "pattern")}
    chosen = _own_look() | {name: value for name, value in look.items() if value is not None}
    chosen["background"] = _picture(chosen["background"])
    return Card(title=title, rtp=_number(known.get("rtp")), **texts, **chosen)


def problems() -> list[str]:
    """What is wrong with the settings of cards, and with what draws them; a sentence each."""
    found = []
    try:
        draw(card_of("Autopost"))
    except BadCard as fault:
        found += [
            f"CARD_{name.upper()}: {sentence}" for name, sentences in fault.fields.items() for sentence in sentences
        ]
    if not fonts.SHAPED:
        found.append(said("Emoji sequences and accents on cards come out poorer without FriBiDi: install libfribidi0."))
    return found


def prune(now: datetime, *, older_than_days: int, in_use: set[str]) -> int:
    """Remove the cards nobody asked for in so many days; returns how many went.

    Cards `in_use`, given by name, path or address, stay. One that is asked for later is simply drawn again.
    """
    needed = {PurePosixPath(urlsplit(name).path).stem for name in in_use}
    before, leftovers_before = now - timedelta(days=older_than_days), now - _STALE_LEFTOVER
    gone = 0
    for name, written in list(files.store().written(_FOLDER)):
        file = PurePosixPath(name)
        unfinished = file.name.startswith(".")
        if written < (leftovers_before if unfinished else before) and file.stem not in needed:
            default_storage.delete(name)
            gone += not unfinished
    return gone


def _name(card: Card, *, as_jpeg: bool) -> str:
    content = asdict(card) | {"design": DESIGN_VERSION, "background": _digest(card.background)}
    name = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return f"{_FOLDER}/{name[:2]}/{name}{'.jpg' if as_jpeg else '.png'}"


def _digest(picture: bytes | None) -> str:
    return hashlib.sha256(picture).hexdigest() if picture else ""


def _encoded(card: Card, *, as_jpeg: bool) -> bytes:
    """The drawn card as the bytes of a file."""
    file = io.BytesIO()
    if as_jpeg:
        # 4:4:4, since coloured letters fray where colour is kept at half the resolution.
        draw(card).save(file, "JPEG", quality=90, subsampling=0)
    else:
        draw(card).save(file, "PNG", compress_level=6)
    return file.getvalue()


def _own_look() -> dict[str, Any]:
    """How the settings want cards to look."""
    language = getattr(settings, "CARD_LANGUAGE", "") or settings.LANGUAGE_CODE.partition("-")[0]
    return {
        "theme": settings.CARD_THEME,
        "brand": settings.CARD_BRAND,
        "colour": settings.CARD_COLOUR,
        "background": settings.CARD_BACKGROUND or None,
        "footer": getattr(settings, "CARD_FOOTER", ""),
        "language": language if language in LANGUAGES else "en",
    }


def _picture(given: bytes | str | Path | None) -> bytes | None:
    if given is None or isinstance(given, bytes):
        return given
    try:
        return Path(given).read_bytes()
    except (OSError, ValueError, TypeError) as error:
        raise BadCard({"background": [said("The background picture %(path)s can't be read.", path=given)]}) from error


def _number(value: Any) -> Any:
    """Generators write 97.2, "97.2", "97,2" and "97,2 %" alike; what is none of these is left for Card to refuse."""
    if not isinstance(value, str):
        return value
    try:
        return float(value.strip().removesuffix("%").replace(",", ".")) if value.strip() else None
    except ValueError:
        return value


def _text(value: Any) -> Any:
    """Numbers and lists of a generator as text; what is neither is left for Card to refuse."""
    if value is None:
        return ""
    if isinstance(value, list | tuple) and all(isinstance(part, str | int | float) for part in value):
        return ", ".join(str(part) for part in value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
