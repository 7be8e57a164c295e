"""A change is judged as the whole item would be if it came in anew; what was wrong before it is not held against it."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from social_queue.accounts.channels import select
from social_queue.intake import ingest
from social_queue.intake.incoming import Malformed
from social_queue.models import MediaFile, PlatformAccount, Post, QueueItem
from social_queue.operations import editing
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
PICTURE = "https://example.com/a.jpg"
LONG, FULL = "a" * 2000, "a" * 4096


@pytest.fixture(autouse=True)
def _places(settings):
    settings.CARDS = "needed"
    for platform, slug in (("telegram", "tg"), ("facebook", "fb"), ("twitter", "x")):
        factories.make_account(platform, slug=slug)


def body(**fields):
    later = (timezone.now() + timedelta(days=2)).isoformat()
    return {"title": "Gates", "link": "https://example.com/p", "channels": ["tg"], "publish_at": later} | fields


def taken(**fields):
    answer = ingest.receive(body(**fields), source="tests", now=timezone.now())
    assert answer.status_code == 201, answer.body
    return answer.item


def change(item, **changes):
    return editing.edit(item.pk, changes, now=timezone.now())


def refused(item, **changes):
    """The fields that are named; nothing of the item is changed by it."""
    before = QueueItem.objects.filter(pk=item.pk).values().get()
    with pytest.raises(Malformed) as met:
        change(item, **changes)
    assert QueueItem.objects.filter(pk=item.pk).values().get() == before
    return met.value.fields


def an_upload():
    facts = {"kind": "image", "media_type": "image/jpeg", "width": 400, "height": 300, "bytes": 1000}
    return MediaFile.objects.create(sha256="a" * 64, file="media/a.jpg", uploaded_at=timezone.now(), **facts)


CASES = [
    ("captions", {"captions": {"tg": LONG}}, {"image_url": PICTURE}),
    ("captions", {"captions": {"tg": LONG}}, {"media": [{"url": PICTURE}, {"url": f"{PICTURE}?2"}]}),
    ("captions", {"captions": {"tg": FULL}}, {"ai": {"generated": True}}),
    ("captions", {"captions": {"tg": "a" * 3900 + "{link}"}}, {"link": f"https://example.com/{'b' * 900}"}),
    ("title", {"title": "$AAA and $BBB", "channels": ["fb"]}, {"channels": ["x"]}),
    ("follow_ups", {"follow_ups": [{"text": "a" * 3900 + "{link}"}]}, {"link": f"https://example.com/{'b' * 900}"}),
]


@pytest.mark.parametrize(("field", "had", "changes"), CASES)
def test_what_ingest_refuses_of_the_whole_is_refused_of_a_change(field, had, changes, settings):
    settings.LINK_MODE = "plain"
    whole = ingest.receive(body(**had | changes), source="tests", now=timezone.now())
    assert (whole.status_code, list(whole.body["error"]["fields"])) == (400, [field])
    assert refused(taken(**had), **changes) == whole.body["error"]["fields"]


def test_an_upload_counts_as_a_picture():
    whole = ingest.receive(
        body(captions={"tg": LONG}, media=[{"upload": an_upload().sha256}]), source="tests", now=timezone.now()
    )
    assert whole.status_code == 400 and list(whole.body["error"]["fields"]) == ["captions"]
    assert list(refused(taken(captions={"tg": LONG}), media=[{"upload": "a" * 64}])) == ["captions"]


def test_what_somebody_wrote_for_one_post_is_judged_too():
    item = taken()
    Post.objects.update(caption=LONG, caption_edited=True)
    [sentence] = refused(item, image_url=PICTURE)["captions"]
    assert sentence.startswith("tg: ") and "only 1024" in sentence
    change(item, image_url=PICTURE, captions={"tg": "Short"})
    assert QueueItem.objects.get().image_url == PICTURE


def test_a_post_that_is_cancelled_is_not_asked():
    item = taken(channels=["tg", "fb"], captions={"tg": LONG})
    Post.objects.filter(account__slug="tg").update(status="cancelled")
    assert change(item, image_url=PICTURE).image_url == PICTURE


def test_what_was_wrong_already_does_not_stand_in_the_way(settings):
    item = taken(channels=["tg", "fb", "x"], captions={"tg": LONG, "fb": "a" * 900})
    QueueItem.objects.update(image_url=PICTURE, title="$AAA and $BBB", follow_ups=[{"text": "a" * 5000}])
    for changes in (
        {"summary": "Other"},
        {"link": "https://example.com/other"},
        {"ai": {"generated": False}},
        {"channels": ["tg", "x"]},
        {"media": None},
    ):
        change(item, **changes)
    assert {account.slug for account in select(QueueItem.objects.get().channels)} == {"tg", "x"}
    assert set(refused(item, title="$AAA, $BBB", captions={"tg": "a" * 5000})) == {"title", "captions"}


def test_a_draft_may_hold_what_no_platform_takes():
    item = taken(captions={"tg": LONG})
    Post.objects.all().delete()
    QueueItem.objects.update(status="draft")
    assert change(item, image_url=PICTURE).image_url == PICTURE


def test_a_skipped_one_is_judged_as_one_that_goes():
    item = taken(captions={"tg": LONG})
    Post.objects.all().delete()
    QueueItem.objects.update(status="skipped")
    assert list(refused(item, image_url=PICTURE)) == ["captions"]
    QueueItem.objects.update(image_url=PICTURE)
    assert change(item, link="https://example.com/other").link == "https://example.com/other"


class TestNextSlot:
    @pytest.fixture(autouse=True)
    def _daily(self):
        PlatformAccount.objects.filter(slug="tg").update(slots="mon-sun 18:00", zone="UTC")
        with time_machine.travel(factories.NOW, tick=False):
            yield

    def _item(self, **fields):
        return taken(**{"publish_at": "2026-12-01T13:00:00Z"} | fields)

    def test_a_slot_after_it_has_expired_is_refused(self):
        item = self._item(expires_at="2026-12-01T15:00:00Z")
        assert list(refused(item, publish_at="next-slot")) == ["expires_at"]
        assert Post.objects.get().slot_at is None
        assert list(refused(item, publish_at="next-slot", expires_at="2026-12-01T18:00:00Z")) == ["expires_at"]
        change(item, publish_at="next-slot", expires_at="2026-12-01T18:01:00Z")
        assert Post.objects.get().slot_at is not None

    def test_other_accounts_may_not_take_it_beyond_its_end(self):
        item = self._item(publish_at="next-slot", channels=["fb"], expires_at="2026-12-01T15:00:00Z")
        assert list(refused(item, channels=["tg"])) == ["expires_at"]
        assert Post.objects.get().account.slug == "fb"
        change(item, channels=["fb", "tg"])
        assert Post.objects.count() == 2
