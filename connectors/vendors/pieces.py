"""What of a post lies on its platform before it is out: a piece for each medium, in order, kept as a small JSON."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from connectors.base import Keep, OutgoingMedia

#: By its name in the JSON a draft of pieces is told from older ones.
_PIECES, _WHOLE = "pieces", "whole"


@dataclass(frozen=True)
class Piece:
    """An id on the platform, a fingerprint of what is behind it, and what its platform counts: bytes, or attempts."""

    id: str
    content: str
    count: int | None = None


@dataclass(frozen=True)
class Pieces:
    """``made`` holds None for what must be made; ``whole`` is what was put together from them."""

    made: tuple[Piece | None, ...] = ()
    whole: Piece | None = None

    @classmethod
    def read(cls, draft: str) -> "Pieces":
        """From the text that is stored with the post; anything but ours is none."""
        try:
            kept = json.loads(draft)
            rows, whole = kept[_PIECES], kept.get(_WHOLE)
            return cls(tuple(Piece(*row) if row else None for row in rows), Piece(*whole) if whole else None)
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()

    def __str__(self) -> str:
        rows = [_row(piece) if piece else None for piece in self.made]
        kept = {_PIECES: rows} | ({_WHOLE: _row(self.whole)} if self.whole else {})
        return json.dumps(kept, separators=(",", ":"))

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all pieces, in order."""
        return tuple(piece.id for piece in self.made if piece)

    def at(self, place: int, content: str) -> Piece | None:
        """The piece there, if it was made of this."""
        piece = self.made[place] if place < len(self.made) else None
        return piece if piece and piece.content == content else None

    def having(self, place: int, piece: Piece | None) -> "Pieces":
        """The same with this piece there; what was put together from the old ones is no more."""
        room = (*self.made, *[None] * (place + 1 - len(self.made)))
        return Pieces((*room[:place], piece, *room[place + 1 :]))

    def together(self, whole: Piece) -> "Pieces":
        """The same, put together."""
        return replace(self, whole=whole)

    def first(self, count: int) -> "Pieces":
        """Without what is beyond so many."""
        return self if len(self.made) <= count else Pieces(self.made[:count])


def fingerprint(medium: OutgoingMedia, *more: str) -> str:
    """Changes when what is sent does."""
    size = str(Path(medium.path).stat().st_size) if medium.path and Path(medium.path).exists() else ""
    # A file's name is left out: it may lie elsewhere at every attempt.
    content = "\0".join((medium.kind, medium.url, size, medium.alt, *more))
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def gather(
    media: Sequence[OutgoingMedia], draft: str, keep: Keep, make: Callable[[OutgoingMedia, Piece | None], Piece]
) -> Pieces:
    """Every medium's piece. ``make`` is given the one that there is, or None, and returns one that can be used."""
    pieces = Pieces.read(draft).first(len(media))
    for place, medium in enumerate(media):
        old = pieces.at(place, fingerprint(medium))
        made = make(medium, old)
        if made != old:
            pieces = pieces.having(place, made)
            keep(str(pieces))
    return pieces


def _row(piece: Piece) -> list[object]:
    return [piece.id, piece.content, *([piece.count] if piece.count is not None else [])]
