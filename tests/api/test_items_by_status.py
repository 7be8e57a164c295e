"""Items by status: those of one status in the order of their times, page by page, there and back."""

import base64
import json
from datetime import timedelta

import pytest

from social_queue.models import QueueItem
from tests.factories import NOW, make_item

pytestmark = pytest.mark.django_db
STATUSES = ["ready", "posted", "posted", "skipped", "posted", "ready", "posted"]


def _walk(reader, path: str, way: str = "next") -> list[dict]:
    """Every page from ``path`` on."""
    pages = []
    while path:
        pages.append(reader.get(path).json())
        path = (pages[-1][way] or "").partition("/api/autopost/")[2]
        assert len(pages) < 50
    return pages


def _rows(pages: list[dict]) -> list[dict]:
    return [row for page in pages for row in page["results"]]


@pytest.mark.parametrize("order", ["status", "-status"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_each_comes_once_in_the_order_of_its_time_and_the_pages_lead_back(caller, order, size):
    for number, status in enumerate(STATUSES * 2):
        make_item(publish_at=NOW + timedelta(hours=number * 5 % 7), status=status)
    reader = caller("read")
    pages = _walk(reader, f"queue?ordering={order}&page_size={size}")
    found = [(row["status"], row["publish_at"], row["id"]) for row in _rows(pages)]
    assert len(found) == 14 and found == sorted(found, reverse=order.startswith("-"))
    back = _walk(reader, pages[-2]["next"].partition("/api/autopost/")[2], way="previous")
    assert [page["results"] for page in back[::-1]] == [page["results"] for page in pages]


@pytest.mark.parametrize("order", ["status", "-status"])
def test_pages_that_a_version_before_began_are_read_to_their_end(caller, order):
    for number, status in enumerate(STATUSES):
        make_item(publish_at=NOW - timedelta(hours=number), status=status)
    everything = sorted(QueueItem.objects.values_list("status", "pk"), reverse=order.startswith("-"))
    held = base64.urlsafe_b64encode(json.dumps([order, *everything[1], False]).encode()).decode().rstrip("=")
    pages = _walk(caller("read"), f"queue?ordering={order}&page_size=2&cursor={held}")
    assert [(row["status"], row["id"]) for row in _rows(pages)] == everything[2:]
