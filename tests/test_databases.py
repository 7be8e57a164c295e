"""DATABASE_URL becomes what each database needs to be safe under many workers."""

import re
from types import SimpleNamespace

import pytest
from django.db import connection

from autopost_site import databases


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_gets_its_time_limits_and_is_asked_whether_it_is_still_there(scheme):
    told = databases.parse(f"{scheme}://ann:a%40b@db.example.com:5433/desk?sslmode=require")
    assert (told["ENGINE"], told["HOST"], told["PORT"]) == ("autopost_site.postgresql", "db.example.com", 5433)
    assert (told["NAME"], told["USER"], told["PASSWORD"]) == ("desk", "ann", "a@b")
    assert told["CONN_HEALTH_CHECKS"] is True
    assert told["CONN_MAX_AGE"] == 600
    assert told["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout=20s" in told["OPTIONS"]["options"]


def test_the_address_has_the_last_word_and_a_pooler_gets_no_options():
    assert databases.parse("postgres://a@h/n?options=-c%20jit=on")["OPTIONS"]["options"] == "-c jit=on"
    assert databases.parse("postgres://a@h/n?options=")["OPTIONS"]["options"] == ""


@pytest.mark.parametrize("scheme", ["mysql", "postgres"])
def test_locks_are_refused_before_an_answer_is_given_up_and_both_before_a_transaction_is_ended(scheme):
    told = databases.parse(f"{scheme}://a@h/n", timeout=12)["OPTIONS"]
    said = str(told.get("init_command") or told["options"])
    assert [int(number) for number in re.findall(r"timeout=(\d+)", said)] == [8, 24]
    assert {told.get("read_timeout", told.get("patience")), told["connect_timeout"]} == {12, 10}


def test_a_migration_may_take_as_long_as_it_takes():
    closed = []
    told = databases.parse("postgres://a@h/n")
    held = SimpleNamespace(settings_dict=told, in_atomic_block=False, close=lambda: closed.append(True))
    databases.wait_as_long_as_it_takes(held)
    databases.wait_as_long_as_it_takes(held)
    assert "patience" not in told["OPTIONS"]
    assert (told["OPTIONS"]["connect_timeout"], closed) == (10, [True])


@pytest.mark.parametrize("address", ["oracle://a@h/n", "postgis://a@h/n", "nonsense"])
def test_any_other_database_is_a_sentence(address):
    with pytest.raises(ValueError, match="Autopost runs on|is not a database address"):
        databases.parse(address)


@pytest.mark.only_on("postgresql")
def test_the_limits_are_in_force(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('jit'), current_setting('timezone')")
        assert cursor.fetchone() == ("20s", "off", "UTC")
