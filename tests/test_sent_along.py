"""On MariaDB and MySQL a transaction's beginning, and changes that nobody counts, travel with what is run next."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from social_queue.models import PlatformAccount, VariantCounter
from tests import factories
from tests.support.travelling import rename, say

pytestmark = [pytest.mark.only_on("mysql"), pytest.mark.django_db(transaction=True)]


@pytest.fixture
def account():
    return factories.make_account("telegram", slug="tg-news")


def _words(text: str) -> list[str]:
    return [one.split()[0] for one in text.split("; ")]


@pytest.fixture
def messages(account, monkeypatch):
    """The texts that have gone to the server since, each message as a list of the first words of its statements."""
    sent: list[list[str]] = []
    driver = type(connection.connection)
    as_ever = driver.query

    def query(self, text):
        sent.append(_words(bytes(text).decode()))
        return as_ever(self, text)

    monkeypatch.setattr(driver, "query", query)
    return sent


def test_a_transaction_of_changes_that_nobody_counts_is_one_message(account, messages):
    with transaction.atomic():
        say(ids=[account.pk], words="first")
        say(ids=[account.pk], words="second")
        assert messages == []
    assert messages == [["BEGIN", "UPDATE", "UPDATE", "COMMIT"]]
    account.refresh_from_db()
    assert account.last_error == "second"


def test_what_is_asked_for_sees_what_was_changed_before_it(account, messages):
    with transaction.atomic():
        say(ids=[account.pk], words="so")
        assert PlatformAccount.objects.get(pk=account.pk).last_error == "so"
        assert PlatformAccount.objects.filter(last_error="so").update(last_error=F("slug")) == 1
    assert [len(one) for one in messages[:2]] == [3, 1]
    account.refresh_from_db()
    assert account.last_error == "tg-news"


def test_where_nothing_is_asked_nothing_is_sent(account, messages):
    with transaction.atomic():
        pass
    assert messages == []


def test_many_rows_go_in_behind_what_waits(account):
    with transaction.atomic():
        say(ids=[account.pk], words="100 %")
        VariantCounter.objects.bulk_create([VariantCounter(key=f"{n} %") for n in range(3)])
        with connection.cursor() as cursor:
            say(ids=[account.pk], words="99 %")
            cursor.executemany("INSERT INTO variant_counters (`key`, value) VALUES (%s, %s)", [("a", 1), ("b", 2)])
            say(ids=[account.pk], words="98 %")
            cursor.execute("SELECT last_error FROM platform_accounts WHERE last_error LIKE '98 %'")
            assert cursor.fetchall() == (("98 %",),)
            say(ids=[account.pk], words="97 %")
            cursor.execute("SELECT last_error FROM platform_accounts WHERE id = %(id)s", {"id": account.pk})
            assert cursor.fetchall() == (("97 %",),)
    assert VariantCounter.objects.count() == 5


def _half_done(account, *, then=lambda: None):
    with transaction.atomic():
        say(ids=[account.pk], words="half")
        then()
        raise ZeroDivisionError


def test_what_waits_is_not_written_when_its_transaction_is_taken_back(account, messages):
    with pytest.raises(ZeroDivisionError):
        _half_done(account)
    assert messages == []
    with transaction.atomic():
        assert PlatformAccount.objects.get(pk=account.pk).last_error == ""


def test_of_a_part_that_is_taken_back_only_what_was_before_it_is_written(account):
    with transaction.atomic():
        rename(ids=[account.pk], slug="tg-other")
        with pytest.raises(ZeroDivisionError):
            _half_done(account)
    account.refresh_from_db()
    assert (account.slug, account.last_error) == ("tg-other", "")


def _names_both(slug, other, *, then):
    with transaction.atomic():
        say(ids=[other.pk], words="before it")
        rename(ids=[other.pk], slug=slug)
        then()


@pytest.mark.parametrize("then", [lambda: None, PlatformAccount.objects.count], ids=["at the end", "at the next"])
def test_a_fault_shows_at_the_next_statement_and_nothing_of_it_all_is_written(account, then):
    other = factories.make_account("telegram", slug="tg-other")
    with pytest.raises(IntegrityError):
        _names_both("tg-news", other, then=then)
    other.refresh_from_db()
    assert (other.slug, other.last_error) == ("tg-other", "")
    # The connection is as good as new.
    _names_both("tg-third", other, then=then)
    other.refresh_from_db()
    assert (other.slug, other.last_error) == ("tg-third", "before it")


def test_outside_of_a_transaction_and_where_statements_are_looked_at_nothing_waits(account, messages):
    say(ids=[account.pk], words="at once")
    assert messages == [["UPDATE"]]
    with CaptureQueriesContext(connection) as looked_at, transaction.atomic():
        say(ids=[account.pk], words="looked at")
    assert [_words(one["sql"]) for one in looked_at.captured_queries] == [["BEGIN", "UPDATE"], ["COMMIT"]]


def test_a_proxy_that_takes_one_statement_at_a_time_gets_one_at_a_time(account, messages, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "multi_statements", 0)
    connection.close()
    connection.ensure_connection()
    messages.clear()
    with transaction.atomic():
        say(ids=[account.pk], words="alone")
    assert messages[0] == ["BEGIN"] and messages[1] == ["UPDATE"]
    assert all(len(one) == 1 for one in messages)
    connection.close()
    account.refresh_from_db()
    assert account.last_error == "alone"


def test_what_waited_on_a_connection_that_was_lost_is_gone(account):
    with pytest.raises(ZeroDivisionError):
        _half_done(account, then=connection.close)
    with transaction.atomic():
        rename(ids=[account.pk], slug="tg-other")
    account.refresh_from_db()
    assert (account.slug, account.last_error) == ("tg-other", "")
