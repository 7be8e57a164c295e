"""Which variant comes next: the better one more and more often, none ever starved."""

import random
from collections import Counter

import pytest

from metrics.experiments.arms import Arm
from metrics.experiments.bandit import FIRST_POSTS, choose
from tests.metrics.experiments.simulation import Tally, gamma_mixed


def deal(means, posts, *, seed=0, floor=0.1, shape=2):
    """Publishes `posts` posts as `choose` says and returns the names in order."""
    rng, draw, dealt = random.Random(seed), gamma_mixed(shape), []
    tallies = {name: Tally() for name in means}
    for _ in range(posts):
        name = choose({name: tally.arm() for name, tally in tallies.items()}, rng, floor=floor)
        tallies[name].add(draw(rng, means[name]))
        dealt.append(name)
    return dealt


def test_the_first_posts_alternate():
    dealt = deal({"A": 3, "B": 30}, 2 * FIRST_POSTS)
    for end in range(0, len(dealt), 2):
        assert set(dealt[end : end + 2]) == {"A", "B"}


def test_alternating_ties_no_variant_to_the_odd_posts():
    firsts = Counter(deal({"A": 3, "B": 3}, 20, seed=seed)[0] for seed in range(100))
    assert 30 <= firsts["A"] <= 70


def test_posts_that_are_not_ripe_yet_alternate_too():
    arms = {"A": Arm(0, 0, 0, assigned=7), "B": Arm(0, 0, 0, assigned=6)}
    assert choose(arms, random.Random(1)) == "B"


def test_it_comes_to_prefer_the_better_variant():
    shares = [Counter(deal({"A": 3, "B": 4.5}, 500, seed=seed)[300:])["B"] / 200 for seed in range(15)]
    assert sum(shares) / len(shares) > 0.8


def test_the_better_variant_may_stand_anywhere_in_the_alphabet():
    dealt = Counter(deal({"A": 6, "B": 3, "C": 3}, 400)[200:])
    assert dealt["A"] > 0.6 * 200


def test_it_prefers_none_of_two_equal_variants_for_good():
    shares = [Counter(deal({"A": 3, "B": 3}, 200, seed=seed))["B"] / 200 for seed in range(40)]
    assert 0.4 < sum(shares) / len(shares) < 0.6


@pytest.mark.parametrize("floor", [0.1, 0.3])
def test_however_bad_a_variant_keeps_its_floor(floor):
    for seed in range(8):
        dealt = deal({"A": 0.5, "B": 20}, 400, seed=seed, floor=floor)
        for end in range(2 * FIRST_POSTS, 401, 10):
            assert dealt[:end].count("A") >= floor * end


def test_a_floor_too_high_to_be_had_means_equal_shares():
    dealt = Counter(deal({"A": 1, "B": 20}, 200, floor=0.9))
    assert abs(dealt["A"] - dealt["B"]) <= 12


def test_a_variant_added_late_does_not_take_over_the_desk():
    rng = random.Random(3)
    arms = {"A": Arm.of([3] * 1000), "B": Arm.of([2] * 1000), "C": Arm(0, 0, 0)}
    dealt = Counter(choose(arms, rng) for _ in range(400))
    assert 0.4 * 400 < dealt["C"] < 0.9 * 400


def test_a_lone_variant_is_chosen_and_none_is_an_error():
    assert choose({"A": Arm(0, 0, 0)}, random.Random(1)) == "A"
    assert choose({"A": Arm.of([1] * 50)}, random.Random(1)) == "A"
    with pytest.raises(ValueError, match="no variant"):
        choose({}, random.Random(1))


def test_a_good_week_is_not_credited_to_the_variant_it_was_dealt():
    lean = {"A": Arm.of([2, 4] * 30), "B": Arm.of([3, 6] * 30)}
    rich = {"A": Arm.of([10, 20] * 90), "B": Arm.of([15, 30] * 10)}
    both = {"A": Arm(240, 2880, 46200), "B": Arm(80, 720, 12600)}
    alone = Counter(choose(both, random.Random(seed)) for seed in range(200))
    by_week = Counter(choose(both, random.Random(seed), strata=[lean, rich]) for seed in range(200))
    assert alone["A"] > 150
    assert by_week["B"] > 150
