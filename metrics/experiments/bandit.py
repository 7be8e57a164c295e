"""Which caption variant the next post gets: the better one more and more often, the others never out of the race."""

import math
from collections.abc import Mapping, Sequence
from random import Random

from metrics.experiments.arms import Arm, Estimate, estimates

# So many posts per variant are dealt out evenly before clicks have a say.
FIRST_POSTS = 10
# A variant is pulled up this many posts before it would fall below its floor, so that chance cannot push it under.
HEADROOM_POSTS = 2


def choose(
    arms: Mapping[str, Arm], rng: Random, *, floor: float = 0.1, strata: Sequence[Mapping[str, Arm]] = ()
) -> str:
    """The name of the variant for the next post, by Thompson sampling; each keeps at least `floor` of the posts.

    `arms` holds every variant that may be chosen, also those without a post (`Arm(0, 0, 0)`); with none it raises
    ValueError. `strata` is the same, say week by week: given, the rates are compared within each, so that a variant
    dealt more often in a good week does not take the credit for it. A floor too high to be had means equal shares.
    """
    if not arms:
        raise ValueError("There is no variant to choose from.")
    names = sorted(arms)
    floor = min(max(floor, 0.0), 1 / len(names))
    given = {name: arms[name].given for name in names}
    if sum(given.values()) < FIRST_POSTS * len(names):
        return _fewest(given, rng)
    reserved = floor * len(names)
    if _starving(given, floor) and rng.random() < (1 + reserved) / 2:
        # Not always: a variant added late must not take over the desk until it has caught up.
        return _fewest(given, rng)
    if rng.random() < reserved:
        return rng.choice(names)
    return _sample(names, strata or [arms], rng)


def _fewest(given: Mapping[str, int], rng: Random) -> str:
    """Ties are broken by chance: strict turns would tie a variant to the odd hours."""
    least = min(given.values())
    return rng.choice([name for name, count in given.items() if count == least])


def _starving(given: Mapping[str, int], floor: float) -> bool:
    return min(given.values()) < floor * (sum(given.values()) + 1) + HEADROOM_POSTS if floor else False


def _sample(names: Sequence[str], strata: Sequence[Mapping[str, Arm]], rng: Random) -> str:
    """One draw from what each rate may be; the largest draw wins."""
    known = estimates(strata)
    if not known:
        return rng.choice(names)
    middle = sum(estimate.log_rate for estimate in known.values()) / len(known)
    unknown = Estimate(posts=0, rate=0.0, log_rate=middle, variance=1.0)
    draws = {}
    for name in names:
        estimate = known.get(name, unknown)
        draws[name] = rng.gauss(estimate.log_rate, math.sqrt(estimate.variance))
    return max(draws, key=draws.__getitem__)
