"""A row that is made of its columns is the row that its model makes."""

from datetime import UTC, datetime

import pytest

from social_queue import statements
from social_queue.models import Attempt, Event, Post, QueueItem, WebhookLog
from social_queue.models.posts import new_code
from social_queue.rows import columns

_THEN = datetime(2026, 11, 1, tzinfo=UTC)
_GIVEN = {
    QueueItem: {"title": "Neon Tiger", "link": "https://example.com/", "publish_at": _THEN, "series_id": 7},
    Post: {"item_id": 3, "account_id": 4, "platform": "telegram", "code": "abcdefgh", "not_before": _THEN},
    WebhookLog: {"received_at": _THEN, "source": "shop", "headers": {"A": "b"}, "body": b"{}"},
    Attempt: {"post_id": 3, "number": 1, "started_at": _THEN},
    Event: {"uid": "evt_1"},
}


@pytest.mark.parametrize("model", _GIVEN)
def test_it_holds_what_the_model_gives_it(model):
    ours, theirs = columns.new(model, _GIVEN[model]), model(**_GIVEN[model])
    names = [field.attname for field in model._meta.concrete_fields if field.attname not in ("created_at", "at")]
    assert {name: getattr(ours, name) for name in names} == {name: getattr(theirs, name) for name in names}
    assert (ours._state.adding, ours._state.db) == (theirs._state.adding, theirs._state.db) == (True, None)


def test_what_can_be_changed_is_nobody_elses():
    first, second = (columns.new(QueueItem, {"title": title}) for title in ("A", "B"))
    first.hashtags.append("x")
    first.data["game"] = "x"
    assert (second.hashtags, second.data) == ([], {})


def test_each_row_has_what_is_made_for_each():
    assert columns.new(Post, {}).code != columns.new(Post, {}).code


def test_a_name_that_is_no_column_is_refused():
    with pytest.raises(TypeError, match="has no column item, titel"):
        columns.new(Post, {"item": None, "titel": ""})


@pytest.mark.django_db
def test_rows_that_are_added_together_were_added_at_one_moment():
    rows = [columns.new(QueueItem, _GIVEN[QueueItem] | {"series_id": None, "title": title}) for title in ("A", "B")]
    statements.insert_all(rows)
    stored = list(QueueItem.objects.order_by("pk").values_list("pk", "created_at", "updated_at"))
    assert stored == [(row.pk, row.created_at, row.updated_at) for row in rows]
    assert rows[0].created_at == rows[1].created_at


def test_codes_of_links_are_made_of_all_letters_and_digits_alike():
    codes = [new_code() for _ in range(2000)]
    assert {len(code) for code in codes} == {8}
    assert len(set("".join(codes))) == 62
    assert all(len({code[place] for code in codes}) == 62 for place in range(8))
