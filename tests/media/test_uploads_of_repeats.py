"""An upload that a repeat shows each time is in use while the repeat goes on, whatever becomes of its items."""

import io
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from social_queue.intake import ingest
from social_queue.media import files, originals
from social_queue.models import ItemMedium, MediaFile, QueueItem, Series
from social_queue.operations import repeats
from tests.media.test_originals import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(media_root):
    """An upload of two days ago."""
    return originals.keep(io.BytesIO(photo()), now=timezone.now() - timedelta(days=2))[0]


def _begin(kept, **columns):
    now = timezone.now()
    payload = {"title": "Größe", "media": [{"url": "https://a.example/a.jpg"}, {"alt": "x", "upload": kept.sha256}]}
    usual = {"source": "bot", "rule": "FREQ=MONTHLY", "zone": "UTC", "begins_at": now, "lay_not_before": now}
    return Series.objects.create(**usual | {"payload": payload} | columns)


def test_what_a_repeat_shows_next_month_is_kept_without_an_item(kept, facebook_account):
    now = timezone.now()
    begins = now + timedelta(hours=1)
    body = {"title": "Every month", "link": "https://example.com/x", "media": [{"upload": kept.sha256}]}
    asked = body | {"publish_at": begins.isoformat(), "repeat": {"rrule": "FREQ=DAILY;INTERVAL=40"}}
    assert ingest.receive(asked, source="bot", now=now, idempotency_key=None, draft=False).item
    QueueItem.objects.all().delete()
    assert originals.prune(now) == 0
    assert files.there(kept.file)
    assert repeats.lay_due(begins + timedelta(days=30)) == 1
    assert ItemMedium.objects.get().file == kept


@pytest.mark.parametrize(
    "over", [{"cancelled_at": datetime(2026, 11, 1, tzinfo=UTC)}, {"lay_not_before": None}, {"payload": {}}]
)
def test_what_no_repeat_will_show_again_goes(kept, over):
    _begin(kept, **over)
    assert originals.prune(timezone.now()) == 1
    assert not MediaFile.objects.exists() and not files.there(kept.file)


def test_one_that_a_repeat_took_a_moment_ago_stays(kept, monkeypatch):
    forget = originals._forget

    def meanwhile(pk, moment):
        _begin(kept)
        return forget(pk, moment)

    monkeypatch.setattr(originals, "_forget", meanwhile)
    assert originals.prune(timezone.now()) == 0
    assert files.there(kept.file)


def test_however_many_repeats_there_are_they_are_read_once(kept, django_assert_num_queries):
    for _number in range(5):
        _begin(kept)
    with django_assert_num_queries(2):
        assert originals.prune(timezone.now()) == 0
