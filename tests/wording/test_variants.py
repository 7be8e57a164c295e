"""Which wording a post gets: as told, in turns, split over the platforms, or as somebody learned."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from social_queue.models import CaptionTemplate, VariantCounter
from social_queue.wording import variants
from social_queue.wording.variants import choose_variant, choose_variants, foresee_variants, mode_of
from social_queue.workings.deadlocks import again
from tests.factories import make_account, make_item

pytestmark = pytest.mark.django_db


def item_with(variant: object = None):
    return make_item(meta={} if variant is None else {"variant": variant})


@pytest.fixture
def only_first(settings, tmp_path):
    """A desk without any wording B."""
    settings.CAPTION_TEMPLATE_DIRS = [tmp_path]


@pytest.mark.parametrize("wanted", ["A", "B", "a", " b "])
def test_an_outright_wish_is_granted(wanted):
    assert choose_variant(item_with(wanted), make_account()) == wanted.strip().upper()


def test_without_a_word_accounts_take_turns():
    account = make_account()
    assert [choose_variant(item_with(), account) for _ in range(4)] == ["A", "B", "A", "B"]


@pytest.mark.parametrize("mode", [None, "B", "rotate", "split", "auto"])
def test_where_no_wording_b_exists_everything_is_a(only_first, mode):
    account = make_account()
    assert [choose_variant(item_with(mode), account) for _ in range(3)] == ["A", "A", "A"]
    assert not VariantCounter.objects.exists()


def test_an_editors_wording_b_counts_as_one(only_first):
    CaptionTemplate.objects.create(platform="facebook", variant="B", body="{{ title }}")
    account = make_account("facebook")
    assert choose_variant(item_with("B"), account) == "B"
    CaptionTemplate.objects.update(active=False)
    assert choose_variant(item_with("B"), account) == "A"


def test_each_account_takes_its_own_turns():
    first, second = make_account("facebook"), make_account("telegram")
    choose_variant(item_with("rotate"), first)
    assert choose_variants(item_with("rotate"), [first, second]) == {first.pk: "B", second.pk: "A"}


@pytest.mark.parametrize("platforms", [("facebook", "telegram"), ("facebook", "instagram", "telegram")])
def test_split_gives_the_platforms_of_one_item_different_wordings(platforms):
    accounts = [make_account(platform) for platform in platforms]
    for _ in range(6):
        counts = Counter(choose_variants(item_with("split"), accounts).values())
        assert set(counts) == {"A", "B"}
        assert abs(counts["A"] - counts["B"]) <= 1


def test_split_gives_two_accounts_of_one_platform_the_same_wording():
    accounts = [make_account("facebook"), make_account("facebook"), make_account("telegram")]
    chosen = choose_variants(item_with("split"), accounts)
    assert chosen[accounts[0].pk] == chosen[accounts[1].pk] != chosen[accounts[2].pk]


@pytest.mark.parametrize(
    "companies",
    [
        ["facebook telegram"],
        ["facebook instagram telegram"],
        ["facebook instagram", "instagram telegram"],
        ["facebook", "facebook telegram", "instagram telegram facebook"],
        ["telegram"],
    ],
)
def test_split_is_fair_to_every_platform_over_time(companies):
    accounts = {name: make_account(name) for name in ("facebook", "instagram", "telegram")}
    had = {name: Counter() for name in accounts}
    for number in range(24):
        names = companies[number % len(companies)].split()
        chosen = choose_variants(item_with("split"), [accounts[name] for name in names])
        for name in names:
            had[name][chosen[accounts[name].pk]] += 1
    for name, counts in had.items():
        assert abs(counts["A"] - counts["B"]) <= 2, (name, counts)


def test_among_equals_it_is_not_always_the_first_of_the_alphabet_that_gets_b():
    pairs = [
        [make_account(one), make_account(two)] for one, two in (("facebook", "telegram"), ("instagram", "twitter"))
    ]
    chosen = [choose_variants(item_with("split"), pair) for pair in pairs]
    assert [[one[account.pk] for account in pair] for one, pair in zip(chosen, pairs, strict=True)] == [
        ["A", "B"],
        ["B", "A"],
    ]


def test_platforms_that_stand_alone_do_not_all_begin_with_a():
    assert [choose_variant(item_with("split"), make_account(name)) for name in ("facebook", "telegram")] == ["A", "B"]


def test_auto_asks_who_is_handed_in_then_who_registered_and_else_rotates(monkeypatch):
    account = make_account()
    monkeypatch.setattr(variants, "_auto_choosers", [])
    assert [choose_variant(item_with("auto"), account) for _ in range(2)] == ["A", "B"]
    variants.register_auto_chooser(lambda item, account: "B")
    assert [choose_variant(item_with("auto"), account) for _ in range(2)] == ["B", "B"]
    assert choose_variant(item_with("auto"), account, chooser=lambda item, account: "A") == "A"
    assert choose_variant(item_with("rotate"), account, chooser=lambda item, account: "B") == "A"


def test_an_auto_chooser_that_cannot_tell_leaves_it_to_the_turns():
    account = make_account()
    answers = [choose_variant(item_with("auto"), account, chooser=lambda item, account: "?") for _ in range(2)]
    assert answers == ["A", "B"]


@pytest.mark.parametrize("mode", ["rotate", "split", "auto", None])
def test_a_preview_foresees_the_next_turn_and_takes_none(mode):
    accounts = [make_account("facebook"), make_account("telegram")]
    for _ in range(3):
        foreseen = foresee_variants(item_with(mode), accounts)
        assert foreseen == foresee_variants(item_with(mode), accounts)
        assert foreseen == choose_variants(item_with(mode), accounts, chooser=lambda item, account: "")


@pytest.mark.parametrize("given", ["C", "ab", 1, True, ["A"], {}])
def test_an_unknown_wish_is_refused_by_name(given):
    with pytest.raises(ValueError, match=r"^meta.variant: must be one of A, B, rotate, split, auto"):
        mode_of({"variant": given})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", ["rotate", "split"])
def test_turns_alternate_evenly_however_many_come_at_once(mode):
    accounts = [make_account("facebook"), make_account("telegram")]
    items = [item_with(mode) for _ in range(24)]

    def work(mine) -> list[dict[int, str]]:
        try:
            return [again(choose_variants)(item, accounts) for item in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = [answer for each in pool.map(work, [items[place::6] for place in range(6)]) for answer in each]
    for account in accounts:
        assert Counter(answer[account.pk] for answer in answers) == {"A": 12, "B": 12}
