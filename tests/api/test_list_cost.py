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
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + lists[0])
        plan = [row[-1] for row in cursor.fetchall()]
    assert not [step for step in plan if "TEMP B-TREE" in step], plan
