"""What a variant's clicks say about its rate, allowing for posts that differ far more than chance alone would have it.

The unit is the published post and its count of human clicks. Such counts are over-dispersed (the hour, the game): their
variance is `m + alpha * m * m`, not `m`, so the estimate measures `alpha` instead of assuming a Poisson count. See
`docs/decisions/ab-statistics.md` for why it is done this way and what was measured.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

Z_95 = NormalDist().inv_cdf(0.975)
# A stratum of few posts borrows the dispersion of the others with the weight of this many posts.
BORROWED_POSTS = 5
# The measured dispersion is a little too small in small samples; 1 + SMALL_SAMPLE / posts makes up for it.
SMALL_SAMPLE = 4


@dataclass(frozen=True)
class Arm:
    """One variant's roll-up: posts, the sum of their human clicks, the sum of those clicks squared (post by post).

    Count only ripe posts: published long enough ago, and each with the clicks of the same first hours, or the younger
    posts would look worse than they are; posts without a click count too. `assigned` is the number of posts that were
    given the variant, ripe or not (left out: `posts`).
    """

    posts: int
    clicks: int
    clicks_squared: int
    assigned: int | None = None

    def __post_init__(self) -> None:
        if min(self.posts, self.clicks) < 0 or self.clicks_squared < self.clicks or (self.clicks and not self.posts):
            raise ValueError(f"No posts can add up to this roll-up: {self!r}")

    @classmethod
    def of(cls, counts: Iterable[int]) -> "Arm":
        """The roll-up of one count of clicks per post, posts without a click included."""
        counts = list(counts)
        return cls(len(counts), sum(counts), sum(count * count for count in counts))

    @property
    def given(self) -> int:
        """How many posts have been given this variant so far."""
        return self.posts if self.assigned is None else max(self.assigned, self.posts)


@dataclass(frozen=True)
class Estimate:
    """Clicks per post of one variant; `variance` is that of `log_rate`, widened for what few posts leave unknown."""

    posts: int
    rate: float
    log_rate: float
    variance: float
    scale: float = 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the rate, in clicks per post."""
        reach = min(Z_95 * math.sqrt(self.variance), 50.0)
        low, high = (self.scale * math.exp(self.log_rate + side) for side in (-reach, reach))
        return (low if self.rate else 0.0), high


def estimates(strata: Sequence[Mapping[str, Arm]]) -> dict[str, Estimate]:
    """One estimate per variant, comparing like with like: each stratum (say a platform) only within itself.

    A stratum counts only if every variant has posts there; without any such stratum the answer is empty. With several,
    `rate` is adjusted: as if every variant had been published in the same proportions everywhere.
    """
    variants = sorted({name for arms in strata for name, arm in arms.items() if arm.posts})
    shared = [arms for arms in strata if all(name in arms and arms[name].posts for name in variants)]
    if not variants or not shared:
        return {}
    return _combine(variants, [_Stratum(variants, arms) for arms in shared])


class _Stratum:
    """The sums that one stratum contributes; `level` is its clicks per post over all variants."""

    def __init__(self, variants: Sequence[str], arms: Mapping[str, Arm]) -> None:
        self.arms = {name: arms[name] for name in variants}
        self.posts = sum(arm.posts for arm in self.arms.values())
        self.level = (sum(arm.clicks for arm in self.arms.values()) + 0.5) / self.posts
        moments = {name: _moments(arm) for name, arm in self.arms.items()}
        # Divided by the level squared, a platform with many clicks weighs no more than its posts.
        self.excess = {name: excess / self.level**2 for name, (excess, _) in moments.items()}
        self.square = {name: square / self.level**2 for name, (_, square) in moments.items()}

    def weight(self, alpha: float) -> float:
        even = 1 / sum(1 / arm.posts for arm in self.arms.values())
        return even / (1 + alpha * self.level)


def _moments(arm: Arm) -> tuple[float, float]:
    """Unbiased sums, over the degrees of freedom, of the variance beyond Poisson's and of the squared mean."""
    if arm.posts < 2:
        return 0.0, 0.0
    mean = arm.clicks / arm.posts
    variance = max(0.0, (arm.clicks_squared - arm.clicks * mean) / (arm.posts - 1))
    return (arm.posts - 1) * (variance - mean), (arm.posts - 1) * max(0.0, mean * mean - variance / arm.posts)


def _ratio(excess: float, square: float, cap: float) -> float:
    if excess <= 0:
        return 0.0
    return min(excess / square, cap) if square > 0 else cap


def _combine(variants: Sequence[str], strata: Sequence[_Stratum]) -> dict[str, Estimate]:
    posts = sum(stratum.posts for stratum in strata)
    freedom = posts - len(variants) * len(strata)
    small = 1 + SMALL_SAMPLE / posts
    pooled = 1.0 if freedom < 1 else _ratio(_total(strata, "excess"), _total(strata, "square"), posts)
    alphas = [small * _borrow(stratum, pooled) for stratum in strata]
    weights = [stratum.weight(alpha) for stratum, alpha in zip(strata, alphas, strict=True)]
    raw, smoothed, variances = {}, {}, {}
    for name in variants:
        # Its own spread counts where it is the larger: a variant that now and then goes viral is less certain.
        own = _ratio(sum(s.excess[name] for s in strata), sum(s.square[name] for s in strata), posts)
        more = small * max(0.0, own - pooled)
        cells = [(w, s.arms[name], alpha + more) for w, s, alpha in zip(weights, strata, alphas, strict=True)]
        raw[name] = sum(weight * arm.clicks / arm.posts for weight, arm, _ in cells) / sum(weights)
        smoothed[name], variances[name] = _weighted(cells, sum(weights))
    scale = _scale(variants, strata, raw)
    widen = _t_squared(max(freedom, 2)) / Z_95**2
    counts = {name: sum(stratum.arms[name].posts for stratum in strata) for name in variants}
    return {
        name: Estimate(counts[name], scale * raw[name], math.log(smoothed[name]), widen * variances[name], scale)
        for name in variants
    }


def _total(strata: Sequence[_Stratum], kind: str) -> float:
    return sum(sum(getattr(stratum, kind).values()) for stratum in strata)


def _borrow(stratum: _Stratum, pooled: float) -> float:
    excess, square = sum(stratum.excess.values()), sum(stratum.square.values())
    return max(0.0, (excess + BORROWED_POSTS * pooled) / (square + BORROWED_POSTS))


def _weighted(cells: Sequence[tuple[float, Arm, float]], weights: float) -> tuple[float, float]:
    """The weighted mean of a variant's rates and the variance of its logarithm; half a click keeps it off zero."""
    mean = variance = 0.0
    for weight, arm, alpha in cells:
        rate = (arm.clicks + 0.5 / len(cells)) / arm.posts
        mean += weight * rate
        variance += weight * weight * rate * (1 + alpha * rate) / arm.posts
    return mean / weights, variance / (mean * mean)


def _scale(variants: Sequence[str], strata: Sequence[_Stratum], raw: Mapping[str, float]) -> float:
    """What brings the weighted rates back to clicks per post: all the clicks over all the posts stay what they were."""
    arms = [(name, stratum.arms[name]) for stratum in strata for name in variants]
    expected = sum(arm.posts * raw[name] for name, arm in arms)
    return sum(arm.clicks for _, arm in arms) / expected if expected else 1.0


@lru_cache(maxsize=4096)
def _t_squared(freedom: int) -> float:
    """The square of Student's t at 97.5 %, by the Cornish-Fisher series (within 3 % from two degrees of freedom on)."""
    z = Z_95
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return (z + first / freedom + second / freedom**2 + third / freedom**3) ** 2
