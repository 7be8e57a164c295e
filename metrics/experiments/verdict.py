"""Which caption variant is better, how sure that is, and how many more posts it takes to be certain.

Editors look every day, and an ordinary 95 % test, looked at daily, names a winner in one of four experiments that have
none. The certainty here may be looked at as often as one likes; `docs/decisions/ab-statistics.md` has the figures.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from metrics.experiments import duels, verdict_words
from metrics.experiments.arms import Arm, Estimate, estimates
from metrics.experiments.duels import CERTAIN, MIN_POSTS, Duel

# From this certainty on the sentence says who leads.
LEADING = 0.75
# A verdict that needs more further posts than this is not promised.
MOST_POSTS = 20_000


@dataclass(frozen=True)
class VariantResult:
    """One line of the report; `rate`, `low` and `high` are clicks per post (95 % interval), None where unknown."""

    posts: int
    clicks: int
    rate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Report:
    """What the clicks say; `verdict` is `early`, `leading`, `better` or `even`; `leader` is None while none is ahead.

    `certainty` (0..1) is the probability that `leader` is better than every other variant. It starts low, since it is
    held possible that there is no difference. `more_posts` counts the posts, over all variants, until a verdict can be
    expected; None when there is one or when it is too far off. `lift` is the leader's rate over the next best's: low,
    middle, high (95 %).
    """

    variants: Mapping[str, VariantResult]
    verdict: str
    leader: str | None = None
    certainty: float = 0.0
    more_posts: int | None = None
    lift: tuple[float, float, float] | None = None

    @property
    def certain(self) -> bool:
        """True once no more posts are needed: there is a winner, or nothing to win."""
        return self.verdict in ("better", "even")

    def sentence(
        self, translate: Callable[[str], str] = str, *, number: Callable[[int], str] = verdict_words.THOUSANDS
    ) -> str:
        """The verdict in plain words; give `gettext` and a writer of numbers to have it in the reader's language."""
        return verdict_words.sentence(self, translate=translate, number=number)


def report(arms: Mapping[str, Arm]) -> Report:
    """The report where all variants met the same readers, say on one platform; arms count ripe posts only."""
    return combined({"": arms})


def combined(strata: Mapping[str, Mapping[str, Arm]]) -> Report:
    """The report over several strata (platforms, or platforms by week): each compared within itself, then put together.

    Adding platforms up first would credit a variant with the platform it happened to run on; adding weeks up, once
    `choose` has dealt unevenly, with the weeks. A stratum that lacks a variant shows in posts and clicks only.
    """
    known = estimates(list(strata.values()))
    names = sorted({name for arms in strata.values() for name in arms})
    lines = {name: _line([arms[name] for arms in strata.values() if name in arms], known.get(name)) for name in names}
    if len(names) < 2 or len(known) < len(names) or min(estimate.posts for estimate in known.values()) < MIN_POSTS:
        return Report(lines, "early")
    leader = max(known, key=lambda name: known[name].log_rate)
    against = [Duel.between(known[leader], known[name]) for name in names if name != leader]
    found = _judge(Report(lines, "early", leader, lift=min(against, key=lambda duel: duel.ratio).interval), against)
    return found if found.certain or _ahead(leader, known) else replace(found, verdict="early", leader=None)


def _ahead(leader: str, known: Mapping[str, Estimate]) -> bool:
    """Was it clicked more than every other? The half click more that estimates have puts the fewer posts up."""
    others = max(estimate.rate for name, estimate in known.items() if name != leader)
    return known[leader].rate > others and not math.isclose(known[leader].rate, others)


def _line(arms: list[Arm], estimate: Estimate | None) -> VariantResult:
    posts, clicks = sum(arm.posts for arm in arms), sum(arm.clicks for arm in arms)
    if estimate is None or estimate.posts < 2:
        return VariantResult(posts, clicks, clicks / posts if posts else None, None, None)
    return VariantResult(posts, clicks, estimate.rate, *estimate.interval)


def _judge(report: Report, against: list[Duel]) -> Report:
    sure = duels.certainty(against)
    if sure >= CERTAIN:
        return replace(report, verdict="better", certainty=sure)
    if duels.even(against):
        return replace(report, verdict="even", certainty=sure)
    verdict = "leading" if sure >= LEADING else "early"
    posts = sum(line.posts for line in report.variants.values())
    more = _more_posts(against, posts, winner_only=verdict == "leading")
    return replace(report, verdict=verdict, certainty=sure, more_posts=more)


def _more_posts(against: list[Duel], posts: int, *, winner_only: bool) -> int | None:
    """About the fewest further posts, dealt out as before, after which a verdict is to be expected."""

    def enough(more: int) -> bool:
        later = [duel.later(1 + more / posts) for duel in against]
        return duels.certainty(later) >= CERTAIN or (not winner_only and duels.even(later))

    if not enough(MOST_POSTS):
        return None
    low, high = 0, MOST_POSTS
    while high - low > max(1, high // 50):
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
