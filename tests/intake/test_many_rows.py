"""A file of many rows is laid down with a few statements a row, and becomes what its rows would one after the other."""

import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from social_queue.intake.files import csv_rows, judging, queueing
from social_queue.models import CooldownRule, Event, ItemStatus, Post, QueueItem
from tests import factories
from tests.support.crowd import at_once

pytestmark = pytest.mark.django_db
NOW = factories.NOW
COUNT = 150


@pytest.fixture
def places():
    """Two accounts, each with wordings A and B."""
    return [
        factories.make_account("telegram", slug="tg", slots="mon-sun 09:00 18:00"),
        factories.make_account("facebook", slug="fb"),
    ]


def _rows(*cells):
    return [csv_rows.of_cells(line, one) for line, one in enumerate(cells, start=2)]


def _scheduled(count=COUNT):
    """Rows as a generator writes them: a game and a window each, an hour after the one before."""
    return _rows(
        *(
            {
                "title": f"Row {place}",
                "link": "https://example.com/",
                "publish_at": (NOW + timedelta(hours=place)).isoformat(),
                "channels": "tg, fb",
                "data.game": f"Game {place % 7}",
                "data.window": "19:00-21:00",
            }
            for place in range(count)
        )
    )


def _one(row):
    return judging.take(row, now=NOW)


def _never(row):
    raise AssertionError(f"row {row.line} was taken by itself")


def test_a_row_costs_a_statement_or_two(places):
    rows = _scheduled()
    with CaptureQueriesContext(connection) as heard:
        verdicts = judging.judge(rows, now=NOW)
    assert all(verdict.fresh for verdict in verdicts)
    assert len(heard) < 1.2 * COUNT, len(heard) / COUNT
    with CaptureQueriesContext(connection) as heard:
        answers = queueing.take_all(rows, _never, now=NOW)
    assert [answer.status_code for answer in answers] == [201] * COUNT
    assert len(heard) < 1.6 * COUNT, len(heard) / COUNT
    assert Post.objects.count() == 2 * COUNT
    with CaptureQueriesContext(connection) as heard:
        again = queueing.take_all(rows, _one, now=NOW)
    assert [answer.body for answer in again] == [answer.body for answer in answers]
    assert len(heard) < 1.2 * COUNT and QueueItem.objects.count() == COUNT


_cells = st.fixed_dictionaries(
    {"title": st.sampled_from(["One", "Two", ""]), "link": st.just("https://example.com/")},
    optional={
        "data.game": st.sampled_from(["Gates", "gates ", "Olympus"]),
        "data.window": st.sampled_from(["19-21", "21-23"]),
        "publish_at": st.sampled_from(
            ["next-slot", *((NOW + timedelta(minutes=after)).isoformat() for after in (30, 60, 89, 90, 5000))]
        ),
        "channels": st.sampled_from(["tg", "fb", "fb, tg", "gone"]),
        "reference": st.sampled_from(["r-1", "r-2"]),
        "idempotency_key": st.sampled_from(["k-1", "k-2"]),
        "meta.variant": st.sampled_from(["A", "split", "rotate"]),
        "repeat.rrule": st.just("FREQ=DAILY;COUNT=2"),
    },
)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    cells=st.lists(_cells, min_size=1, max_size=7),
    draft=st.booleans(),
    minutes=st.sampled_from([60, 0]),
    per_account=st.booleans(),
)
def test_together_they_become_what_they_would_one_after_the_other(places, cells, draft, minutes, per_account):
    rows, became = _rows(*cells), []
    for take in (
        lambda: [judging.take(row, now=NOW, draft=draft) for row in rows],
        lambda: queueing.take_all(rows, lambda row: judging.take(row, now=NOW, draft=draft), now=NOW, draft=draft),
    ):
        with transaction.atomic():
            CooldownRule.objects.create(name="x", fields=["game"], minutes=minutes, per_account=per_account)
            became.append(_what_became(take()))
            transaction.set_rollback(True)
    assert became[0] == became[1]


def _what_became(answers):
    """All that anybody could see of it, with rows in place of ids, since those go on where the first turn stopped."""
    rows = {one.item.pk: row for row, one in reversed([*enumerate(answers)]) if one.item}
    every = QueueItem.objects.order_by("publish_at", "pk").values_list("pk", flat=True)
    items = {pk: place for place, pk in enumerate(sorted(every, key=lambda pk: rows.get(pk, len(rows))))}
    made = sorted(Post.objects.values_list("pk", "item", "account"), key=lambda post: (items[post[1]], post[2]))
    posts = {pk: place for place, (pk, _item, _account) in enumerate(made)}
    first = dict(QueueItem.objects.exclude(series=None).order_by("-series_at").values_list("series", "pk"))
    begun = {series: items[pk] for series, pk in first.items()}
    told = Event.objects.values_list("type", "data")
    return {
        "answers": [(one.status_code, _known(one.body, items, posts, begun), one.created) for one in answers],
        "items": [_of_item(QueueItem.objects.get(pk=pk), items, posts, begun) for pk in items],
        "posts": [_of_post(Post.objects.get(pk=pk)) for pk in posts],
        "events": sorted((items[data["item"]["id"]], kind, data["item"]["title"]) for kind, data in told),
    }


def _of_item(item, *numbers):
    names = ("title", "status", "skip_reason", "publish_at", "reference", "idempotency_key", "game", "window")
    seen = [getattr(item, name) for name in (*names, "next_slot")]
    return seen, numbers[0].get(item.duplicate_of_id), _known(item.receipt, *numbers)


def _of_post(post):
    return [getattr(post, name) for name in ("account_id", "variant", "not_before", "slot_at", "status")]


def _known(body, numbers, posts, begun):
    body = json.loads(json.dumps(body))
    for name, known in (("id", numbers), ("duplicate_of", numbers), ("series", begun)):
        if isinstance(body.get(name), int):
            body[name] = known[body[name]]
    for post in body.get("posts", ()):
        post["id"] = posts[post["id"]]
        # A post's code is a matter of luck.
        post["link"] = ""
    for left in body.get("left_out", ()):
        left["duplicate_of"] = numbers[left["duplicate_of"]]
    return body


def test_a_row_that_repeats_one_of_the_same_file_is_skipped(places):
    cells = {"title": "One", "link": "https://example.com/", "data.game": "Gates", "data.window": "19-21"}
    near, far = (NOW + timedelta(minutes=after) for after in (59, 61))
    rows = _rows(
        cells, cells | {"publish_at": near.isoformat()}, cells | {"title": "Far", "publish_at": far.isoformat()}
    )
    answers = queueing.take_all(rows, _one, now=NOW)
    assert [answer.body["status"] for answer in answers] == ["ready", "skipped", "ready"]
    assert answers[1].body["duplicate_of"] == answers[0].item.pk


def test_a_group_that_the_database_refuses_is_taken_row_by_row(places, monkeypatch):
    """A letter that the database can't keep in one row must not cost the others."""
    rows = _scheduled(3)

    def one(row):
        if row.line == 3:
            raise DatabaseError("a letter")
        return _one(row)

    def refuse(*_given, **_more):
        raise DatabaseError("a letter")

    monkeypatch.setattr("social_queue.statements.insert_all", refuse)
    with pytest.raises(DatabaseError):
        queueing.take_all(rows, one, now=NOW)
    assert [item.title for item in QueueItem.objects.order_by("pk")] == ["Row 0"]


@pytest.mark.django_db(transaction=True)
def test_two_people_who_import_the_same_file_make_nothing_twice(places):
    rows = _scheduled(40)
    results = at_once(lambda _number: [one.created for one in queueing.take_all(rows, _one, now=NOW)], 3)
    assert sum(map(sum, results)) == 40
    assert QueueItem.objects.count() == 40 and Post.objects.count() == 80
    assert set(QueueItem.objects.values_list("status", flat=True)) == {ItemStatus.READY}
