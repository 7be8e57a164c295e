"""A page of a long list costs what is on the page, not what is in the list."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.models import Post, QueueItem
from tests.factories import NOW, make_account

pytestmark = pytest.mark.django_db


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "path",
    ["posts", "posts?status=published", "posts?status=failed&ordering=created_at", "queue", "queue?status=ready"],
)
def test_no_list_is_sorted_to_show_its_first_page(caller, path):
    items = QueueItem.objects.bulk_create(
        QueueItem(title=f"Item {place}", link="https://example.com/", source="tests", publish_at=NOW)
        for place in range(300)
    )
    account = make_account("facebook")
    Post.objects.bulk_create(Post(item=item, account=account, platform="facebook", not_before=NOW) for item in items)
    with CaptureQueriesContext(connection) as heard:
        answer = caller("read").get(path)
    assert answer.status_code == 200
    lists = [query["sql"] for query in heard if "LIMIT 51" in query["sql"]]
    assert len(lists) == 1, [query["sql"] for query in heard]
    plan = _plan(lists[0])
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["accounts", "accounts/a0", "slots", "slots?account=a0"])
def test_free_slots_are_asked_of_an_index_of_their_own_and_of_all_accounts_at_once(caller, path):
    counts, reader = [], caller("read")
    for number in range(4):
        make_account("telegram", slug=f"a{number}", slots="mon-sun 09:00 18:00")
        with CaptureQueriesContext(connection) as heard:
            assert reader.get(path).status_code == 200
        counts.append(len(heard))
    # The first request of all makes a few things ready.
    assert counts[-1] == counts[1]
    plans = [step for query in heard if "slot_at" in query["sql"] for step in _plan(query["sql"])]
    assert plans and not [step for step in plans if "slot_at>" not in step], plans


def test_an_account_without_slots_is_not_asked_about_any(caller):
    make_account("telegram", slug="none")
    with CaptureQueriesContext(connection) as heard:
        assert caller("read").get("slots?account=none").json() == {"results": []}
    assert not [query for query in heard if "social_posts" in query["sql"]]


def _plan(sql: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return [row[-1] for row in cursor.fetchall()]
