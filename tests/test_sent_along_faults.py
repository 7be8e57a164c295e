"""What goes wrong with a change that travels, on MariaDB and MySQL, ends its transaction, whoever catches the fault."""

import contextlib
import threading
import time

import MySQLdb
import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, connections, transaction

from social_queue import statements
from social_queue.models import PlatformAccount, Post, VariantCounter
from social_queue.workings import deadlocks
from tests import factories
from tests.support.travelling import rename, say

pytestmark = [pytest.mark.only_on("mysql"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account():
    return factories.make_account("telegram", slug="tg-news")


@pytest.fixture
def other():
    return factories.make_account("telegram", slug="tg-other")


def _count(key: str) -> None:
    VariantCounter.objects.create(key=key)


def _counted() -> set[str]:
    return set(VariantCounter.objects.values_list("key", flat=True))


def _ask(*values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s", values or [1])


def _in_a_part(act) -> None:
    with transaction.atomic():
        act("a part")


def _twice_the_same_slug(account):
    rename(ids=[account.pk], slug="tg-other")


def _not_what_was_seen(account):
    statements.update_each(PlatformAccount, {account.pk: {"last_error": "x"}}, where={"slug": "tg-old"})


@transaction.atomic
def _goes_on_after_a_fault(wrong, account, then, *more):
    """As ``raise_alert`` does, which takes an IntegrityError for its own."""
    _count("before")
    wrong(account)
    with contextlib.suppress(DatabaseError):
        then()
    for key in more:
        _count(key)


_CATCHERS = {"a part": lambda: _in_a_part(_count), "a statement": _ask, "a long one": lambda: _ask("x" * 500_000)}


@pytest.mark.parametrize("more", [["after"], []], ids=["goes on", "ends"])
@pytest.mark.parametrize("then", _CATCHERS.values(), ids=_CATCHERS)
@pytest.mark.parametrize("wrong", [_twice_the_same_slug, _not_what_was_seen])
def test_whoever_catches_the_fault_of_something_else_ends_the_transaction_all_the_same(
    account, other, wrong, then, more
):
    with pytest.raises(IntegrityError if wrong is _twice_the_same_slug else OperationalError):
        _goes_on_after_a_fault(wrong, account, then, *more)
    assert _counted() == set()
    _count("the connection is as good as new")


def test_of_several_faults_the_first_is_told(account, other):
    with pytest.raises(OperationalError, match="found 0 rows instead of 1"):
        _goes_on_after_a_fault(_not_what_was_seen, account, lambda: _twice_the_same_slug(account))


@pytest.mark.parametrize("then", [lambda: None, _ask], ids=["its end", "a statement"])
@pytest.mark.parametrize("wrong", [_twice_the_same_slug, _not_what_was_seen])
def test_a_part_with_such_a_fault_is_taken_back_alone(account, other, wrong, then):
    with transaction.atomic():
        _count("at first")
        with contextlib.suppress(DatabaseError):
            _goes_on_after_a_fault(wrong, account, then)
        _count("at last")
    assert _counted() == {"at first", "at last"}


@transaction.atomic
def _asks_what_can_not_be_sent():
    with contextlib.suppress(ValueError):
        _ask("\ud800")
    _count("in the transaction still")
    raise ZeroDivisionError


def test_a_value_that_can_not_be_sent_takes_nothing_with_it(account):
    with pytest.raises(ZeroDivisionError):
        _asks_what_can_not_be_sent()
    with transaction.atomic():
        say(ids=[account.pk], words="waits")
        with contextlib.suppress(ValueError):
            _ask("\ud800")
        with pytest.raises(ValueError, match="surrogates"):
            say(ids=[account.pk], words="\ud800")
    account.refresh_from_db()
    assert (_counted(), account.last_error) == (set(), "waits")


@pytest.mark.parametrize("last", [300_000, 1], ids=["then long", "then short"])
@pytest.mark.parametrize("size", [300_000, 1], ids=["long", "short"])
def test_what_fits_one_by_one_is_not_made_too_long_by_travelling_together(account, monkeypatch, size, last):
    driver, as_ever, lengths = type(connection.connection), type(connection.connection).query, []
    monkeypatch.setattr(driver, "query", lambda self, text: lengths.append(len(text)) or as_ever(self, text))
    with transaction.atomic():
        for _ in range(2):
            say(ids=[account.pk], words="x" * size)
        assert PlatformAccount.objects.filter(pk=account.pk).exclude(last_error="y" * last).exists()
        say(ids=[account.pk], words="x" * size)
        say(ids=[account.pk], words="y" * last)
    account.refresh_from_db()
    assert account.last_error == "y" * last
    assert max(lengths) < max(size, last) + 2000


def test_what_waits_is_sent_before_automatic_commits_are_switched_on_by_hand(account):
    connection.set_autocommit(False)
    with transaction.atomic(savepoint=False):
        say(ids=[account.pk], words="by hand")
    connection.set_autocommit(True)
    with transaction.atomic():
        pass
    account.refresh_from_db()
    assert account.last_error == "by hand"


@pytest.mark.parametrize("where", [None, {"status": "pending"}])
def test_a_row_that_a_check_refuses_is_the_same_fault_wherever_it_shows(account, where):
    post = factories.make_post(account=account)
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.update_each(Post, {post.pk: {"status": "published", "external_id": None}}, where=where)


def _changes_both(first, second, meet, name):
    with transaction.atomic():
        _count(name)
        say(ids=[first.pk], words=name)
        _ask()
        meet.wait()
        time.sleep(0.3 if name == "slow" else 0)
        say(ids=[second.pk], words=name)


class _Once:
    """A meeting that is held the first time only."""

    def __init__(self, barrier):
        self.wait = lambda: vars(self).__setitem__("wait", lambda: None) or barrier.wait(10)


def _against(act, one, two):
    """Run ``act`` on both accounts while another thread goes the other way round with more to lose."""
    barrier, faults = threading.Barrier(2), []

    def opposite():
        try:
            with transaction.atomic():
                VariantCounter.objects.bulk_create([VariantCounter(key=f"many {n}") for n in range(60)])
                PlatformAccount.objects.filter(pk=two.pk).update(last_error="opposite")
                barrier.wait(10)
                PlatformAccount.objects.filter(pk=one.pk).update(last_error="opposite")
        except DatabaseError as fault:
            faults.append(fault)
        finally:
            connections.close_all()

    thread = threading.Thread(target=opposite)
    thread.start()
    try:
        act(one, two, _Once(barrier), "slow")
    finally:
        thread.join()
    assert faults == []


def test_a_deadlock_of_what_went_out_with_commit_is_tried_again(account, other):
    _against(deadlocks.again(_changes_both), account, other)
    account.refresh_from_db()
    assert account.last_error == "slow" and "slow" in _counted()


def _goes_on_after_it(one, two, meet, name):
    with transaction.atomic():
        say(ids=[one.pk], words=name)
        _ask()
        meet.wait()
        time.sleep(0.3)
        with contextlib.suppress(OperationalError), connection.cursor() as cursor:
            cursor.execute("UPDATE platform_accounts SET last_error = 'met' WHERE id = %s", [two.pk])
        _count("after")


def test_nothing_stands_of_a_transaction_that_the_server_has_ended_by_a_deadlock(account, other):
    with pytest.raises(OperationalError) as told:
        _against(_goes_on_after_it, account, other)
    assert deadlocks.is_collision(told.value)
    assert "after" not in _counted()


@transaction.atomic
def _changes_in_halves(account):
    _count("half")
    say(ids=[account.pk], words="the other half")


def test_a_transaction_that_something_breaks_into_at_its_end_is_not_committed_by_the_next(account, monkeypatch):
    driver, as_ever = type(connection.connection), type(connection.connection).query

    def query(self, text):
        if bytes(text).endswith(b"COMMIT"):
            raise KeyboardInterrupt
        return as_ever(self, text)

    monkeypatch.setattr(driver, "query", query)
    with pytest.raises(KeyboardInterrupt):
        _changes_in_halves(account)
    monkeypatch.undo()
    _in_a_part(_count)
    assert _counted() == {"a part"}


def test_whoever_may_not_close_the_connection_takes_nothing_from_it(account):
    faults = []

    def close(mine):
        try:
            mine.close()
        except DatabaseError as fault:
            faults.append(fault)

    with transaction.atomic():
        say(ids=[account.pk], words="mine")
        stranger = threading.Thread(target=close, args=[connections["default"]])
        stranger.start()
        stranger.join()
    account.refresh_from_db()
    assert (len(faults), account.last_error) == (1, "mine")


def test_a_transaction_without_a_statement_says_nothing_for_a_connection_in_doubt(account):
    told = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("SELECT CONNECTION_ID()")
        number = cursor.fetchone()[0]
    address = {"host": told["HOST"], "port": int(told["PORT"]), "user": told["USER"], "password": told["PASSWORD"]}
    with contextlib.closing(MySQLdb.connect(**address)) as killer:
        killer.query(f"KILL {number}")
    with pytest.raises(OperationalError):
        _ask()
    with contextlib.suppress(OperationalError), transaction.atomic():
        pass
    in_doubt = connection.errors_occurred
    connection.close()
    assert in_doubt
