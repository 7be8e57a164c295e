"""Rows that are written by a statement whose text is kept are the rows that Django itself would write."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from social_queue import statements
from social_queue.models import PlatformAccount, WebhookLog
from tests import factories

_THEN = datetime(2026, 11, 1, tzinfo=UTC)
_texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | _texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_texts, inner, max_size=2),
    max_leaves=4,
)
_row = st.fixed_dictionaries(
    {
        "received_at": st.sampled_from([_THEN, _THEN + timedelta(microseconds=1)]),
        "source": st.sampled_from(["shop", "Shop", "1"]),
        "headers": st.dictionaries(_texts, _json, max_size=2),
        "answer": _json.filter(lambda value: value is not None),
        "body": st.binary(max_size=4),
        "detail": st.sampled_from(["", "0", "False", "None"]),
        "signature_ok": st.booleans(),
        "http_status": st.sampled_from([None, 0, 1, 202]),
        "repeats": st.sampled_from([0, 1]),
    }
)


@how(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(_row, min_size=1, max_size=6))
@pytest.mark.django_db
def test_what_was_prepared_once_for_all_is_what_each_row_holds(rows):
    ours = [WebhookLog(**row) for row in rows]
    statements.insert_all(ours)
    theirs = [WebhookLog.objects.create(**row) for row in rows]
    assert [_held(row) for row in ours] == [_held(row) for row in theirs]


def _held(row: WebhookLog) -> dict:
    held = WebhookLog.objects.values().get(pk=row.pk)
    del held["id"]
    return {name: bytes(value) if name == "body" else value for name, value in held.items()}


@pytest.mark.django_db
def test_more_rows_than_a_statement_may_hold_all_learn_their_ids():
    rows = [WebhookLog(received_at=_THEN, source=f"number-{number}", body=b"") for number in range(250)]
    statements.insert_all(rows)
    assert dict(WebhookLog.objects.values_list("id", "source")) == {row.pk: row.source for row in rows}


@pytest.mark.django_db
def test_no_rows_are_no_statement(django_assert_num_queries):
    with django_assert_num_queries(0):
        statements.insert_all([])


def _say_to_all(ids, seen):
    with transaction.atomic():
        PlatformAccount.objects.filter(pk__in=ids).update(name=seen)
        found = {pk: {"last_error": f"number {pk}"} for pk in ids}
        statements.update_each(PlatformAccount, found, where={"slug": seen})


@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_not_what_its_writer_saw_ends_the_transaction():
    account = factories.make_account("telegram", slug="tg-news")
    before = account.name
    with pytest.raises(OperationalError, match="found 0 rows instead of 1"):
        _say_to_all([account.pk], seen="tg-old")
    account.refresh_from_db()
    assert (account.name, account.last_error) == (before, "")
    _say_to_all([account.pk], seen="tg-news")
    account.refresh_from_db()
    assert (account.name, account.last_error) == ("tg-news", f"number {account.pk}")
