"""One variant against another: how sure the lead is, whenever one looks, and whether a difference is ruled out.

Beforehand we hold it as likely as not that the wording makes no difference. The odds against that are then a fair bet:
by Ville's inequality they reach 19 to 1 in at most one of 19 experiments without a difference, however often one looks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from metrics.experiments.arms import Z_95, Estimate

NORMAL = NormalDist()
CERTAIN = 0.95
# With fewer posts of a variant there is no verdict: how far they spread is not known well enough.
MIN_POSTS = 10
NO_DIFFERENCE = 0.5
# If there is a difference, its logarithm has this standard deviation: two times in three it lies within 35 %.
EXPECTED_SPREAD = 0.3
# A difference of less than a fifth counts as none.
EVEN_WITHIN = 0.2


@dataclass(frozen=True)
class Duel:
    """The leader against one other: the logarithm of the ratio of their rates, and its variance."""

    ratio: float
    variance: float

    @classmethod
    def between(cls, leader: Estimate, other: Estimate) -> "Duel":
        return cls(leader.log_rate - other.log_rate, leader.variance + other.variance)

    def later(self, growth: float) -> "Duel":
        """What to expect at `growth` times the posts, if the rates are what they look like now."""
        return Duel(self.ratio, self.variance / growth)

    @property
    def certainty(self) -> float:
        """The probability (0..1) that the leader is truly better than this other one."""
        odds = self._odds_against(0.0) * (1 - NO_DIFFERENCE) / NO_DIFFERENCE
        kept = EXPECTED_SPREAD**2 / (EXPECTED_SPREAD**2 + self.variance)
        ahead = NORMAL.cdf(self.ratio * math.sqrt(kept / self.variance))
        return odds / (1 + odds) * ahead

    @property
    def even(self) -> bool:
        """True when a difference of a fifth, either way, is ruled out; holds at every look, as the certainty does."""
        edge = math.log(1 + EVEN_WITHIN)
        return abs(self.ratio) < edge and all(self._odds_against(end) >= 1 / (1 - CERTAIN) for end in (-edge, edge))

    @property
    def interval(self) -> tuple[float, float, float]:
        """The ratio of the rates with its 95 % interval: low, middle, high."""
        reach = Z_95 * math.sqrt(self.variance)
        low, middle, high = (math.exp(min(self.ratio + side, 50.0)) for side in (-reach, 0.0, reach))
        return low, middle, high

    def _odds_against(self, truth: float) -> float:
        """How much better the data fit a ratio somewhere around `truth` than one of exactly `truth`."""
        total = self.variance + EXPECTED_SPREAD**2
        gap = (self.ratio - truth) ** 2 * (1 / self.variance - 1 / total)
        return math.exp(min((math.log(self.variance / total) + gap) / 2, 500.0))


def certainty(duels: Sequence[Duel]) -> float:
    """The probability (0..1) that the leader beats every other: the doubts about each add up, at most."""
    return max(0.0, 1 - sum(1 - duel.certainty for duel in duels))


def even(duels: Sequence[Duel]) -> bool:
    return all(duel.even for duel in duels)
