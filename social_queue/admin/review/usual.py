"""Which numbers of an item are unusual for its game or its source, by a statistic that a few wrong ones don't bend."""

import re
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

#: With fewer there is no telling what is usual.
FEWEST = 8
#: Of a game or a source so many of the newest are looked at.
MOST = 50
#: Iglewicz and Hoaglin, How to Detect and Handle Outliers (ASQC, 1993): the modified z-score and its limit.
_LIMIT, _OF_MEDIAN, _OF_MEAN = 3.5, 1.4826, 1.2533
_NUMBER = re.compile(r"\s*(-?\d{1,12}(?:[.,]\d{1,12})?)\s*%?\s*")


@dataclass(frozen=True)
class Usual:
    """Where nine of ten numbers lie, and their middle."""

    low: float
    middle: float
    high: float
    count: int


def number(value: object) -> float | None:
    """A number, or a text that is one: “97.2”, “97,2 %”."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if abs(value) < 1e15 else None
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return float(found[1].replace(",", ".")) if found else None


def unusual(value: float, others: Sequence[float]) -> Usual | None:
    """What is usual, if this is not."""
    if len(others) < FEWEST:
        return None
    middle = statistics.median(others)
    strays = [abs(other - middle) for other in others]
    # Where more than half are the same their median strays by nothing, and the mean has to do.
    spread = _OF_MEDIAN * statistics.median(strays) or _OF_MEAN * statistics.fmean(strays)
    if abs(value - middle) <= _LIMIT * spread:
        return None
    cuts = statistics.quantiles(others, n=20, method="inclusive")
    return Usual(cuts[0], middle, cuts[-1], len(others))


def of_group(newest: Iterable[dict], name: str) -> list[float]:
    """The numbers under one name in the newest data of a game or a source."""
    found = (number(data.get(name)) for data in newest if isinstance(data, dict))
    return [value for value in found if value is not None][:MOST]
