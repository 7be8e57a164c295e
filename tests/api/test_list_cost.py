"""A page of a long list costs what is on the page, not what is in the list."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.models import Post, QueueItem
from tests.factories import NOW, make_account
from tests.support import work_of_database

pytestmark = pytest.mark.django_db


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "path",
    [
        *("posts", "posts?status=published", "posts?status=failed&ordering=created_at", "posts?ordering=-status"),
        *("queue", "queue?status=ready", "queue?ordering=status", "queue?ordering=-status"),
    ],
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
def test_no_page_of_items_by_status_is_sorted(caller):
    QueueItem.objects.bulk_create(
        QueueItem(title="Item", link="https://example.com/", source="tests", publish_at=NOW, status=status)
        for status in ["posted"] * 120 + ["ready"] * 80
    )
    reader, path = caller("read"), "queue?ordering=status"
    for _page in range(4):
        with CaptureQueriesContext(connection) as heard:
            answer = reader.get(path).json()
        path = (answer["next"] or "").partition("/api/autopost/")[2]
        lists = [query["sql"] for query in heard if "LIMIT 51" in query["sql"]]
        assert lists and not [step for sql in lists for step in _plan(sql) if "TEMP B-TREE" in step]
    assert not path


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


@pytest.fixture
def of_two_sources(facebook_account):
    """More items of one source than are named by number, before and after a single one of another."""
    items = [
        QueueItem(
            title=f"Item {place}",
            link="https://example.com/",
            publish_at=NOW,
            source="rare" if place == 150 else "often",
            game="",
            reference=f"r{place}",
        )
        for place in range(300)
    ]
    items = QueueItem.objects.bulk_create(items)
    fields = {"account": facebook_account, "platform": "facebook", "not_before": NOW}
    Post.objects.bulk_create(Post(item=item, **fields) for item in items)
    return items


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["posts?source=often", "posts?game=", "posts?after=2020-01-01T00:00:00Z"])
@pytest.mark.parametrize("counted", [False, True])
def test_posts_of_many_items_are_read_in_their_own_order(caller, of_two_sources, path, counted):
    if counted:
        work_of_database.analyze("social_queue", "social_posts")
    with CaptureQueriesContext(connection) as heard:
        assert len(caller("read").get(path).json()["results"]) == 50
    [page] = [query["sql"] for query in heard if "LIMIT 51" in query["sql"]]
    assert not [step for step in _plan(page) if "TEMP B-TREE" in step], _plan(page)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("path", ["posts?source=rare", "posts?reference=r150", "posts?source=nobody"])
def test_posts_of_few_items_are_looked_up_by_their_items(caller, of_two_sources, path):
    with CaptureQueriesContext(connection) as heard:
        found = caller("read").get(path).json()["results"]
    assert [row["item"] for row in found] == ([] if "nobody" in path else [of_two_sources[150].pk])
    pages = [query["sql"] for query in heard if "LIMIT 51" in query["sql"]]
    assert not [step for page in pages for step in _plan(page) if "SCAN social_posts" in step]


@pytest.mark.parametrize("ordering", ["", "&ordering=publish_at", "&ordering=-publish_at", "&ordering=status"])
def test_both_ways_find_the_same(caller, of_two_sources, ordering):
    reader = caller("read")
    for asked, count in {"source=often": 299, "source=rare": 1, "after=2030-01-01T00:00:00Z": 0, "game=": 300}.items():
        path, found = f"/api/autopost/posts?{asked}&page_size=200{ordering}", []
        while path:
            answer = reader.get(path.partition("/api/autopost/")[2]).json()
            found, path = found + [row["id"] for row in answer["results"]], answer["next"]
        assert (len(found), len(set(found))) == (count, count)


def _at_many_times(account, count):
    """So many items, five to a minute, each with a post on the account; five of them have another on a second one."""
    other = make_account("telegram", slug="tg-seldom")
    items = QueueItem.objects.bulk_create(
        QueueItem(
            title=f"Item {place}",
            link="https://example.com/",
            source="bot",
            publish_at=NOW + timedelta(minutes=place * 7 % count // 5),
        )
        for place in range(count)
    )
    posts = [Post(item=item, account=account, platform="facebook", not_before=NOW) for item in items]
    posts += [Post(item=item, account=other, platform="telegram", not_before=NOW) for item in items[:: count // 5 + 1]]
    Post.objects.bulk_create(posts)
    return account, other


@pytest.fixture
def very_many(facebook_account):
    return _at_many_times(facebook_account, 4000)


@pytest.fixture
def several_pages(facebook_account):
    """Six of 200."""
    return _at_many_times(facebook_account, 1100)


@pytest.mark.only_on("mysql", "postgresql")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("path", ["posts?", "posts?source=bot&", "posts?after=2026-12-01T12:00:00Z&"])
def test_no_posts_are_sorted_by_their_items_to_show_their_first_page(caller, very_many, path, sign):
    reader = caller("read")
    work_of_database.analyze("social_queue", "social_posts")
    with work_of_database.rows_counted() as rows:
        assert len(reader.get(f"{path}ordering={sign}publish_at").json()["results"]) == 50
    # Whoever sorts all reads each post and each item. To find 50 items by their numbers, PostgreSQL reads so small a
    # table as a whole when it has just been vacuumed.
    assert rows.read < 8000


@pytest.mark.parametrize("sign", ["", "-"])
@pytest.mark.parametrize("asked", ["account=tg-seldom", "source=bot&platform=telegram", "page_size=200"])
def test_in_the_order_of_items_every_post_comes_once_both_ways(caller, several_pages, asked, sign):
    by, reader, found = ("item__publish_at", "pk"), caller("read"), []
    right = Post.objects.order_by(*(f"{sign}{name}" for name in by)).values_list("pk", flat=True)
    right = list(right if "page_size" in asked else right.filter(account=several_pages[1]))
    size = 2 if len(right) < 50 else 200
    answer = reader.get(f"posts?{asked.replace('page_size=200', '')}&page_size={size}&ordering={sign}publish_at").json()
    while True:
        found.append([row["id"] for row in answer["results"]])
        if not answer["next"]:
            break
        answer = reader.get(answer["next"].partition("/api/autopost/")[2]).json()
    assert [pk for page in found for pk in page] == right
    back = reader.get(answer["previous"].partition("/api/autopost/")[2]).json()
    assert [row["id"] for row in back["results"]] == found[-2]
