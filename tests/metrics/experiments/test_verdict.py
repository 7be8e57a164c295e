"""The A/B report against simulated experiments whose truth is known."""

import random
from collections import Counter
from fractions import Fraction

import hypothesis
import pytest
from hypothesis import strategies as st

from metrics.experiments.arms import Arm, estimates
from metrics.experiments.verdict import combined, report
from metrics.experiments.verdict_words import gettext_noop
from tests.metrics.experiments.simulation import (
    SPREADS,
    Setting,
    covered,
    first_verdict,
    gamma_mixed,
    looks,
    poisson,
    setting,
    winners,
)

EXPERIMENTS = 1000
MODERATE = gamma_mixed(2)


@pytest.mark.parametrize("spread", SPREADS)
@pytest.mark.parametrize(("mean", "posts_each"), [(3, 40), (0.5, 60)])
def test_the_95_percent_interval_holds_the_true_rate_about_95_times_in_100(spread, mean, posts_each):
    share = covered(setting(SPREADS[spread], mean), EXPERIMENTS // 2, posts_each=posts_each)
    assert 0.93 <= share <= 0.975


def test_the_interval_of_a_variant_that_spreads_more_than_its_sibling_is_not_too_narrow():
    truth = Setting({"A": 5, "B": 5}, {"A": gamma_mixed(5), "B": gamma_mixed(0.5)})
    assert covered(truth, EXPERIMENTS // 2, posts_each=40) >= 0.94


@pytest.mark.parametrize(
    ("first", "second"),
    [(poisson, poisson), (gamma_mixed(0.5), gamma_mixed(5))],
    ids=["poisson", "over-dispersed, one more than the other"],
)
def test_equal_variants_looked_at_ten_times_name_a_winner_in_at_most_5_percent(first, second):
    named = winners(Setting({"A": 3, "B": 3}, {"A": first, "B": second}, posts=200), EXPERIMENTS)
    assert 1 - named["none"] / EXPERIMENTS <= 0.05


def test_an_ordinary_test_looked_at_as_often_errs_several_times_as_often():
    def ordinary(seed):
        return any(found.lift and not found.lift[0] <= 1 <= found.lift[2] for _, found in looks(truth, seed))

    truth = setting(MODERATE, 3)
    wrong = sum(ordinary(seed) for seed in range(200)) / 200
    assert wrong > 0.12


def test_equal_variants_dealt_by_their_clicks_name_a_winner_in_at_most_5_percent():
    named = winners(setting(MODERATE, 3, auto=True, posts=200, every=40), 150)
    assert 1 - named["none"] / 150 <= 0.05


def test_three_equal_variants_name_a_winner_in_at_most_5_percent():
    truth = Setting(dict.fromkeys("ABC", 3), dict.fromkeys("ABC", MODERATE), posts=240, every=40)
    assert 1 - winners(truth, 300)["none"] / 300 <= 0.05


@pytest.mark.parametrize(("draw", "least"), [(poisson, 0.98), (MODERATE, 0.9)], ids=["poisson", "over-dispersed"])
def test_half_as_many_clicks_again_are_found_within_400_posts_and_never_the_wrong_way_round(draw, least):
    ends = Counter(first_verdict(setting(draw, 3, ratio=1.5), seed)[0] for seed in range(200))
    assert ends["B"] >= least * 200
    assert ends["A"] == 0


def test_variants_that_do_not_differ_end_as_no_difference():
    ends = Counter(first_verdict(setting(poisson, 15, posts=400), seed)[0] for seed in range(100))
    assert ends["even"] >= 90


def test_a_difference_of_a_fifth_is_hardly_ever_called_none():
    ends = Counter(first_verdict(setting(poisson, 15, ratio=1.25, posts=400), seed)[0] for seed in range(200))
    assert ends["even"] <= 0.05 * 200


def test_the_posts_promised_are_about_the_posts_it_takes():
    quotients = []
    for seed in range(80):
        promised = None
        for number, found in looks(setting(poisson, 3, ratio=1.25, posts=2000), seed):
            if promised and found.certain:
                quotients.append((number - promised[0]) / promised[1])
                break
            if not promised and found.verdict == "leading":
                promised = number, found.more_posts
    assert len(quotients) > 40
    assert 0.5 <= sorted(quotients)[len(quotients) // 2] <= 2


def test_a_variant_gets_no_credit_for_the_platform_it_ran_on():
    rng = random.Random(1)
    strata = {
        "telegram": {"A": arm(rng, mean=40, posts=120), "B": arm(rng, mean=56, posts=30)},
        "facebook": {"A": arm(rng, mean=2, posts=30), "B": arm(rng, mean=2.8, posts=120)},
    }
    together = {
        name: Arm(*(sum(parts) for parts in zip(*map(sums, column(strata, name)), strict=True))) for name in "AB"
    }
    assert together["A"].clicks / together["A"].posts > together["B"].clicks / together["B"].posts
    found = combined(strata)
    assert found.leader == "B"
    assert found.lift[0] <= 1.4 <= found.lift[2]
    rates = {name: line.rate for name, line in found.variants.items()}
    assert rates["B"] > rates["A"]


def test_a_variant_gets_no_credit_for_the_weeks_it_was_dealt_more_often():
    lean = {"A": Arm.of([2, 4] * 30), "B": Arm.of([3, 6] * 30)}
    rich = {"A": Arm.of([10, 20] * 90), "B": Arm.of([15, 30] * 10)}
    together = {"A": Arm.of([2, 4] * 30 + [10, 20] * 90), "B": Arm.of([3, 6] * 30 + [15, 30] * 10)}
    assert report(together).sentence().startswith("A leads")
    assert combined({"week 1": lean, "week 2": rich}).sentence().startswith("B is better")


def test_the_lift_over_platforms_holds_the_true_lift_about_95_times_in_100():
    hits = 0
    for seed in range(400):
        rng = random.Random(seed)
        strata = {
            str(level): {"A": arm(rng, mean=level, posts=20), "B": arm(rng, mean=1.2 * level, posts=30)}
            for level in (0.4, 3, 20)
        }
        found = combined(strata)
        lift = found.lift if found.leader == "B" else tuple(1 / end for end in reversed(found.lift))
        hits += lift[0] <= 1.2 <= lift[2]
    assert 0.92 <= hits / 400 <= 0.98


def test_a_platform_where_only_one_variant_ran_shows_in_the_counts_but_not_in_the_verdict():
    shared = {"A": Arm.of([3, 4] * 20), "B": Arm.of([3, 4] * 20)}
    found = combined({"facebook": shared, "telegram": {"B": Arm.of([90] * 50)}})
    assert found.variants["B"].posts == 90
    assert found.variants["B"].rate == report(shared).variants["B"].rate
    assert found.certainty == report(shared).certainty


@pytest.mark.parametrize(
    ("arms", "words"),
    [
        ({}, "Too early to say: nothing has been published with these captions yet."),
        ({"A": [3], "B": []}, "Too early to say: only A has been published so far."),
        ({"A": [3] * 9, "B": [4] * 30}, "every variant needs 10 posts on one platform (so far A 9, B 30)"),
        ({"A": [0] * 40, "B": [0] * 40}, "Too early to say: none is ahead so far."),
        ({"A": [0] * 80, "B": [0] * 20}, "Too early to say: none is ahead so far."),
        ({"A": [1] + [0] * 10, "B": [1] * 10 + [0] * 90}, "Too early to say: none is ahead so far."),
        ({"A": [2, 5] * 20, "B": [3, 5] * 20}, "it may be chance; about "),
        ({"A": [2, 5] * 20, "B": [3, 6] * 20}, "Too early to say: B is ahead, 72 % sure; about 80 more posts"),
        ({"A": [2, 5] * 25, "B": [3, 6] * 25}, "B leads, 8"),
        ({"A": [2, 5] * 20, "B": [6, 9] * 20}, "B is better, 99 % sure."),
        ({"A": [29, 31] * 60, "B": [31, 29] * 60}, "No difference to be found; if there is one, it is under 20 %."),
    ],
)
def test_the_sentence_says_what_the_counts_say(arms, words):
    assert words in report({name: Arm.of(counts) for name, counts in arms.items()}).sentence()


@hypothesis.given(st.lists(st.integers(0, 4), min_size=10, max_size=60), st.lists(st.integers(0, 4), min_size=10))
def test_only_what_was_clicked_more_is_called_ahead(first, second):
    found = report({"A": Arm.of(first), "B": Arm.of(second)})
    rates = {"A": Fraction(sum(first), len(first)), "B": Fraction(sum(second), len(second))}
    if found.verdict in ("early", "leading"):
        ahead = [name for name, rate in rates.items() if rate > min(rates.values())]
        assert found.leader in (None, *ahead)
        assert ("none is ahead" in found.sentence()) is (found.leader is None)


def test_a_leader_is_told_how_many_posts_to_wait_for():
    found = report({"A": Arm.of([2, 5] * 25), "B": Arm.of([3, 6] * 25)})
    assert found.verdict == "leading" and found.more_posts
    assert found.sentence().endswith(f"about {-(-found.more_posts // 10) * 10} more posts to be certain.")


def test_the_sentence_comes_in_the_readers_language():
    indonesian = {gettext_noop("%(leader)s is better, %(sure)d %% sure."): "%(leader)s lebih baik, yakin %(sure)d %%."}
    found = report({"A": Arm.of([2, 5] * 20), "B": Arm.of([6, 9] * 20)})
    assert found.sentence(indonesian.__getitem__) == "B lebih baik, yakin 99 %."


def test_the_rate_is_clicks_over_posts_and_lies_in_its_interval():
    line = report({"A": Arm.of([0, 1, 5]), "B": Arm.of([0, 0, 0])}).variants
    assert (line["A"].posts, line["A"].clicks, line["A"].rate) == (3, 6, 2.0)
    assert line["A"].low < 2.0 < line["A"].high
    assert line["B"].rate == line["B"].low == 0.0 < line["B"].high


def test_one_post_that_went_viral_proves_nothing():
    found = report({"A": Arm.of([3] * 30), "B": Arm.of([2] * 29 + [400])})
    assert found.verdict == "early"
    assert found.variants["B"].low < 3


def test_more_of_the_same_clicks_make_the_report_surer():
    few = report({"A": Arm.of([2, 5] * 15), "B": Arm.of([3, 6] * 15)})
    many = report({"A": Arm.of([2, 5] * 60), "B": Arm.of([3, 6] * 60)})
    assert few.certainty < many.certainty


def test_an_impossible_roll_up_is_refused():
    for sums_of in ((0, 3, 9), (5, 4, 3), (-1, 0, 0)):
        with pytest.raises(ValueError, match="roll-up"):
            Arm(*sums_of)


def test_without_a_stratum_that_has_every_variant_there_is_no_estimate():
    assert estimates([{"A": Arm.of([1, 2])}, {"B": Arm.of([1, 2])}]) == {}


def arm(rng, *, mean, posts):
    return Arm.of(MODERATE(rng, mean) for _ in range(posts))


def column(strata, name):
    return [arms[name] for arms in strata.values()]


def sums(one):
    return one.posts, one.clicks, one.clicks_squared
