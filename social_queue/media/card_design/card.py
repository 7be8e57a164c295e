"""What a picture card says, checked."""

import math
from dataclasses import dataclass, fields
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from social_queue.media.card_design import colour as colours
from social_queue.media.card_design.text import tidy
from social_queue.sentences import said

THEMES = ("midnight", "paper", "sunset")
LANGUAGES = ("en", "id")
TITLE_LENGTH = 300
FACT_LENGTH = 400  # far more than fits; what is longer is cut before it is measured
LABELS = {
    "en": {"window": "Window", "jam": "Hour", "pattern": "Pattern"},
    "id": {"window": "Waktu", "jam": "Jam", "pattern": "Pola"},
}


class Fact(NamedTuple):
    """One thing known of a card, with its label in the card's language."""

    name: str
    label: str
    value: str


class BadCard(ValueError):
    """A card that can't be drawn; `fields` has the sentences by field, each field being one of Card's."""

    def __init__(self, faults: dict[str, list[str]]):
        self.fields = faults
        super().__init__(" ".join(f"{name}: {sentence}" for name, found in faults.items() for sentence in found))


@dataclass(frozen=True)
class Card:
    """Everything that decides how a card looks; the texts are tidied on the way in.

    `rtp` is a percentage from 0 to 100. `colour` is the brand's, as `#rrggbb` or a CSS name; empty is the theme's own.
    `background` is the bytes of a picture. `language` decides labels and the decimal mark. Raises BadCard.
    """

    title: str
    game: str = ""
    rtp: float | None = None
    window: str = ""
    jam: str = ""
    pattern: str = ""
    theme: str = "midnight"
    brand: str = "Autopost"
    colour: str = ""
    background: bytes | None = None
    footer: str = ""
    language: str = "en"

    def __post_init__(self):
        faults = {name: sentences for name, sentences in _faults(self) if sentences}
        if faults:
            raise BadCard(faults)
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, str):
                object.__setattr__(self, field.name, tidy(value[: 4 * FACT_LENGTH])[:FACT_LENGTH])
        if self.rtp is not None:
            object.__setattr__(self, "rtp", float(self.rtp))

    @property
    def kicker(self) -> str:
        """The game, unless the title says it already."""
        return "" if self.game.casefold() == self.title.casefold() else self.game

    @property
    def facts(self) -> list[Fact]:
        """What is known of time and pattern."""
        values = {"window": _dashed(self.window), "jam": self.jam, "pattern": self.pattern}
        return [Fact(name, LABELS[self.language][name], value) for name, value in values.items() if value]

    @property
    def percent(self) -> str:
        """The RTP as people write it: 97.2% in English, 97,2% in Indonesian."""
        figure = f"{self.rtp:.2f}".rstrip("0").rstrip(".")
        return f"{figure.replace('.', ',') if self.language == 'id' else figure}%"


def _faults(card: Card):
    """Each field with the sentences of what is wrong with it."""
    for field in fields(card):
        value = getattr(card, field.name)
        check = _CHECKS.get(field.name, _text_fault)
        sentence = check(value)
        yield field.name, [sentence] if sentence else []


def _text_fault(value: object) -> str:
    if not isinstance(value, str):
        return said("This must be text, not %(kind)s.", kind=type(value).__name__)
    try:
        value.encode()
    except UnicodeEncodeError:
        return said("This holds half a character (an unpaired surrogate).")
    return ""


def _title_fault(value: object) -> str:
    fault = _text_fault(value)
    if fault or not isinstance(value, str):
        return fault
    if not tidy(value):
        return said("A card needs a title.")
    if len(value) > TITLE_LENGTH:
        values = {"most": TITLE_LENGTH, "count": len(value)}
        return said("A title has at most %(most)s characters, this one has %(count)s.", **values)
    return ""


def _rtp_fault(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        return said("The RTP must be a number from 0 to 100.")
    return "" if 0 <= value <= 100 else said("The RTP must be from 0 to 100, not %(value)s.", value=value)


def _theme_fault(value: object) -> str:
    if value in THEMES:
        return ""
    return said("There is no theme %(value)r; the themes are %(known)s.", value=value, known=", ".join(THEMES))


def _language_fault(value: object) -> str:
    if value in LANGUAGES:
        return ""
    return said("Cards speak %(known)s, not %(value)r.", value=value, known=", ".join(LANGUAGES))


def _colour_fault(value: Any) -> str:
    try:
        if value:
            colours.parse(value)
    except (ValueError, AttributeError, TypeError):
        return said("%(value)r is not a colour; write it as #rrggbb.", value=value)
    return ""


def _background_fault(value: object) -> str:
    fits = value is None or isinstance(value, bytes)
    return "" if fits else said("The background must be the bytes of a picture.")


def _dashed(window: str) -> str:
    """19:00-21:00 with the dash that belongs between times."""
    parts = [part.strip() for part in window.split("-")]
    timed = all(left[-1:].isdigit() and right[:1].isdigit() for left, right in pairwise(parts))
    return "–".join(parts) if len(parts) == 2 and timed else window


_CHECKS = {
    "title": _title_fault,
    "rtp": _rtp_fault,
    "theme": _theme_fault,
    "language": _language_fault,
    "colour": _colour_fault,
    "background": _background_fault,
}
