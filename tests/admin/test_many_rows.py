"""With five times as many rows the desk's pages take hardly more steps of the database, where nobody ran ANALYZE."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

import connectors
from benchmarks.many import statements
from benchmarks.many.pages import PAGES
from tests import factories
from tests.support import work_of_database

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
_FEW, _MANY = 1_000, 5_000
#: Of the calendar the days are fuller, and tests/calendar says what is read of them.
_ASKED = {name: path for name, path in PAGES.items() if not name.startswith("calendar")}
#: Of steps that a page takes anyway.
_SLACK = 3_000


class _Undone(Exception):
    """The rows go again."""


def test_no_page_reads_the_whole_of_a_large_table(desk, small_limits):
    rows = [factories.make_account(name, slug=f"a{number}") for number, name in enumerate(connectors.names() * 2)]
    few, many = (_steps(desk, items, account=rows[0].pk) for items in (_FEW, _MANY))
    slow = {name: (few[name], many[name]) for name in few if many[name] > 2 * few[name] + _SLACK}
    assert slow == {}


def _steps(desk, items: int, *, account: int) -> dict[str, int]:
    """{page: instructions of SQLite's own machine, in tens}."""
    found: dict[str, int] = {}
    some = items - 700
    known = {"platform": connectors.names()[0], "day": datetime.now(UTC).date(), "item": some, "post": 3 * some}
    try:
        with transaction.atomic():
            _fill(items)
            desk.client.get("/admin/")  # what it keeps for an hour is no part of it
            for name, path in _ASKED.items():
                address = "/admin/" if path is None else f"/admin/queue/{path.format(**known)}"
                found[name] = _of_page(desk, address.replace("account=1", f"account={account}"))
            raise _Undone
    except _Undone:
        return found


def _of_page(desk, address: str) -> int:
    answers = []
    steps = work_of_database.steps_of(lambda: answers.append(desk.client.get(address)))
    assert answers[0].status_code == 200
    return steps


def _fill(items: int) -> None:
    with connection.cursor() as cursor:
        for statement in statements.statements(statements.DIALECTS["sqlite"], items):
            cursor.execute(statement)
