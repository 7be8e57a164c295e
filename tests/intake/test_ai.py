"""The field ``ai`` of ingest, and what the site makes of items that declare nothing."""

import pytest

from social_queue.intake import ingest
from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

BODY = {"title": "Gates", "link": "https://example.com/p"}


@pytest.fixture(autouse=True)
def _account():
    factories.make_account()


def answer(source="bot", **fields):
    return ingest.receive({**BODY, **fields}, source=source, now=factories.NOW)


@pytest.mark.parametrize(
    "given", [{"generated": True, "tool": "our writer"}, {"generated": False}, {"generated": True, "tool": None}]
)
def test_what_is_declared_is_kept(given):
    assert answer(ai=given).status_code == 201
    assert QueueItem.objects.get().ai == {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    "given",
    [True, [], "yes", {}, {"generated": "true"}, {"generated": 1}, {"generated": True, "model": "x"},
     {"generated": True, "tool": 7}, {"generated": True, "tool": "a\x00b"}, {"generated": True, "tool": "x" * 101}],
)  # fmt: skip
def test_what_can_t_be_read_is_refused_by_the_field_s_name(given):
    refused = answer(ai=given)
    assert refused.status_code == 400 and list(refused.body["error"]["fields"]) == ["ai"]


def test_where_the_site_wants_it_declared_everybody_must(settings):
    settings.AI_LABEL = "refuse"
    refused = answer()
    assert refused.status_code == 400 and list(refused.body["error"]["fields"]) == ["ai"]
    assert answer(ai={"generated": False}).status_code == 201
    refused = answer(source="admin:ayu")
    assert refused.status_code == 400 and list(refused.body["error"]["fields"]) == ["ai"]
    assert answer(source="desk-test").status_code == 201
