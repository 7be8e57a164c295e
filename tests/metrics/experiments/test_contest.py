"""The A/B report and the automatic choice, from real posts and clicks in the database."""

import time
from collections import Counter
from datetime import UTC, timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from metrics.experiments import contest, dealing
from metrics.experiments.arms import Arm
from metrics.models import ClickTotal
from social_queue.wording.variants import choose_variants
from tests import factories
from tests.metrics.made_clicks import published

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def nothing_remembered():
    dealing.forget()
    yield
    dealing.forget()


def clicked(post, counts: dict[timedelta, int]) -> None:
    """``counts``: human clicks by time after publishing."""
    for after, humans in counts.items():
        ClickTotal.objects.create(
            post=post.pk,
            queue_item=post.item_id,
            account=post.account_id,
            platform=post.platform,
            variant=post.variant,
            hour_at=(post.published_at + after).replace(minute=0),
            humans=humans,
            robots=50,
        )


def test_ripe_posts_count_with_the_clicks_of_their_first_day(facebook_account, now):
    at = now - timedelta(days=3, minutes=-7)
    for first, late in ((3, 100), (4, 0)):
        post = published(facebook_account, at=at, variant="A")
        clicked(post, {timedelta(hours=2): first, timedelta(hours=30): late})
    published(facebook_account, at=at, variant="A")
    published(facebook_account, at=now - timedelta(hours=5), variant="A")
    published(facebook_account, at=now - timedelta(days=200), variant="A")
    factories.make_post(account=facebook_account, variant="A")

    (weeks,) = contest.arms(now).values()
    assert list(weeks.values()) == [{"A": Arm(posts=3, clicks=7, clicks_squared=25)}]


@pytest.mark.parametrize(
    ("after", "counts"),
    [({"hours": 23}, True), ({"hours": 24}, False), ({"hours": 24, "microseconds": -1}, True), ({"hours": 25}, False)],
)
def test_the_first_day_ends_to_the_microsecond(facebook_account, now, after, counts):
    """An hour's clicks count if the hour begins before the day is over, also where SQLite compares texts."""
    hour = (now - timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
    post = published(facebook_account, at=hour - timedelta(**after), variant="B")
    ClickTotal.objects.create(
        post=post.pk, queue_item=post.item_id, account=1, platform="facebook", hour_at=hour, humans=3
    )
    (weeks,) = contest.arms(now).values()
    assert list(weeks.values()) == [{"B": Arm(1, 3, 9) if counts else Arm(1, 0, 0)}]


def test_a_week_ends_where_the_next_begins_and_so_does_the_window(facebook_account, now):
    def at(moment):
        published(facebook_account, at=moment, variant="A")

    begins, ends, tick = now - contest.WINDOW, now - contest.RIPE_AFTER, timedelta(microseconds=1)
    monday = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=now.weekday() + 14)
    for moment in (begins - tick, begins, ends - tick, ends, monday - tick, monday):
        at(moment)
    (weeks,) = contest.arms(now).values()
    assert {week: known["A"].posts for week, known in weeks.items()} == {
        _monday(begins): 1,
        monday - WEEK: 1,
        monday: 1,
        _monday(ends): 1,
    }


def _monday(moment):
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


@pytest.mark.only_on("sqlite")
def test_sqlite_calls_python_for_no_post(facebook_account, now, django_assert_num_queries):
    with django_assert_num_queries(14) as asked:
        contest.arms(now)
    assert [query["sql"] for query in asked if "django_" in query["sql"]] == []


def test_platforms_and_weeks_stay_apart(facebook_account, telegram_account, now):
    for account in (facebook_account, telegram_account):
        for weeks_ago in (1, 2):
            for variant in "AB":
                published(account, at=now - weeks_ago * WEEK, variant=variant)
    table = contest.arms(now)
    assert {name: len(weeks) for name, weeks in table.items()} == {"facebook": 2, "telegram": 2}


def test_the_report_names_the_better_wording(facebook_account, telegram_account, now):
    for account in (facebook_account, telegram_account):
        for number in range(40):
            for variant, clicks in (("A", 10), ("B", 30)):
                post = published(account, at=now - timedelta(days=2 + number % 9), variant=variant)
                clicked(post, {timedelta(hours=1): clicks + number % 5})
    told = contest.reports(now)
    assert set(told) == {"", "facebook", "telegram"}
    assert [(one.verdict, one.leader) for one in told.values()] == [("better", "B")] * 3
    assert told["facebook"].variants["B"].posts == 40


def test_a_platform_with_one_wording_is_no_experiment(facebook_account, now):
    published(facebook_account, at=now - 2 * WEEK, variant="A")
    assert contest.reports(now) == {}


def test_auto_prefers_what_is_clicked_and_never_starves_the_other(facebook_account):
    from django.utils import timezone

    for number in range(40):
        for variant, clicks in (("A", 5), ("B", 25)):
            post = published(facebook_account, at=timezone.now() - timedelta(days=2 + number % 5), variant=variant)
            clicked(post, {timedelta(hours=1): clicks})
    item = factories.make_item(meta={"variant": "auto"})
    dealt = Counter(choose_variants(item, [facebook_account])[facebook_account.pk] for _ in range(400))
    assert dealt["B"] > 280
    assert dealt["A"] >= 20


def test_a_burst_without_any_knowledge_is_dealt_out_evenly(facebook_account):
    item = factories.make_item(meta={"variant": "auto"})
    dealt = Counter(choose_variants(item, [facebook_account])[facebook_account.pk] for _ in range(20))
    assert dealt == {"A": 10, "B": 10}


@pytest.fixture
def later(monkeypatch):
    """Lets so many seconds pass for what is known."""
    offset = [0.0]
    real = time.monotonic
    monkeypatch.setattr(dealing.time, "monotonic", lambda: real() + offset[0])

    def pass_by(seconds):
        offset[0] += seconds

    return pass_by


@pytest.mark.django_db(transaction=True)
class TestWhenClicksAreAskedFor:
    """It takes a second where there are many posts, and publishing waits for whoever lays posts down."""

    def deal(self, account):
        """The questions within the transaction, and those after it."""
        item = factories.make_item(meta={"variant": "auto"})
        with CaptureQueriesContext(connection) as after:
            with transaction.atomic(), CaptureQueriesContext(connection) as within:
                choose_variants(item, [account])
            count = len(within)
        return self.about_clicks(list(within)), self.about_clicks(list(after)[count:])

    def about_clicks(self, queries):
        return [query["sql"] for query in queries if "metrics_click_totals" in query["sql"]]

    def test_the_first_asks_at_once_and_the_next_not_at_all(self, facebook_account):
        within, after = self.deal(facebook_account)
        assert within and not after
        assert self.deal(facebook_account) == ([], [])

    def test_a_minute_later_they_are_asked_for_once_the_posts_are_laid_down(self, facebook_account, later):
        self.deal(facebook_account)
        later(61)
        within, after = self.deal(facebook_account)
        assert after and not within
        assert self.deal(facebook_account) == ([], [])

    def test_what_is_an_hour_old_is_not_believed(self, facebook_account, later):
        self.deal(facebook_account)
        later(3700)
        within, after = self.deal(facebook_account)
        assert within and not after

    def test_a_fault_of_the_question_is_none_of_the_posts(self, facebook_account, later, monkeypatch):
        self.deal(facebook_account)
        later(61)
        with monkeypatch.context() as broken:
            broken.setattr(contest, "arms", _away)
            assert self.deal(facebook_account) == ([], [])
        assert self.deal(facebook_account) == ([], [])
        later(6)
        within, after = self.deal(facebook_account)
        assert after and not within

    def test_a_question_that_fails_is_asked_once_for_all_that_one_transaction_deals_out(
        self, facebook_account, telegram_account, later, monkeypatch
    ):
        self.deal(facebook_account)
        later(61)
        asked = []
        monkeypatch.setattr(contest, "arms", lambda now: asked.append(now) or _away(now))
        item = factories.make_item(meta={"variant": "auto"})
        choose_variants(item, [facebook_account, telegram_account])
        assert len(asked) == 1

    def test_while_one_asks_the_others_go_on_with_what_is_known(self, facebook_account, later, monkeypatch):
        self.deal(facebook_account)
        later(61)
        asked = []

        def arms(now):
            asked.append(now)
            # As another thread would, whose posts are laid down meanwhile.
            assert self.deal(facebook_account) == ([], [])
            return {}

        monkeypatch.setattr(contest, "arms", arms)
        self.deal(facebook_account)
        assert len(asked) == 1


def _away(now):
    raise OperationalError("gone")
