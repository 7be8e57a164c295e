"""Quiet hours that last beyond the end of an item: whoever sends or previews it is told, and nothing is refused."""

import pytest

from social_queue.intake import ingest
from social_queue.intake.incoming import normalise
from social_queue.models import QueueItem
from social_queue.operations import previews
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
#: 23:00 in Berlin.
BODY = {"title": "Gates", "link": "https://example.com/p", "publish_at": "2026-12-20T22:00:00Z"}


@pytest.fixture(autouse=True)
def _accounts():
    factories.make_account("facebook", slug="fb", quiet_hours="22:00-07:00", zone="Europe/Berlin")
    factories.make_account("telegram", slug="tg")


def _told(**fields):
    answer = ingest.receive(BODY | fields, source="tests", now=factories.NOW)
    assert answer.status_code == 201
    return answer.body.get("notes", [])


def _previewed(**fields):
    found = previews.of_incoming(normalise(BODY | fields, now=factories.NOW, source="tests", to_look=True))
    return {row["account"]: [problem["code"] for problem in row["problems"]] for row in found}


@pytest.mark.parametrize("expires_at", ["2026-12-21T00:00:00Z", "2026-12-21T06:00:00Z"])
def test_an_item_that_expires_before_they_end_is_told_of(expires_at):
    assert _told(expires_at=expires_at) == ["Quiet hours last until expires_at, so it does not go out: fb."]
    found = _previewed(expires_at=expires_at)
    assert "expires_in_quiet_hours" in found["fb"] and "expires_in_quiet_hours" not in found["tg"]
    assert "expires_in_quiet_hours" in [
        p["code"] for p in list(previews.of_item(QueueItem.objects.get()))[0]["problems"]
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"expires_at": "2026-12-21T06:00:01Z"},
        {"publish_at": "2026-12-20T20:00:00Z", "expires_at": "2026-12-20T21:30:00Z"},
        {"publish_at": "next-slot", "expires_at": "2026-12-21T00:00:00Z", "channels": ["tg"]},
    ],
)
def test_one_that_can_go_out_is_not(fields):
    assert not [note for note in _told(**fields) if "Quiet hours" in note]
    assert not any("expires_in_quiet_hours" in codes for codes in _previewed(**fields).values())
