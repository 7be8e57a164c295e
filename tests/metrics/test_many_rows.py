"""What is made of clicks and posts of some months takes no more steps of SQLite for what is older than that."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

import connectors
from benchmarks.many import statements, traces
from metrics.reports import figures
from metrics.reports.lines import Period
from tests import factories
from tests.support import work_of_database

pytestmark = [pytest.mark.django_db, pytest.mark.only_on("sqlite")]
#: An item every three hours: more than a hundred days, and then five times as many.
_FEW, _MANY, _MINUTES = 1_500, 7_500, 180
#: Of steps that a page takes anyway.
_SLACK = 2_000
#: Of the best hour each account's own posts are looked through.
_PAGES = ("reports/", "wordings/", "reports.csv")


class _Undone(Exception):
    """The rows go again."""


def test_no_page_of_results_reads_what_is_older_than_it_shows(admin_client):
    for number, name in enumerate(connectors.names() * 2):
        factories.make_account(name, slug=f"a{number}")
    few, many = _steps(admin_client, _FEW), _steps(admin_client, _MANY)
    slow = {name: (few[name], many[name]) for name in few if many[name] > 1.2 * few[name] + _SLACK}
    assert slow == {}


def _steps(client, items: int) -> dict[str, int]:
    """{page or report: instructions of SQLite's own machine, in tens}."""
    found: dict[str, int] = {}
    today = datetime.now(UTC).date()
    month = Period(today - timedelta(days=29), today)
    try:
        with transaction.atomic():
            _fill(items)
            client.get("/admin/")  # what it keeps for an hour is no part of it
            for name in _PAGES:
                found[name] = work_of_database.steps_of(lambda name=name: _read(client, name))
            for by in figures.BY:
                found[f"by {by}"] = work_of_database.steps_of(lambda by=by: figures.rows(by, month))
            raise _Undone
    except _Undone:
        return found


def _read(client, name: str) -> None:
    answer = client.get(f"/admin/metrics/clicktotal/{name}")
    assert answer.status_code == 200
    if answer.streaming:
        assert b"".join(answer.streaming_content)


def _fill(items: int) -> None:
    says = statements.DIALECTS["sqlite"]
    with connection.cursor() as cursor:
        for statement in [
            *statements.statements(says, items, minutes=_MINUTES),
            *traces.traces(says, items, minutes=_MINUTES),
            "UPDATE social_posts SET variant = CASE WHEN id / 8 % 2 THEN 'A' ELSE 'B' END",
        ]:
            cursor.execute(statement)
