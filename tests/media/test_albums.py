"""What a connector is given of an item's media: in order, fitted each, fetched once, videos as they are."""

import io
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from django.utils import timezone
from PIL import Image

from connectors.base import Connector
from connectors.declared import Limits, VideoLimits
from connectors.errors import Rejected
from social_queue.media import carried, files, illustrations, originals, thumbnails
from social_queue.media.carried import Medium
from social_queue.models import QueueItem
from tests import factories
from tests.media.test_originals import photo
from tests.support.picture_host import PictureHost
from tests.support.videos import PLACE, video

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media_root")]


_read = files.read


class Wide(Connector):
    """Takes ten of both kinds, pictures of at most 320 pixels."""

    name, label = "wide", "Wide"
    api_base = "http://127.0.0.1:1"
    limits = Limits(
        text=100,
        text_with_media=80,
        text_with_several=60,
        media_bytes=100_000,
        media_types=("image/jpeg",),
        media_max_width=320,
        media_by="bytes",
        media_count=4,
        leaves_out=True,
        mix=True,
        video=VideoLimits(1_000_000, seconds=(1, 60), by="either"),
    )


@pytest.fixture
def host(settings, media_root):
    with PictureHost({}, media_root) as host:
        settings.MEDIA_ALLOWED_HOSTS = [host.url.removeprefix("http://")]
        yield host


def upload(content: bytes, alt: str = "") -> Medium:
    row = originals.keep(io.BytesIO(content), now=timezone.now())[0]
    return Medium(name=row.file, alt=alt, file=row)


def item_with(*media: Medium) -> QueueItem:
    item = factories.make_item(**carried.columns(media))
    carried.replace(item, media)
    return item


def given(item: QueueItem, connector: type[Connector] = Wide):
    post = factories.make_post(item, factories.make_account())
    return illustrations.media_for(post, connector("somewhere", {}), ExitStack())


def test_each_is_fitted_and_named_in_its_order_and_a_video_goes_as_it_is(host):
    clip = video(seconds=12.5, place=b"")
    host.pictures["/b.jpg"] = photo("red", (800, 600))
    item = item_with(upload(photo("blue", (1600, 900)), "Blue"), Medium(url=f"{host.url}/b.jpg"), upload(clip, "Clip"))
    first, second, third = given(item)
    assert [(one.kind, one.alt) for one in (first, second, third)] == [
        *[("image", "Blue"), ("image", ""), ("video", "Clip")]
    ]
    assert [Image.open(one.path).size for one in (first, second)] == [(320, 180), (320, 240)]
    assert Path(third.path).read_bytes() == clip
    assert (third.width, third.height, third.seconds, third.bytes) == (1280, 720, 12.5, len(clip))


def test_an_address_may_hold_a_video_and_is_asked_once(host):
    host.pictures["/clip"] = video(seconds=8)
    item = item_with(Medium(url=f"{host.url}/clip", alt="Clip"))
    assert item.image_url
    for _attempt in range(2):
        [clip] = given(item)
        assert (clip.kind, clip.seconds) == ("video", 8.0)
        assert PLACE not in Path(clip.path).read_bytes()
        assert clip.url == "", "What is at the address tells where it was made."
    assert len(host.asked) == 1


def test_what_an_address_turns_out_to_hold_is_refused_by_its_place(host):
    host.pictures["/long"] = video(seconds=61)
    host.pictures["/page"] = b"<!doctype html>"
    with pytest.raises(Rejected, match="The second video is 61 seconds long; Wide takes 60") as refused:
        given(item_with(upload(photo()), Medium(url=f"{host.url}/long")))
    assert refused.value.code == "video_too_long"
    with pytest.raises(Rejected, match=r"^The second picture: .*a web page"):
        given(item_with(upload(photo()), Medium(url=f"{host.url}/page")))


def test_what_is_left_out_is_not_fetched(host):
    media = [upload(photo(colour)) for colour in ("red", "green", "blue", "teal")]
    assert len(given(item_with(*media, Medium(url=f"{host.url}/nowhere.jpg")))) == 4
    assert host.asked == []


def test_a_mixture_is_refused_when_it_is_seen(host):
    class Strict(Wide):
        limits = replace(Wide.limits, mix=False)

    host.pictures["/clip"] = video(seconds=8)
    with pytest.raises(Rejected) as refused:
        given(item_with(upload(photo()), Medium(url=f"{host.url}/clip")), Strict)
    assert refused.value.code == "media_mixed"


def test_several_media_leave_a_text_the_room_that_is_declared():
    one, two = item_with(upload(photo())), item_with(upload(photo()), upload(photo("red")))
    assert illustrations.limits_beside(one, Wide.limits).text_with_media == 80
    assert illustrations.limits_beside(two, Wide.limits).text_with_media == 60


def test_a_version_that_knows_one_picture_changes_it_and_the_rows_give_way():
    item = item_with(upload(photo()), upload(photo("red")))
    QueueItem.objects.filter(pk=item.pk).update(image="", image_url="https://example.com/new.jpg")
    assert carried.of(QueueItem.objects.get(pk=item.pk)) == (Medium(url="https://example.com/new.jpg"),)


def test_what_stands_for_a_video_in_lists_is_a_card_and_the_video_is_not_read(monkeypatch):
    item = item_with(upload(video()))
    monkeypatch.setattr(files, "read", lambda name: pytest.fail(name) if name.endswith(".mp4") else _read(name))
    assert Image.open(io.BytesIO(_read(thumbnails.thumbnail(item)))).width == thumbnails.WIDTH
