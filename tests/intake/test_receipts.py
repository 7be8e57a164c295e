"""A first answer that is given again is the same letter for letter, in whatever order a database keeps its names."""

import json

import pytest

from social_queue.intake import receipts
from tests import factories


def _shuffled(value):
    """As PostgreSQL gives JSON back: shorter names first, equally long ones by the alphabet."""
    if isinstance(value, list):
        return [_shuffled(one) for one in value]
    if isinstance(value, dict):
        return {name: _shuffled(value[name]) for name in sorted(value, key=lambda name: (len(name), name))}
    return value


@pytest.mark.django_db
def test_a_queued_and_a_skipped_item(facebook_account, telegram_account):
    item = factories.make_item(facebook_account, telegram_account)
    for body in (
        receipts.queued(item, item.posts.all(), left_out={facebook_account.pk: 7}),
        receipts.skipped(item),
        {"log": 4, "id": 5, "status": "ready", "items": [{"index": 0, "id": 5, "status": "ready"}]},
    ):
        assert json.dumps(receipts.as_answered(_shuffled(body))) == json.dumps(body)
    # What is compared was really in another order; of the skipped answer's few names it is the same by chance.
    assert json.dumps(_shuffled(body)) != json.dumps(body)


@pytest.mark.django_db
def test_an_item_that_begins_a_repeat(facebook_account):
    item = factories.make_item(facebook_account)
    item.series_id = 7
    body = receipts.queued(item, item.posts.all(), left_out={facebook_account.pk: 7}, notes=["Read by a clock."])
    assert list(body)[-2:] == ["series", "notes"]
    assert json.dumps(receipts.as_answered(_shuffled(body))) == json.dumps(body)
