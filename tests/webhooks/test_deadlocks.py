"""What becomes of a delivery is written again when the database gave it up for another's sake."""

from datetime import UTC, datetime

import pytest
from django.db import OperationalError, connection

from social_queue.models import WebhookLog
from social_queue.webhooks import log
from tests import factories


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("end", "status"),
    [
        (lambda row, item: log.refuse(row, 422, {}), "rejected"),
        (lambda row, item: log.ignore(row, "Not for us."), "ignored"),
        (lambda row, item: log.accept(row, {"id": item.pk}), "accepted"),
        (lambda row, item: log.repeat(row, row, {"id": item.pk}), "duplicate"),
    ],
)
def test_it_is_written_at_the_second_try(end, status):
    item = factories.make_item()
    row = WebhookLog.objects.create(source="shop", received_at=datetime.now(UTC), body=b"{", delivery_id="msg_a")
    lost = []

    def lose_once(execute, sql, *given):
        if sql.startswith("UPDATE") and not lost:
            lost.append(sql)
            raise OperationalError(1213, "Deadlock found when trying to get lock; try restarting transaction")
        return execute(sql, *given)

    with connection.execute_wrapper(lose_once):
        end(row, item)
    assert len(lost) == 1
    row.refresh_from_db()
    assert row.status == status
