"""A query whose text was kept says the same as one that is built anew."""

import threading
from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery

from social_queue import kept
from social_queue.delivery.claims import locked
from social_queue.models import PlatformAccount, Post, QueueItem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def posts(now):
    accounts = [factories.make_account("facebook") for _ in range(3)]
    items = [
        factories.make_item(publish_at=now + timedelta(minutes=place), data={"place": place}) for place in range(5)
    ]
    return [factories.make_post(item, account) for item in items for account in accounts]


@kept.rows
def _due(*, now):
    return Post.objects.filter(not_before__lte=now, status="pending").order_by("not_before", "id")


@kept.rows
def _with_accounts(*, ids):
    return Post.objects.filter(pk__in=ids).select_related("account", "item").order_by("pk")


@kept.rows
def _of_items(*, items, status):
    return Post.objects.filter(item__pk__in=items, status=status).order_by("pk").values_list("item", "not_before")


@kept.rows
def _oldest(*, now, most):
    first = Post.objects.filter(account=OuterRef("pk"), status="pending").order_by("not_before", "id")
    busy = Post.objects.filter(in_flight_account=OuterRef("pk"))
    rows = PlatformAccount.objects.annotate(due_at=Subquery(first.values("not_before")[:1]))
    rows = rows.filter(~Exists(busy), Q(paused_until=None) | Q(paused_until__lte=now), due_at__lte=now)
    return rows.order_by("pk").values_list("pk", "due_at")[:most]


@kept.change
def _put_off(*, ids, now):
    return kept.Change(Post.objects.filter(pk__in=ids), not_before=now, attempts_made=F("attempts_made") + 1)


def test_one_query_is_asked_for_several_spans_in_a_row(posts, now):
    def within(begin, end):
        rows = Post.objects.filter(not_before__gte=begin, not_before__lt=end, status="pending").order_by("pk")
        return rows.values_list("pk", "not_before")[:2]

    spans = [{"begin": now + timedelta(minutes=n), "end": now + timedelta(minutes=n + 1)} for n in (3, 0, 9)]
    assert [*kept.several(within, spans)] == [list(within(**span)) for span in spans]
    assert [*kept.several(within, [])] == []


def test_moments_numbers_and_texts_go_in_anew_each_time(posts, now):
    for minutes in (0, 2, 1):
        moment = now + timedelta(minutes=minutes)
        there = Post.objects.filter(not_before__lte=moment).order_by("not_before", "id")
        assert _due(now=moment) == list(there)
    assert _of_items(items=[posts[0].item_id], status="failed") == []
    assert [item for item, _ in _of_items(items=[posts[0].item_id], status="pending")] == [posts[0].item_id] * 3


def test_rows_are_whole_whatever_their_fields_hold(posts):
    for count in (3, 1, 5):
        chosen = posts[:count]
        found = _with_accounts(ids=[post.pk for post in chosen])
        assert found == chosen
        assert [post.item.data for post in found] == [post.item.data for post in chosen]
        assert found[0].account.credentials.open() == posts[0].account.credentials
        assert found[0].not_before == posts[0].not_before


def test_a_limit_is_part_of_the_text(posts, now):
    assert [len(_oldest(now=now, most=most)) for most in (2, 1, 5)] == [2, 1, 3]
    assert _oldest(now=now - timedelta(minutes=1), most=2) == []


def test_an_empty_list_asks_nobody(posts, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert _with_accounts(ids=[]) == []
        _put_off(ids=[], now=posts[0].not_before)


def test_an_update_takes_expressions_and_reaches_the_rows_that_it_names(posts, now):
    later = now + timedelta(hours=1)
    _put_off(ids=[post.pk for post in posts[:3]], now=later)
    _put_off(ids=[posts[0].pk], now=later)
    _put_off(ids=[-1], now=later)
    rows = Post.objects.filter(not_before=later).order_by("pk")
    assert list(rows.values_list("attempts_made", flat=True)) == [2, 1, 1]


def test_another_value_is_refused():
    @kept.rows
    def priced(*, price):
        return Post.objects.filter(attempts_made=price)

    with pytest.raises(TypeError, match="No query is kept for a float"):
        priced(price=1.5)


def test_items_may_be_read_under_their_locks(posts):
    @kept.rows
    def locked(*, ids):
        return QueueItem.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk", flat=True)

    ids = [post.item_id for post in posts]
    assert locked(ids=ids) == sorted(set(ids))


def test_what_was_made_ready_is_not_made_again_and_says_the_same(posts, now, monkeypatch):
    monkeypatch.setattr(kept, "_mine", threading.local())
    number = kept.make_ready(20)
    assert number == kept.make_ready(20) > 50
    monkeypatch.setattr(kept, "_made", _made_already(kept._made))
    ids = [post.pk for post in posts]
    for many in (1, 2, 5, 8, len(ids)):
        with transaction.atomic():
            assert {post.pk for post in locked.posts(ids=ids[:many])} == set(ids[:many])
    accounts = sorted({post.account_id for post in posts})
    with transaction.atomic():
        assert locked.accounts(ids=accounts, probing=[0], now=now) == accounts


def _made_already(made):
    def only(kind, build, given):
        before = len(kept._held())
        text = made(kind, build, given)
        assert len(kept._held()) == before, f"{build.__name__} was not ready"
        return text

    return only
