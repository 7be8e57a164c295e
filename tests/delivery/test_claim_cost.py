"""What a claim costs depends on how many accounts there are, not on how many posts wait."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.delivery import claim
from social_queue.delivery.claims import choosing
from social_queue.models import Post, QueueItem
from tests import factories
from tests.support import work_of_database

# ANALYZE TABLE ends the transaction it stands in.
pytestmark = pytest.mark.django_db(transaction=True)

BACKLOG = 1500


@pytest.fixture
def backlog(now):
    """A paused account with a long overdue backlog, five active ones with posts due and posts for later."""
    paused = factories.make_account("facebook", status="paused")
    active = [factories.make_account("facebook") for _ in range(5)]
    items = QueueItem.objects.bulk_create(
        QueueItem(title=f"Item {number}", link="https://example.com/", source="tests", publish_at=now)
        for number in range(BACKLOG)
    )
    Post.objects.bulk_create(
        Post(item=item, account=paused, platform="facebook", not_before=now - timedelta(hours=1)) for item in items
    )
    for later, some in ((timedelta(days=1), items[:200]), (-timedelta(minutes=1), items[200:203])):
        Post.objects.bulk_create(
            Post(item=item, account=account, platform="facebook", not_before=now + later)
            for item in some
            for account in active
        )
    work_of_database.analyze("social_posts", "platform_accounts")


def test_a_claim_takes_few_statements_however_much_waits(backlog, now):
    with CaptureQueriesContext(connection) as heard:
        taken = claim.claim(now=now, worker="w", limit=20)
    assert len(taken.attempts) == 5
    # Items are read once the locks are held. PostgreSQL's turn is a transaction, whose begin and end count too.
    assert len(heard) <= (16 if connection.vendor == "postgresql" else 15)


@pytest.mark.only_on("mysql", "postgresql")
def test_the_database_does_not_read_the_backlog(backlog, now):
    with work_of_database.rows_counted() as rows:
        found = choosing.candidates(now, 20)
    assert len(found) == 5
    assert rows.read < 200


@pytest.mark.only_on("mysql", "postgresql")
def test_the_database_does_not_read_what_is_for_later(backlog, now):
    with work_of_database.rows_counted() as rows:
        assert choosing.candidates(now - timedelta(days=1), 20) == {}
    assert rows.read < 200


@pytest.mark.only_on("sqlite")
def test_every_look_at_the_posts_goes_through_an_index(backlog, now):
    with CaptureQueriesContext(connection) as heard:
        choosing.candidates(now, 20)
        choosing.next_due(now)
    for query in heard:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN QUERY PLAN " + query["sql"])
            plan = [row[-1] for row in cursor.fetchall()]
        assert not [step for step in plan if step.startswith("SCAN") and "platform_accounts" not in step], plan


@pytest.mark.only_on("sqlite")
def test_a_claim_takes_as_many_steps_with_thousands_of_due_posts_as_with_a_few(now):
    _forget_statistics()
    accounts = [factories.make_account("facebook") for _ in range(40)]
    _lay_due(accounts, 1, now)
    few = _steps_of(lambda: claim.claim(now=now, worker="w", limit=20))
    _lay_due(accounts, 100, now)
    many = _steps_of(lambda: claim.claim(now=now, worker="w", limit=20))
    assert many < 1.3 * few


def _forget_statistics() -> None:
    """As on every site where nobody has run ANALYZE: the planner guesses."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS sqlite_stat1")
        cursor.execute("DROP TABLE IF EXISTS sqlite_stat4")
    connection.close()  # the planner of an open connection remembers


def _lay_due(accounts: list, each: int, now) -> None:
    items = QueueItem.objects.bulk_create(
        QueueItem(title=f"Item {place}", link="https://example.com/", source="tests", publish_at=now)
        for place in range(each)
    )
    Post.objects.bulk_create(
        Post(item=item, account=account, platform="facebook", not_before=now) for item in items for account in accounts
    )


def _steps_of(act) -> int:
    taken = []
    steps = work_of_database.steps_of(lambda: taken.extend(act().attempts))
    assert len(taken) == 20
    return steps
