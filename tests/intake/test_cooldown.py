"""The same thing is not said twice within an hour."""

from datetime import timedelta

import pytest

from social_queue.intake import cooldown, ingest
from social_queue.models import CooldownRule, Lock, Post, QueueItem
from tests.factories import NOW, make_account
from tests.support.crowd import at_once

DATA = {"game": "Gates of Olympus", "window": "19:00-21:00"}


@pytest.fixture(autouse=True)
def _accounts(request):
    if request.node.get_closest_marker("django_db"):
        request.getfixturevalue("transactional_db" if _is_real(request) else "db")
        make_account("facebook", slug="fb-page")
        make_account("instagram", slug="ig-main")


def _is_real(request) -> bool:
    return bool(request.node.get_closest_marker("django_db").kwargs.get("transaction"))


def say(data=DATA, *, minutes=0, source="tests", draft=False, **fields):
    """Ingest an item whose time is so many minutes after NOW; a day later, so that no time is in the past."""
    moment = NOW + timedelta(days=1, minutes=minutes)
    body = {"title": "t", "link": "https://example.com/", "data": data, "publish_at": moment.isoformat()} | fields
    return ingest.receive(body, source=source, now=NOW, draft=draft)


def was_skipped(*args, **kwargs) -> bool:
    receipt = say(*args, **kwargs)
    assert receipt.status_code in {200, 201}, receipt.body
    return receipt.body["status"] == "skipped"


@pytest.mark.django_db
class TestTheDefaultRule:
    def test_a_repeat_is_kept_as_skipped_and_names_what_it_repeats(self):
        first, second = say(), say(minutes=5)
        assert second.status_code == 200
        assert second.body == {
            "id": second.item.pk,
            "status": "skipped",
            "skip_reason": "cooldown",
            "duplicate_of": first.item.pk,
        }
        item = QueueItem.objects.get(pk=second.item.pk)
        assert (item.status, item.skip_reason, item.duplicate_of_id) == ("skipped", "cooldown", first.item.pk)
        assert not item.posts.exists()

    @pytest.mark.parametrize(("minutes", "skipped"), [(59, True), (-59, True), (0, True), (60, False), (-60, False)])
    def test_it_looks_an_hour_both_ways_by_publish_time(self, minutes, skipped):
        say()
        assert was_skipped(minutes=minutes) is skipped

    @pytest.mark.parametrize("hidden", ["\u200b", "\u200e", "\u00ad", "\ufeff"])
    def test_letters_that_nobody_sees_make_no_other_game_or_window(self, hidden):
        first = say()
        assert was_skipped({"game": f"Gates{hidden} of Olympus{hidden}", "window": f"{hidden}19:00-21:00"}, minutes=5)
        assert say({"game": hidden, "window": "19:00-21:00"}).body["status"] == "ready"
        assert first.item.game == "gates of olympus"

    def test_the_nearest_item_is_the_one_repeated(self):
        say(minutes=-50)
        near = say(minutes=20)
        assert say(minutes=5).body["duplicate_of"] == near.item.pk

    @pytest.mark.parametrize(
        "other",
        [
            {"game": "GATES  of\tolympus ", "window": " 19:00-21:00"},
            {"game": "gates of olympus", "window": "19:00-21:00", "rtp": 97.2},
        ],
    )
    def test_case_and_surplus_spaces_do_not_matter(self, other):
        say()
        assert was_skipped(other)

    @pytest.mark.parametrize(
        "other",
        [
            {"game": "Gates of Olympus 2", "window": "19:00-21:00"},
            {"game": "Gates of Olympus", "window": "21:00-23:00"},
            {"game": "Gatés of Olympus", "window": "19:00-21:00"},
            {"game": "Gates of Olympus"},
            {"window": "19:00-21:00"},
            {"game": "", "window": "19:00-21:00"},
            {"game": None, "window": "19:00-21:00"},
            {"game": ["Gates of Olympus"], "window": "19:00-21:00"},
            {},
        ],
    )
    def test_what_differs_or_says_too_little_is_not_skipped(self, other):
        say()
        assert not was_skipped(other)

    @pytest.mark.parametrize("data", [{"game": "Gates of Olympus"}, {"window": "19:00-21:00"}, {}])
    def test_two_that_lack_the_same_field_are_not_alike(self, data):
        say(data)
        assert not was_skipped(data)

    @pytest.mark.parametrize(("one", "other"), [("🎰", "🎲"), ("Pokémon", "Pokemon"), ("Straße", "Strase"), ("ı", "i")])
    def test_letters_that_a_database_may_take_for_equal_are_not(self, one, other):
        say(DATA | {"game": one})
        assert not was_skipped(DATA | {"game": other})

    @pytest.mark.parametrize(
        ("one", "other"), [("Pokémon", "POKE\u0301MON"), (777, "777"), (7.0, 7), ("STRASSE", "straße")]
    )
    def test_letters_that_people_take_for_equal_are(self, one, other):
        say(DATA | {"game": one})
        assert was_skipped(DATA | {"game": other})

    def test_names_longer_than_the_column_are_compared_whole(self):
        say(DATA | {"game": "x" * 500})
        assert not was_skipped(DATA | {"game": "x" * 499 + "y"})
        assert was_skipped(DATA | {"game": "X" * 500})

    def test_other_sources_count(self):
        say()
        assert was_skipped(source="elsewhere")

    @pytest.mark.parametrize("status", ["skipped", "cancelled", "failed", "draft"])
    def test_what_is_not_out_and_will_not_be_does_not_count(self, status):
        say()
        QueueItem.objects.update(status=status)
        assert not was_skipped()

    @pytest.mark.parametrize("status", ["ready", "posting", "posted", "partial"])
    def test_everything_else_counts(self, status):
        say()
        QueueItem.objects.update(status=status)
        assert was_skipped()

    def test_a_skipped_item_does_not_skip_the_next(self):
        say()
        assert was_skipped(minutes=40)
        assert not was_skipped(minutes=80)

    def test_a_draft_is_judged_but_keeps_nothing_from_going_out(self):
        assert not was_skipped(draft=True)
        assert not was_skipped()
        assert was_skipped(draft=True)

    def test_its_minutes_are_a_setting_and_nought_is_off(self, settings):
        settings.COOLDOWN_MINUTES = 10
        say()
        assert not was_skipped(minutes=10)
        settings.COOLDOWN_MINUTES = 0
        assert not was_skipped()


@pytest.mark.django_db
class TestRuleRows:
    def test_rows_replace_the_default_even_when_they_are_switched_off(self):
        CooldownRule.objects.create(name="off", fields=["game"], active=False)
        say()
        assert not was_skipped()

    def test_a_rule_may_look_at_any_field_of_data(self):
        CooldownRule.objects.create(name="by pattern", fields=["pattern"], minutes=30)
        say({"pattern": "A-B-A"})
        assert was_skipped({"pattern": "a-b-a", "game": "another"}, minutes=29)
        assert not was_skipped({"pattern": "a-b-a"}, minutes=30)
        assert not was_skipped({"game": "another"})

    def test_a_rule_may_mix_columns_and_other_fields(self):
        CooldownRule.objects.create(name="mixed", fields=["game", "jam"])
        say({"game": "a", "jam": "19:00"})
        assert not was_skipped({"game": "a", "jam": "20:00"})
        assert was_skipped({"game": "A", "jam": "19:00"})

    def test_a_rule_may_speak_for_some_sources_only(self):
        CooldownRule.objects.create(name="bot", fields=["game"], sources=["bot"])
        say(source="bot")
        assert not was_skipped(source="people")
        assert was_skipped(source="bot")

    def test_and_looks_at_items_of_those_sources_only(self):
        CooldownRule.objects.create(name="bot", fields=["game"], sources=["bot"])
        say(source="people")
        assert not was_skipped(source="bot")
        assert was_skipped(source="bot", minutes=5)

    def test_a_draft_is_not_judged_account_by_account_before_an_editor_released_it(self):
        CooldownRule.objects.create(name="each", fields=["game"], per_account=True)
        say()
        assert say(draft=True).body["status"] == "draft"

    def test_any_of_several_rules_is_enough(self):
        CooldownRule.objects.create(name="a", fields=["game"], minutes=10)
        CooldownRule.objects.create(name="b", fields=["window"], minutes=120)
        say()
        assert was_skipped({"window": "19:00-21:00"}, minutes=100)
        assert not was_skipped({"game": "gates of olympus"}, minutes=20)

    def test_account_by_account_only_those_that_said_it_are_left_out(self):
        CooldownRule.objects.create(name="each", fields=["game"], per_account=True)
        first = say(channels=["fb-page"])
        second = say()
        assert [post["account"] for post in second.body["posts"]] == ["ig-main"]
        assert second.body["left_out"] == [{"account": "fb-page", "duplicate_of": first.item.pk}]
        third = say()
        assert (third.body["status"], third.body["duplicate_of"]) == ("skipped", second.item.pk)

    def test_the_nearest_item_is_named_for_an_account_that_is_left_out(self):
        CooldownRule.objects.create(name="each", fields=["game"], per_account=True, minutes=60)
        early, late = say(channels=["fb-page"]), say(minutes=90, channels=["fb-page"])
        for minutes, nearest in ((40, early), (50, late), (45, early)):
            [left_out] = say(minutes=minutes).body["left_out"]
            assert left_out == {"account": "fb-page", "duplicate_of": nearest.item.pk}
            QueueItem.objects.exclude(pk__in=[early.item.pk, late.item.pk]).delete()

    def test_a_draft_is_not_judged_before_somebody_has_released_it(self):
        CooldownRule.objects.create(name="each", fields=["game"], per_account=True)
        say()
        receipt = say(draft=True)
        assert (receipt.status_code, receipt.body["status"], receipt.item.status) == (201, "draft", "draft")
        assert not receipt.body.get("left_out")

    @pytest.mark.parametrize(("status", "left_out"), [("cancelled", False), ("failed", False), ("unknown", True)])
    def test_an_account_that_did_not_say_it_is_not_left_out(self, status, left_out):
        CooldownRule.objects.create(name="each", fields=["game"], per_account=True)
        say()
        Post.objects.filter(account__slug="fb-page").update(status=status)
        QueueItem.objects.update(status="posting")
        receipt = say()
        posts = [post["account"] for post in receipt.body.get("posts", [])]
        assert posts == ([] if left_out else ["fb-page"])


@pytest.mark.django_db(transaction=True)
class TestAtTheSameTime:
    def test_of_the_same_thing_one_is_queued_and_the_others_repeat_it(self):
        receipts = at_once(lambda _: say(), 10)
        ready = [receipt.body["id"] for receipt in receipts if receipt.body["status"] == "ready"]
        assert len(ready) == 1
        assert {receipt.body["duplicate_of"] for receipt in receipts if receipt.body["id"] not in ready} == set(ready)

    def test_with_several_rules_nobody_waits_in_a_circle(self):
        for name in ("game", "window", "pattern", "jam"):
            CooldownRule.objects.create(name=name, fields=[name])
        # Each pair of items shares one value, in every combination.
        things = [{"game": a, "window": b, "pattern": b, "jam": a} for a in "xy" for b in "xy"]
        receipts = at_once(lambda number: say(things[number % 4]), 12)
        ready = [receipt.item.data for receipt in receipts if receipt.body["status"] == "ready"]
        for name in ("game", "window"):
            assert len({data[name] for data in ready}) == len(ready)
        assert 1 <= len(ready) <= 2

    def test_account_by_account_each_account_says_it_once(self):
        CooldownRule.objects.create(name="each", fields=["game"], per_account=True)
        at_once(lambda number: say(channels=["fb-page"] if number % 2 else ["ig-main", "fb-page"]), 8)
        assert sorted(Post.objects.values_list("account__slug", flat=True)) == ["fb-page", "ig-main"]

    def test_the_locks_are_a_fixed_few(self):
        at_once(lambda number: [say(DATA | {"game": f"{number} {turn}"}) for turn in range(60)], 5)
        assert QueueItem.objects.filter(status="ready").count() == 300
        assert Lock.objects.filter(name__startswith="cooldown-").count() <= 256


def test_folding_makes_text_of_scalars_only():
    values = [" A  b\n", 5, 5.0, 5.5, True, None, [], {}]
    assert [cooldown.fold(value) for value in values] == ["a b", "5", "5", "5.5", "", "", "", ""]
