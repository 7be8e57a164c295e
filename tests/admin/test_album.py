"""Several pictures and videos in the composer: taken in one by one, shown on every card, kept in their order."""

import io
import json
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

import connectors
from connectors.declared import VideoLimits
from social_queue.media import carried, originals
from social_queue.models import MediaFile, QueueItem
from tests import factories
from tests.factories import NOW
from tests.media.test_originals import photo
from tests.support.videos import video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]
AT = "/admin/queue/queueitem/"
TYPED = {"composed": "1", "title": "Gates", "link": "https://example.com/p"}
WHEN = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00", "act": "schedule"}


@pytest.fixture
def account(monkeypatch):
    """On a platform that takes three of both kinds."""
    connector = connectors.get("telegram")
    limits = replace(
        connector.limits, media_count=3, leaves_out=False, mix=True, video=VideoLimits(1_000_000, seconds=(0, 60))
    )
    monkeypatch.setattr(connector, "limits", limits)
    monkeypatch.setattr(connector, "limits_for", classmethod(lambda _cls, _options: limits))
    return factories.make_account("telegram", slug="tg-news")


def upload(content: bytes) -> dict:
    row = originals.keep(io.BytesIO(content), now=NOW)[0]
    return {"upload": row.sha256}


def sent(desk, item) -> dict:
    """The change page as a browser sends it back untouched."""
    form = desk.client.get(f"{AT}{item.pk}/change/").context["adminform"].form
    named = {field.html_name: field.value() for field in form if field.name not in ("image", "publish_at")}
    held = {name: value for name, value in named.items() if value not in (None, "")}
    return held | TYPED | WHEN | {"posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}


def test_each_is_taken_in_and_told_what_it_is(desk, account):
    taken = desk.client.post(f"{AT}keep/", {"file": SimpleUploadedFile("a.jpg", photo())}).json()["entry"]
    assert (taken["kind"], taken["upload"]) == ("image", MediaFile.objects.get().sha256)
    assert desk.client.get(taken["address"]).headers["Content-Type"] == "image/jpeg"
    clip = desk.client.post(f"{AT}keep/", {"file": SimpleUploadedFile("b.mp4", video())}).json()["entry"]
    assert clip["kind"] == "video"
    assert desk.client.get(clip["address"]).status_code == 200


def test_what_can_not_be_taken_is_said_with_its_name(desk, account, monkeypatch):
    answer = desk.client.post(f"{AT}keep/", {"file": SimpleUploadedFile("notes.html", b"<!doctype html>")})
    assert answer.status_code == 422
    assert "notes.html" in answer.json()["fault"] and "a web page" in answer.json()["fault"]
    monkeypatch.setitem(originals.LARGEST, MediaFile.Kind.IMAGE, 100)
    answer = desk.client.post(f"{AT}keep/", {"file": SimpleUploadedFile("huge.jpg", photo())})
    assert answer.status_code == 422 and "huge.jpg" in answer.json()["fault"]


def test_cards_show_all_of_them_and_say_what_is_wrong_at_the_list(desk, account):
    album = [upload(photo()) | {"alt": "Gates"}, upload(video(seconds=90))]
    told = desk.client.post(f"{AT}preview/", TYPED | {"album": json.dumps(album)}).json()
    assert 'data-media="2"' in told["cards"] and "<video" in told["cards"]
    assert told["faults"] == {"album": ["The second video is 90 seconds long; Telegram takes 60."]}
    assert told["stops"]
    refused = desk.client.post(f"{AT}add/", TYPED | WHEN | {"album": json.dumps(album)})
    assert list(refused.context["form"].errors) == ["album"] and not QueueItem.objects.exists()


def test_an_album_is_written_changed_and_copied_as_it_was_ordered(desk, account):
    first, second = upload(photo()) | {"alt": "Gates"}, upload(photo("red"))
    album = [second | {"kind": "image", "address": "/anywhere"}, first]
    desk.client.post(f"{AT}add/", TYPED | WHEN | {"album": json.dumps(album)})
    item = QueueItem.objects.get()
    assert carried.album(item) == [second, first]

    page = sent(desk, item)
    assert [entry["upload"] for entry in json.loads(page["album"])] == [second["upload"], first["upload"]]
    desk.client.post(f"{AT}{item.pk}/change/", page | {"summary": "Soon"})
    assert carried.album(QueueItem.objects.get()) == [second, first], "Nothing of it was touched."
    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | {"album": json.dumps([first, second])})
    assert carried.album(QueueItem.objects.get()) == [first, second]

    filled = desk.client.get(f"{AT}add/?from={item.pk}").context["form"]
    copied = {"album": filled["album"].value()}
    desk.client.post(f"{AT}add/?from={item.pk}", TYPED | WHEN | copied)
    assert carried.album(QueueItem.objects.latest("pk")) == [first, second]

    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | {"album": ""})
    assert carried.of(QueueItem.objects.get(pk=item.pk)) == ()


def test_whoever_saves_second_is_shown_both(desk, account):
    first, second = upload(photo()), upload(photo("red"))
    desk.client.post(f"{AT}add/", TYPED | WHEN | {"album": json.dumps([first, second])})
    item = QueueItem.objects.get()
    earlier = sent(desk, item)
    desk.client.post(f"{AT}{item.pk}/change/", sent(desk, item) | {"album": json.dumps([second, first])})
    page = desk.client.post(f"{AT}{item.pk}/change/", earlier | {"album": json.dumps([first])})
    assert b"data-conflict" in page.content
    assert carried.album(QueueItem.objects.get()) == [second, first]
