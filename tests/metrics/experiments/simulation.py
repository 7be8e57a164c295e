"""Simulated A/B experiments whose truth is known; `benchmarks/ab_statistics.py` prints what they measure."""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from metrics.experiments.arms import Arm
from metrics.experiments.bandit import choose
from metrics.experiments.verdict import Report, report

Draw = Callable[[random.Random, float], int]


def poisson(rng: random.Random, mean: float) -> int:
    """A Poisson count, by multiplying uniforms (means up to some hundreds; larger ones in pieces)."""
    if mean > 500:
        return poisson(rng, mean / 2) + poisson(rng, mean / 2)
    limit, count, product = math.exp(-mean), 0, rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def gamma_mixed(shape: float) -> Draw:
    """Negative binomial counts: `shape` 2 spreads posts as half of them under 0.84 times the mean, 0.5 wildly."""
    return lambda rng, mean: poisson(rng, rng.gammavariate(shape, mean / shape))


def lognormal_mixed(shape: float) -> Draw:
    """As widely spread as `gamma_mixed(shape)`, with a heavier tail: now and then a post goes viral."""
    sigma = math.sqrt(math.log(1 + 1 / shape))
    return lambda rng, mean: poisson(rng, mean * rng.lognormvariate(-sigma * sigma / 2, sigma))


@dataclass
class Tally:
    """A growing arm: cheap to add to, turned into an `Arm` at a look."""

    posts: int = 0
    clicks: int = 0
    squares: int = 0

    def add(self, count: int) -> None:
        self.posts += 1
        self.clicks += count
        self.squares += count * count

    def arm(self) -> Arm:
        return Arm(self.posts, self.clicks, self.squares)


@dataclass(frozen=True)
class Setting:
    """One truth to be found out: clicks per post of each variant, their spread, how they are dealt, when one looks."""

    means: Mapping[str, float]
    draws: Mapping[str, Draw]
    auto: bool = False
    posts: int = 400
    every: int = 20


def setting(draw: Draw, mean: float, *, ratio: float = 1.0, **more: object) -> Setting:
    return Setting({"A": mean, "B": mean * ratio}, {"A": draw, "B": draw}, **more)


def looks(truth: Setting, seed: int) -> Iterator[tuple[int, Report]]:
    """Plays one experiment and yields (posts so far, report) at every look."""
    rng = random.Random(seed)
    tallies = {name: Tally() for name in truth.means}
    names = sorted(tallies)
    for number in range(1, truth.posts + 1):
        arms = {name: tally.arm() for name, tally in tallies.items()} if truth.auto else {}
        name = choose(arms, rng) if truth.auto else names[number % len(names)]
        tallies[name].add(truth.draws[name](rng, truth.means[name]))
        if number % truth.every == 0:
            yield number, report({name: tally.arm() for name, tally in tallies.items()})


def first_verdict(truth: Setting, seed: int) -> tuple[str, int]:
    """The first certain verdict and after how many posts: a variant's name, "even" or "none"."""
    for number, found in looks(truth, seed):
        if found.certain:
            return (found.leader if found.verdict == "better" else "even"), number
    return "none", truth.posts


def winners(truth: Setting, experiments: int, *, seed: int = 0) -> Counter:
    """How many experiments ever named which winner, over all looks, also after a verdict that there is none."""
    named: Counter = Counter()
    for experiment in range(experiments):
        better = {found.leader for _, found in looks(truth, seed + experiment) if found.verdict == "better"}
        named.update(better or {"none"})
    return named


def covered(truth: Setting, experiments: int, *, posts_each: int, seed: int = 0) -> float:
    """The share of the 95 % intervals of the rates that hold the true rate."""
    hits = total = 0
    for experiment in range(experiments):
        rng = random.Random(seed + experiment)
        arms = {
            name: Arm.of(truth.draws[name](rng, mean) for _ in range(posts_each)) for name, mean in truth.means.items()
        }
        for name, line in report(arms).variants.items():
            hits += line.low <= truth.means[name] <= line.high
            total += 1
    return hits / total


SPREADS: Mapping[str, Draw] = {
    "Poisson": poisson,
    "neg. binomial, shape 2": gamma_mixed(2),
    "neg. binomial, shape 0.5": gamma_mixed(0.5),
    "lognormal, shape 0.5": lognormal_mixed(0.5),
}
