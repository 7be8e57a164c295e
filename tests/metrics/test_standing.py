"""How many posts stand where: what counting all of them says, though hardly any are read after the first look."""

import random
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.many import statements
from metrics import standing
from social_queue.models import Post, QueueItem
from social_queue.upkeep import old_items
from tests import factories
from tests.metrics.made_clicks import published
from tests.support import work_of_database

pytestmark = pytest.mark.django_db
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def much_is_out(monkeypatch):
    """However few posts there are, what is out is remembered."""
    monkeypatch.setattr(standing, "_MANY", 0)
    standing.forget()
    yield
    standing.forget()


def _really() -> dict[tuple[int, str], int]:
    return dict(Counter(Post.objects.values_list("account", "status")))


def _told(accounts, now) -> dict[tuple[int, str], int]:
    found = standing.posts([account.pk for account in accounts], now=now)
    return {key: count for key, count in found.items() if count}


def _long_out(account, at) -> None:
    """An item of former days with its post."""
    post = published(account, at=at)
    told = {"status": "posted", "publish_at": at, "created_at": at, "updated_at": at}
    QueueItem.objects.filter(pk=post.item_id).update(**told)


def _act(chance, accounts, now) -> None:
    """Something that happens to posts of a desk, as it leaves their rows."""
    status, account = chance.choice(["pending", "unknown", "failed", "cancelled"]), chance.choice(accounts)
    turn, post = chance.randrange(4), chance.choice(list(Post.objects.order_by("pk")))
    if turn == 0:
        factories.make_post(account=account, status=status)
    elif turn == 1:
        published(account, at=now - chance.randrange(30) * MINUTE)
    elif post.status in ("pending", "unknown"):
        Post.objects.filter(pk=post.pk).update(status="published", external_id="x", published_at=now)
    elif post.status == "published":
        Post.objects.filter(pk=post.pk).update(status="recalled", recalled_at=now)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_the_sums_are_those_of_counting_all(settings, now, seed):
    chance = random.Random(seed)
    accounts = [factories.make_account(name, slug=name) for name in ("facebook", "telegram")]
    for days in range(2, 14):
        _long_out(chance.choice(accounts), now - days * DAY)
    for turn in range(60):
        moment = now + turn * 7 * MINUTE
        for _ in range(chance.randrange(3)):
            _act(chance, accounts, moment)
        if turn == 30:
            accounts.append(factories.make_account("twitter", slug="new"))
        if turn % 9 == 8:
            settings.KEEP_ITEMS_DAYS = 12 - turn // 9
            assert old_items.prune(moment)
        assert _told(accounts, moment) == _really()


def test_after_the_first_look_all_that_is_out_is_not_counted_again(now, facebook_account):
    for days in range(1, 4):
        published(facebook_account, at=now - days * DAY)
    published(facebook_account, at=now)
    assert _told([facebook_account], now) == {(facebook_account.pk, "published"): 4}
    # A row that goes without a word, which nobody in this house does: who counted again would miss it.
    Post.objects.filter(published_at__lt=now - 2 * DAY).delete()
    assert _told([facebook_account], now) == {(facebook_account.pk, "published"): 4}
    standing.pruned()
    assert _told([facebook_account], now) == {(facebook_account.pk, "published"): 3}


def test_an_hour_later_all_is_counted_again(now, facebook_account, monkeypatch):
    published(facebook_account, at=now - DAY)
    assert _told([facebook_account], now) == {(facebook_account.pk, "published"): 1}
    Post.objects.all().delete()
    clock = standing.time.monotonic()
    monkeypatch.setattr(standing.time, "monotonic", lambda: clock + 3601)
    assert _told([facebook_account], now) == {}


def test_few_posts_are_counted_whole_each_time(now, facebook_account, monkeypatch):
    monkeypatch.setattr(standing, "_MANY", 10)
    for _ in range(9):
        published(facebook_account, at=now - DAY)
    _told([facebook_account], now)
    Post.objects.all().delete()
    assert _told([facebook_account], now) == {}


@pytest.mark.only_on("sqlite")
def test_with_six_times_as_many_posts_a_look_takes_hardly_more_steps(now):
    accounts = [factories.make_account(name, slug=f"a{number}") for number, name in enumerate(["telegram"] * 8)]
    steps = []
    for items in (1_000, 6_000):
        Post.objects.all().delete()
        QueueItem.objects.all().delete()
        standing.forget()
        with connection.cursor() as cursor:
            for statement in statements.statements(statements.DIALECTS["sqlite"], items)[:3]:
                cursor.execute(statement)
        with CaptureQueriesContext(connection) as first:
            before = _told(accounts, now)
        assert before == _really() and len(first) == 2
        steps.append(work_of_database.steps_of(lambda: _told(accounts, now)))
    assert steps[1] < 1.5 * steps[0]
