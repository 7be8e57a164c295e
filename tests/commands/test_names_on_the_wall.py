"""The wall calls an account as the desk does."""

import pytest
from django.db import connection

from social_queue.demo.names import AccountNames
from tests import factories

# The names are read on connections that are closed again.
pytestmark = pytest.mark.django_db(transaction=True)


def test_an_account_is_known_by_platform_and_address_however_it_is_written():
    factories.make_account("twitter", address="KabarMain", name="Kabar Main")
    factories.make_account("facebook", address="102938", name="Kabar Page")
    factories.make_account("telegram", address="-100123", name="")
    names = AccountNames()
    assert (names("twitter", "@kabarmain"), names("facebook", "102938")) == ("Kabar Main", "Kabar Page")
    assert [names("instagram", "102938"), names("telegram", "-100123"), names("facebook", "1")] == ["", "", ""]


def test_another_name_is_seen_after_a_while_and_asked_for_once_till_then(django_assert_num_queries, monkeypatch):
    account = factories.make_account("facebook", address="102938", name="Kabar")
    names = AccountNames()
    with django_assert_num_queries(1):
        assert [names("facebook", "102938") for _post in range(50)] == ["Kabar"] * 50
    type(account).objects.update(name="Kabar Baru")
    monkeypatch.setattr("social_queue.demo.names._KEPT_S", 0)
    assert names("facebook", "102938") == "Kabar Baru"


def test_without_a_database_that_is_laid_out_addresses_stay():
    table = connection.ops.quote_name("platform_accounts")
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} RENAME TO away_for_a_test")
    try:
        assert AccountNames()("facebook", "102938") == ""
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"ALTER TABLE away_for_a_test RENAME TO {table}")
