"""Many old rows go a few at a time, so that whoever writes meanwhile never waits for all of them."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import connection
from django_q.models import Task

from social_queue.models import (
    Alert,
    Event,
    EventSending,
    FailedLogIn,
    Feed,
    FeedEntry,
    LoginAttempt,
    Press,
    WebhookLog,
)
from social_queue.upkeep import prune
from social_queue.workings import clearing

pytestmark = pytest.mark.django_db(transaction=True)

_FEW, _ROWS = 2, 5
LONG_AGO = timedelta(days=400)


@pytest.fixture
def removals(monkeypatch):
    """(table, rows that it took, whether no transaction goes round it) of every DELETE."""
    monkeypatch.setattr(clearing, "_AT_ONCE", _FEW)
    heard = []

    def note(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("DELETE"):
            # Of a join MySQL and MariaDB are told the table first: DELETE `table` FROM `table` INNER JOIN …
            table = sql.replace(" FROM", "", 1).split()[1].strip('`"')
            heard.append((table, context["cursor"].rowcount, not connection.savepoint_ids))
        return result

    with connection.execute_wrapper(note):
        yield heard


def test_no_statement_takes_away_more_than_a_few_rows(removals, media_root, now):
    _lay(now - LONG_AGO)
    laid = {model: model.objects.count() for model in _KINDS}
    assert set(laid.values()) == {_ROWS}
    prune.prune(now)
    assert {model: model.objects.count() for model in _KINDS} == dict.fromkeys(_KINDS, 0)
    tables = {model._meta.db_table for model in _KINDS}
    mine = [one for one in removals if one[0] in tables]
    assert {table for table, _rows, _alone in mine} == tables
    assert [one for one in mine if one[1] > _FEW or not one[2]] == []


@pytest.mark.only_on("sqlite")
def test_others_may_write_after_each_group(removals, monkeypatch, now):
    pauses = []
    monkeypatch.setattr(clearing, "sleep", lambda seconds: pauses.append((seconds, connection.in_atomic_block)))
    for number in range(_ROWS):
        Press.objects.create(person=_person(), pressed_at=now, undo_until=now, key=f"{number}")
    assert clearing.clear(Press.objects.all()) == _ROWS
    assert len(pauses) == len(removals) == 3
    assert all(0 < seconds <= 0.1 and not within for seconds, within in pauses)


def test_what_changes_meanwhile_stays(removals, now):
    """A row is looked at once more by the statement that takes it away."""
    for number in range(3):
        Press.objects.create(person=_person(), pressed_at=now, undo_until=now, key=f"{number}")

    def change(execute, sql, params, many, context):
        if sql.startswith("DELETE"):
            with connection.cursor() as cursor:
                cursor.execute("UPDATE social_presses SET model = 'kept'")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(change):
        assert clearing.clear(Press.objects.filter(model="")) == 0
    assert Press.objects.count() == 3


_KINDS = (
    *(WebhookLog, Alert, Press, LoginAttempt, FailedLogIn, AccessAttempt, Session, EventSending, FeedEntry),
    Task,
)


def _person() -> User:
    return User.objects.get_or_create(username="editor")[0]


def _lay(then) -> None:
    feed = Feed.objects.create(slug="news", url="https://feed.test/", looked_at=then + LONG_AGO)
    event = Event.objects.create(type="item.posted")
    for number in range(_ROWS):
        WebhookLog.objects.create(source="shop", received_at=then, body=b"{}")
        Alert.objects.create(kind="rejected", text="Refused.", raised_at=then, resolved_at=then)
        Press.objects.create(person=_person(), pressed_at=then, undo_until=then)
        LoginAttempt.objects.create(person=_person(), state_hash=f"{number}", session_hash="s", made_at=then)
        FailedLogIn.objects.create(username="editor", ip_address="192.0.2.1")
        AccessAttempt.objects.create(username=f"editor{number}", ip_address="192.0.2.1", failures_since_start=1)
        Session.objects.create(session_key=f"{number}", session_data="", expire_date=then)
        EventSending.objects.create(url="https://receiver.test/", event=event, sent_at=then)
        FeedEntry.objects.create(feed=feed, key=f"{number}", first_seen_at=then, last_seen_at=then)
        Task.objects.create(id=f"{number}", name="tick", func="f", started=then, stopped=then, success=False)
    # Both say by themselves when they were made.
    FailedLogIn.objects.update(attempt_time=then)
    AccessAttempt.objects.update(attempt_time=then)
