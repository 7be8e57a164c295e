"""The pictures and videos of one post, drawn as its platform lays them out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from connectors.looks.text import e


class Medium(Protocol):
    """One picture or video, as it can be seen."""

    @property
    def kind(self) -> str:
        """``image`` or ``video``."""

    @property
    def url(self) -> str:
        """Where the page finds it."""

    @property
    def alt(self) -> str:
        """The alternative text, read out to whoever can't see it."""


@dataclass(frozen=True)
class Shown:
    """The plain facts of a medium."""

    kind: str
    url: str
    alt: str = ""


def figure(media: Sequence[Medium], *, row: bool = False) -> str:
    """One ``figure`` with all of them, "" for none; ``row``: side by side to be swiped, as in a carousel."""
    if not media:
        return ""
    if len(media) == 1:
        return f"<figure>{_medium(media[0])}</figure>"
    layout = "row" if row else "grid"
    cells = "".join(
        f'<div class="medium">{_medium(one)}{_place(number, len(media)) if row else ""}</div>'
        for number, one in enumerate(media, start=1)
    )
    return f'<figure class="several {layout}" data-media="{len(media)}">{cells}</figure>'


def _place(number: int, count: int) -> str:
    return f'<span class="place" aria-hidden="true">{number}/{count}</span>'


def _medium(one: Medium) -> str:
    source = e(one.url)
    badge = f'<span class="alt" title="{e(one.alt)}">ALT</span>' if one.alt else ""
    if one.kind == "video":
        named = e(one.alt or "Video without a description")
        how = "controls muted playsinline"
        return f'<video src="{source}" aria-label="{named}" {how} preload="metadata"></video>{badge}'
    alt = e(one.alt or "Picture without a description")
    return f'<a href="{source}" target="_blank"><img src="{source}" alt="{alt}" loading="lazy"></a>{badge}'
