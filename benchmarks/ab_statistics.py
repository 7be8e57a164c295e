"""Measures the A/B statistics on simulated experiments: `python -m benchmarks.ab_statistics [experiments]`.

The figures in `docs/decisions/ab-statistics.md` come from here; 1,000 experiments take about half an hour of one core.
"""

import random
import statistics
import sys
from collections import Counter
from statistics import NormalDist

from metrics.experiments.arms import estimates
from metrics.experiments.bandit import choose
from metrics.experiments.verdict import combined, report
from tests.metrics.experiments.simulation import (
    SPREADS,
    Draw,
    Setting,
    Tally,
    covered,
    first_verdict,
    gamma_mixed,
    looks,
    setting,
    winners,
)


def print_coverage(experiments: int) -> None:
    print(f"Coverage of the 95 % interval, {experiments} experiments (10, 20, 60, 200 posts per variant)")
    for name, draw in SPREADS.items():
        for mean in (0.5, 3, 15):
            figures = [covered(setting(draw, mean), experiments, posts_each=n) for n in (10, 20, 60, 200)]
            print(f"  {name:26} mean {mean:4}", *(f"{100 * figure:6.1f}" for figure in figures), flush=True)


def print_false_winners(experiments: int) -> None:
    print(f"No difference: ever named a winner, of {experiments}; 400 posts, a look every 5")
    unlike = {"A": gamma_mixed(5), "B": gamma_mixed(0.5)}
    for mean in (0.5, 3, 15):
        truths = {name: {"A": draw, "B": draw} for name, draw in SPREADS.items()} | {"unlike, shapes 5 and 0.5": unlike}
        for name, draws in truths.items():
            turns, auto = (
                winners(Setting({"A": mean, "B": mean}, draws, auto=auto, every=5), experiments)
                for auto in (False, True)
            )
            figures = [100 * (1 - named["none"] / experiments) for named in (turns, auto)]
            print(f"  {name:26} mean {mean:4}  turns {figures[0]:4.1f} %  auto {figures[1]:4.1f} %", flush=True)


def plain_test_errs(truth: Setting, seed: int) -> bool:
    """Whether an ordinary two-sided 95 % test, looked at again and again, ever finds a difference."""
    rng, tallies = random.Random(seed), {name: Tally() for name in truth.means}
    for number in range(1, truth.posts + 1):
        name = "AB"[number % 2]
        tallies[name].add(truth.draws[name](rng, truth.means[name]))
        if number % truth.every or number < 20:
            continue
        known = estimates([{name: tally.arm() for name, tally in tallies.items()}])
        gap, variance = known["A"].log_rate - known["B"].log_rate, known["A"].variance + known["B"].variance
        if abs(gap) > NormalDist().inv_cdf(0.975) * variance**0.5:
            return True
    return False


def print_plain_test(experiments: int) -> None:
    for name, draw in SPREADS.items():
        errs = sum(plain_test_errs(setting(draw, 3, every=5), seed) for seed in range(experiments))
        print(f"  plain 95 % test, same looks: {name:26} mean 3 {100 * errs / experiments:5.1f} %", flush=True)


def print_power(experiments: int) -> None:
    print(f"First verdict, mean 3, of {experiments}, up to 1,000 posts, a look every 10")
    for name, draw in list(SPREADS.items())[:3]:
        for ratio in (1.0, 1.2, 1.5, 2.0):
            for auto in (False, True):
                truth = setting(draw, 3, ratio=ratio, auto=auto, posts=1000, every=10)
                ends = [first_verdict(truth, seed) for seed in range(experiments)]
                counts = dict(sorted(Counter(end for end, _ in ends).items()))
                median = statistics.median(number for _, number in ends)
                how = "auto" if auto else "turns"
                print(f"  {name:26} ratio {ratio} {how:5} {counts} median posts {median:.0f}", flush=True)


def kept_promise(draw: Draw, ratio: float, seed: int) -> float | None:
    """Posts it took from the first "B leads" to certainty, as a multiple of the posts promised there."""
    promised = None
    for number, found in looks(setting(draw, 3, ratio=ratio, posts=3000, every=10), seed):
        if promised and found.certain:
            return (number - promised[0]) / promised[1]
        if not promised and found.verdict == "leading" and found.more_posts:
            promised = number, found.more_posts
    return float("inf") if promised else None


def print_promises(experiments: int) -> None:
    print(f"Posts it took over posts promised at the first 'leads', quartiles, of {experiments}")
    for name, draw in list(SPREADS.items())[:3]:
        for ratio in (1.25, 1.5):
            taken = [q for seed in range(experiments) if (q := kept_promise(draw, ratio, seed)) is not None]
            quartiles = " ".join(f"{quartile:.2f}" for quartile in statistics.quantiles(taken, n=4))
            print(f"  {name:26} ratio {ratio}: {quartiles}", flush=True)


def drifting(seed: int, *, weeks: int, weekly: int) -> tuple[bool, bool]:
    """No difference, but the level grows threefold while `auto` deals: (named a winner, named one week by week)."""
    rng, draw = random.Random(seed), gamma_mixed(2)
    total = {name: Tally() for name in "AB"}
    by_week: dict[str, dict] = {}
    pooled = stratified = False
    for week in range(weeks):
        level = 3 * 3 ** (week / (weeks - 1))
        by_week[str(week)] = {name: Tally() for name in "AB"}
        for _ in range(weekly):
            name = choose({name: tally.arm() for name, tally in total.items()}, rng)
            count = draw(rng, level)
            total[name].add(count)
            by_week[str(week)][name].add(count)
        strata = {key: {name: tally.arm() for name, tally in arms.items()} for key, arms in by_week.items()}
        pooled |= report({name: tally.arm() for name, tally in total.items()}).verdict == "better"
        stratified |= combined(strata).verdict == "better"
    return pooled, stratified


def print_drift(experiments: int) -> None:
    ends = [drifting(seed, weeks=10, weekly=60) for seed in range(experiments)]
    print(f"No difference, level growing threefold over 10 weeks of 60 posts, auto, of {experiments}")
    for name, named in zip(("all weeks together", "week by week"), zip(*ends, strict=True), strict=True):
        print(f"  {name:26} {100 * sum(named) / experiments:5.1f} %", flush=True)


def main(experiments: int) -> None:
    print_coverage(experiments)
    print_false_winners(experiments)
    print_plain_test(experiments)
    print_drift(experiments)
    print_power(max(experiments // 5, 1))
    print_promises(max(experiments // 5, 1))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
