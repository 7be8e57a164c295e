"""With six times as many rows MariaDB and PostgreSQL read hardly more of them for a page of the desk."""

import types
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

import connectors
from benchmarks.many import statements
from benchmarks.many.pages import PAGES
from social_queue.admin.pieces import next_first
from tests import factories
from tests.support import work_of_database

# ANALYZE TABLE ends the transaction it stands in.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.only_on("mysql", "postgresql")]
_FEW, _MANY = 1_000, 6_000
#: Today counts what is out today, up to ten thousand: no few rows, but no more of a larger table.
_ASKED = {name: path for name, path in PAGES.items() if name != "today"} | {"items, page 3": "queueitem/?p=3"}
#: A list begins with what is due next: asked while some is, and when nothing waits any longer.
_HOURS = {"": timedelta(0), ", nothing due": timedelta(hours=9)}
#: Of rows that a page reads anyway.
_SLACK = 1_500
#: The hour of every day, in UTC, at which what is out ends: of each day that is crowded the calendar reads more than of
#: others, and how many are depends on it.
_ENDS_AT = 22
_TABLES = ("social_attempts", "social_alerts", "webhooks_log", "django_admin_log", "social_posts", "social_queue")


def test_no_page_reads_the_whole_of_a_large_table(desk, small_limits, monkeypatch):
    rows = [factories.make_account(name, slug=f"a{number}") for number, name in enumerate(connectors.names() * 2)]
    few, many = (_read(desk, items, monkeypatch, account=rows[0].pk) for items in (_FEW, _MANY))
    slow = {name: (few[name], many[name]) for name in few if many[name] > 2 * few[name] + _SLACK}
    assert slow == {}


def _read(desk, items: int, monkeypatch, *, account: int) -> dict[str, int]:
    """{page: rows that the database read}."""
    some = items - 700
    known = {"platform": connectors.names()[0], "day": datetime.now(UTC).date(), "item": some, "post": 3 * some}
    _fill(items)
    desk.client.get("/admin/")  # what it keeps for an hour is no part of it
    found = {}
    for hour, later in _HOURS.items():
        moment = _end_of_what_is_out() + later
        monkeypatch.setattr(next_first, "timezone", types.SimpleNamespace(now=lambda moment=moment: moment))
        for name, path in _ASKED.items():
            if later and not name.startswith("items"):
                continue
            address = "/admin/" if path is None else f"/admin/queue/{path.format(**known)}"
            found[name + hour] = _rows_of(desk, address.replace("account=1", f"account={account}"))
    return found


def _rows_of(desk, address: str) -> int:
    with work_of_database.rows_counted() as rows:
        if connection.vendor == "postgresql":
            # Of tables as small as a test's it would read the whole.
            connection.cursor().execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        assert desk.client.get(address).status_code == 200
    return int(rows.read)


def _fill(items: int) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "mysql":
            cursor.execute("SET SESSION sql_mode = 'PIPES_AS_CONCAT,STRICT_TRANS_TABLES', time_zone = '+00:00'")
        for table in _TABLES:
            cursor.execute(f"DELETE FROM {table}")
        for statement in statements.statements(
            statements.DIALECTS[connection.vendor], items, now=_end_of_what_is_out().timestamp()
        ):
            cursor.execute(statement)
        if connection.vendor == "mysql":
            cursor.execute("SET SESSION sql_mode = 'STRICT_TRANS_TABLES'")
    work_of_database.analyze(*_TABLES)


def _end_of_what_is_out() -> datetime:
    now = datetime.now(UTC)
    ended = now.replace(hour=_ENDS_AT, minute=0, second=0)
    return ended if ended <= now else ended - timedelta(days=1)
