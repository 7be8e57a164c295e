"""Makes a caption fit its platform by shortening the summary and nothing else."""

import bisect
from collections.abc import Callable
from dataclasses import dataclass

from connectors.base import Limits
from social_queue.wording.cuts import Shortenings
from social_queue.wording.faults import CaptionTooLong


@dataclass(frozen=True)
class Fitted:
    """A caption that fits; ``length`` and ``limit`` are counted as the platform counts them."""

    text: str
    length: int
    limit: int
    shortened: bool
    #: What was left of the summary, with its ellipsis when it was shortened.
    summary: str


def limit_for(limits: Limits, *, has_media: bool) -> int:
    """How long a text may be, with or without a picture."""
    return limits.text_with_media if has_media else limits.text


def fit(render: Callable[[str], str], summary: str, limits: Limits, *, has_media: bool, label: str = "") -> Fitted:
    """The longest wording of ``summary`` with which ``render(summary)`` fits into the platform's limit.

    Cuts fall at words and never inside a grapheme cluster, an HTML entity or a link; ``render`` escapes what it is
    given, so entities that escaping makes cannot be cut either. The length is counted on the finished text.

    Raises CaptionTooLong when the text does not fit even without any summary; ``label`` names the platform in it.
    """
    limit = limit_for(limits, has_media=has_media)
    wordings = Shortenings(summary)

    def fitted(place: int) -> Fitted | None:
        text = render(wordings[place])
        length = limits.length(text)
        return Fitted(text, length, limit, place + 1 < len(wordings), wordings[place]) if length <= limit else None

    found = _longest(fitted, wordings.ends, limit)
    if found is None:
        bare = render("")
        raise CaptionTooLong(limits.length(bare), limit, label=label, text=bare)
    return found


def _longest(fitted: Callable[[int], Fitted | None], ends: list[int], limit: int) -> Fitted | None:
    """Binary search for the last wording that fits.

    It starts at about ``limit`` characters and doubles from there: counting a text of thousands of characters as X
    counts it takes tens of milliseconds, and most summaries are either short or far too long.
    """
    last = len(ends) - 1
    best, low = None, -1
    high = min(last, bisect.bisect_left(ends, limit))
    while (trial := fitted(high)) is not None:
        best, low = trial, high
        if high == last:
            return best
        high = min(last, high * 2 + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if (trial := fitted(middle)) is not None:
            best, low = trial, middle
        else:
            high = middle
    return best
