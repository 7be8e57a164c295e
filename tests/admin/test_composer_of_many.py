"""The composer's page and its previews with many accounts."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from social_queue.intake.incoming import normalise
from social_queue.operations import previews
from tests import factories

_ACCOUNTS = 3


def _accounts(first: int, number: int) -> None:
    for place in range(first, first + number):
        factories.make_account("telegram", slug=f"a{place}")


def _queries(desk) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert desk.client.get("/admin/queue/queueitem/add/").status_code == 200
    return len(queries)


def test_the_composer_asks_no_more_for_many_accounts_than_for_few(desk):
    _accounts(0, _ACCOUNTS)
    _queries(desk)  # what it keeps for an hour is no part of it
    few = _queries(desk)
    _accounts(_ACCOUNTS, 10 * _ACCOUNTS)
    assert _queries(desk) == few


def test_nor_does_a_preview_of_what_a_program_would_send(db, now):
    def asked() -> int:
        incoming = normalise({"title": "A title", "link": "https://example.com/"}, now=now, source="tests")
        with CaptureQueriesContext(connection) as queries:
            rows = list(previews.of_incoming(incoming))
        assert all(row["caption"] for row in rows) and rows
        return len(queries)

    _accounts(0, _ACCOUNTS)
    few = asked()
    _accounts(_ACCOUNTS, 10 * _ACCOUNTS)
    assert asked() == few
