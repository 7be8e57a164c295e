"""With ten times as many rows the desk's pages take hardly more steps of the database."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction

import connectors
from benchmarks.many import statements
from benchmarks.many.pages import PAGES
from social_queue.admin import reach
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
_FEW, _MANY = 1_000, 10_000
#: Of steps that a page takes anyway.
_SLACK = 3_000


class _Undone(Exception):
    """The rows go again."""


@pytest.fixture(params=["counted", "not counted"])
def analysed(request) -> bool:
    """A site where somebody has run ANALYZE, and one where nobody has."""
    return request.param == "counted"


def test_no_page_reads_the_whole_of_a_large_table(desk, analysed, monkeypatch):
    monkeypatch.setattr(reach, "_STEPS", ((500, 500), (None, 5_000)))
    for number, platform in enumerate(connectors.names() * 2):
        factories.make_account(platform, slug=f"a{number}")
    few, many = (_steps(desk, items, analysed=analysed) for items in (_FEW, _MANY))
    slow = {name: (few[name], many[name]) for name in PAGES if many[name] > 2 * few[name] + _SLACK}
    assert not slow


def _steps(desk, items: int, *, analysed: bool) -> dict[str, int]:
    """{page: instructions of SQLite's own machine, in tens}."""
    found = {}
    known = {
        "platform": connectors.names()[0],
        "day": datetime.now(UTC).date(),
        "item": items - 700,
        "post": 3 * (items - 700),
    }
    try:
        with transaction.atomic():
            _fill(items, analysed=analysed)
            for name, path in PAGES.items():
                address = "/admin/" if path is None else f"/admin/queue/{path.format(**known)}"
                assert desk.client.get(address).status_code == 200
                taken: list[int] = []
                connection.connection.set_progress_handler(lambda taken=taken: taken.append(1) and None, 10)
                desk.client.get(address)
                connection.connection.set_progress_handler(None, 10)
                found[name] = len(taken)
            raise _Undone
    except _Undone:
        return found


def _fill(items: int, *, analysed: bool) -> None:
    with connection.cursor() as cursor:
        for statement in statements.statements(statements.DIALECTS["sqlite"], items):
            cursor.execute(statement)
        cursor.execute("ANALYZE" if analysed else "DROP TABLE IF EXISTS sqlite_stat1")
