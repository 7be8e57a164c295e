"""DATABASE_URL becomes what each database needs to be safe under many workers."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.db import Error, connection, connections, transaction

from autopost_site import databases
from social_queue.models import PlatformAccount
from social_queue.workings import outages
from tests import factories


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
def test_whoever_stands_still_loses_its_locks_before_they_are_refused_and_that_before_an_answer_is_given_up(scheme):
    told = databases.parse(f"{scheme}://a@h/n", timeout=12)["OPTIONS"]
    said = str(told.get("init_command") or told["options"])
    assert [int(number) for number in re.findall(r"timeout=(\d+)", said)] == [8, 4]
    assert {told.get("read_timeout", told.get("patience")), told["connect_timeout"]} == {12, 10}


@pytest.mark.parametrize("scheme", ["mysql", "postgres"])
def test_a_migration_may_take_as_long_as_it_takes(scheme):
    closed = []
    told = databases.parse(f"{scheme}://a@h/n")
    held = SimpleNamespace(settings_dict=told, in_atomic_block=False, close=lambda: closed.append(True))
    databases.wait_as_long_as_it_takes(held)
    databases.wait_as_long_as_it_takes(held)
    assert not {"patience", "read_timeout", "write_timeout"} & set(told["OPTIONS"])
    assert (told["OPTIONS"]["connect_timeout"], closed) == (10, [True])
    said = str(told["OPTIONS"].get("init_command") or told["OPTIONS"]["options"])
    assert re.findall(r"idle\w+=(\d+)", said) == ["0"] and "=20" in said


@pytest.mark.parametrize("scheme", ["mysql", "mariadb"])
def test_both_names_of_mysql_get_our_backend(scheme):
    told = databases.parse(f"{scheme}://ann:a%40b@db.example.com:3307/desk")
    assert (told["ENGINE"], told["HOST"], told["PORT"]) == ("autopost_site.mysql", "db.example.com", 3307)
    assert told["TEST"] == {"CHARSET": "utf8mb4"}


@pytest.mark.parametrize("address", ["oracle://a@h/n", "postgis://a@h/n", "nonsense"])
def test_any_other_database_is_a_sentence(address):
    with pytest.raises(ValueError, match="Autopost runs on|is not a database address"):
        databases.parse(address)


@pytest.mark.only_on("postgresql")
def test_the_limits_are_in_force(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout'), current_setting('jit'), current_setting('timezone')")
        assert cursor.fetchone() == ("20s", "off", "UTC")


@pytest.mark.only_on("mysql", "postgresql")
@pytest.mark.django_db(transaction=True)
def test_whoever_stands_still_in_a_transaction_holds_nobody_up(monkeypatch):
    """A host that was frozen while it wrote kept every account from every other host until it thawed."""
    scheme = {"mysql": "mysql", "postgresql": "postgres"}[connection.vendor]
    monkeypatch.setitem(
        connections.settings["default"], "OPTIONS", databases.parse(f"{scheme}://a@h/n", timeout=9)["OPTIONS"]
    )
    account, written, over = factories.make_account("telegram"), threading.Event(), threading.Event()

    def stand_still() -> None:
        try:
            with transaction.atomic():
                _say("is being written", account)
                written.set()
                over.wait(60)
                _say("is written", account)
        finally:
            connection.close()

    def go_on() -> None:
        assert written.wait(60)
        try:
            _say("is free", account)
        finally:
            connection.close()
            over.set()

    with ThreadPoolExecutor(2) as crew:
        still = crew.submit(stand_still)
        crew.submit(go_on).result()
        with pytest.raises(Error) as told:
            still.result()
    assert outages.is_outage(told.value), told.value
    account.refresh_from_db()
    assert account.last_error == "is free"


@pytest.mark.only_on("mysql")
@pytest.mark.django_db(transaction=True)
def test_a_transaction_asks_for_its_beginning_and_its_end_and_for_nothing_else():
    account = factories.make_account("telegram")
    before = _asked()
    with transaction.atomic():
        _say("in one", account)
    assert _asked() - before == 4, "BEGIN, the write, COMMIT, and the question itself."


@pytest.mark.only_on("mysql")
@pytest.mark.django_db(transaction=True)
def test_what_fails_is_taken_back_and_what_comes_after_it_is_committed_at_once():
    account = factories.make_account("telegram")
    with pytest.raises(ZeroDivisionError):
        _fail_after_writing(account)
    account.refresh_from_db()
    assert account.last_error == ""
    _say("by itself", account)
    connection.close()
    account.refresh_from_db()
    assert account.last_error == "by itself"


def _fail_after_writing(account: PlatformAccount) -> None:
    with transaction.atomic():
        _say("half", account)
        with transaction.atomic():
            _say("within", account)
        raise ZeroDivisionError


def _asked() -> int:
    """How many statements the server has had on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS LIKE 'Questions'")
        return int(cursor.fetchone()[1])


def _say(words: str, account: PlatformAccount) -> None:
    PlatformAccount.objects.filter(pk=account.pk).update(last_error=words)
