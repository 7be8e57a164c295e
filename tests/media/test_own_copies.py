"""A picture that we could download and a platform could not goes out from our own copy, once."""

import io
from contextlib import ExitStack

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from connectors.errors import Rejected
from connectors.sandbox.stage import films
from social_queue.accounts import speaking
from social_queue.delivery import dispatch
from social_queue.media import carried, illustrations
from social_queue.media.carried import Medium
from social_queue.models import Attempt, Post
from tests import factories
from tests.connectors.told import GPS, telling, words_in
from tests.support.clock import Clock
from tests.support.picture_host import PictureHost

pytestmark = pytest.mark.django_db(transaction=True)

ALL = ["facebook", "instagram", "telegram", "twitter"]
SIZE = (1200, 1200)


def photo(colour="teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", SIZE, colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def host(sandbox, settings, media_root):
    """Holds /photo.jpg; the site's own public address leads there too."""
    with PictureHost({"/photo.jpg": photo()}, media_root) as running:
        settings.MEDIA_ALLOWED_HOSTS = [running.netloc]
        settings.PUBLIC_BASE_URL = running.url
        yield running


def go_out(clock, *platforms, **item):
    """Everything that can happen to the item within a day has happened."""
    places = [factories.make_account(platform) for platform in platforms]
    made = factories.make_item(*places, publish_at=clock(), **item)
    for _round in range(5):
        dispatch.drain(clock=clock)
        clock.forward(hours=1)
    return {post.platform: post for post in Post.objects.filter(item=made)}


@pytest.mark.parametrize("way", ["/photo.jpg", "/moved/photo.jpg", "/guarded/photo.jpg", "/moved/guarded/photo.jpg"])
def test_a_picture_reaches_every_wall_once_however_its_host_behaves(sandbox, host, clock, way):
    posts = go_out(clock, *ALL, image_url=f"{host.url}{way}")

    assert {platform: post.status for platform, post in posts.items()} == dict.fromkeys(ALL, "published")
    assert sorted(posting.platform for posting in sandbox.wall) == ALL
    assert all(posting.media_url for posting in sandbox.wall)


def test_no_attempt_but_the_last_passes_the_point_of_no_return(sandbox, host, clock):
    post = go_out(clock, "instagram", image_url=f"{host.url}/guarded/photo.jpg")["instagram"]
    first, last = Attempt.objects.filter(post=post).order_by("number")
    assert (first.outcome, first.sent_at) == ("not_ready", None)
    assert last.outcome == "published"
    assert post.failures_in_row == 0


@pytest.mark.parametrize("names", [["/film.mp4"], ["/film.mp4", "/photo.jpg"], ["/photo.jpg", "/film.mp4"]])
def test_so_does_a_video_alone_or_among_others(sandbox, host, clock, names):
    host.pictures["/film.mp4"] = films.drawn()
    media = [Medium(url=f"{host.url}/guarded{name}") for name in names]
    item = factories.make_item(publish_at=clock(), **carried.columns(media))
    carried.replace(item, media)
    post = factories.make_post(item, factories.make_account("instagram"))
    for _round in range(8):
        dispatch.drain(clock=clock)
        clock.forward(hours=1)
    assert Post.objects.get(pk=post.pk).status == "published"
    [posting] = sandbox.wall
    assert [one.kind for one in posting.media] == [medium.kind for medium in media]


def test_instagram_is_given_our_address_only_where_it_cannot_take_the_item_s(sandbox, host, clock):
    for way, by_us in (("/photo.jpg", False), ("/moved/photo.jpg", True), ("/guarded/photo.jpg", True)):
        host.asked.clear()
        go_out(clock, "instagram", image_url=f"{host.url}{way}")
        assert any(path.startswith("/media/fetched/") for path, _ in host.asked) is by_us, way
        assert any(path.endswith("photo.jpg") and not is_us for path, is_us in host.asked) is (
            way != "/moved/photo.jpg"
        )


def test_facebook_is_never_sent_to_an_address_whose_picture_we_hold(sandbox, host, clock):
    go_out(clock, "facebook", image_url=f"{host.url}/photo.jpg")
    assert host.asked == [("/photo.jpg", True)]


def test_a_redirecting_address_is_followed_for_instagram_where_we_have_no_public_address(
    sandbox, host, settings, clock
):
    settings.PUBLIC_BASE_URL, settings.INSTAGRAM_API_URL = "http://127.0.0.1:8000", "https://graph.facebook.com"
    account = factories.make_account("instagram")
    post = factories.make_post(factories.make_item(image_url=f"{host.url}/moved/photo.jpg"), account)
    for _time in range(2):
        shown = illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]
        assert (shown.url, shown.copy_url) == (f"{host.url}/photo.jpg", "")
    assert len(host.asked) == 2, "downloaded once: the redirect and the picture"


@pytest.mark.parametrize("mark", [1, 6])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("way", ["by address", "by upload"])
def test_no_platform_and_no_file_of_ours_tells_where_a_picture_was_taken(
    sandbox, host, clock, media_root, way, kind, mark
):
    content = telling(Image.new("RGB", SIZE, "teal"), kind, mark=mark)
    host.pictures["/told"] = content
    upload = {"image": SimpleUploadedFile("told.jpg", content)} if way == "by upload" else {}
    posts = go_out(clock, *ALL, image_url=f"{host.url}/told", **upload)

    assert {post.status for post in posts.values()} == {"published"}
    shown = [sandbox.world.pictures[posting.media_url.rpartition("/")[2]][0] for posting in sandbox.wall]
    kept = [path.read_bytes() for folder in ("fetched", "fitted") for path in (media_root / folder).rglob("*.*")]
    assert len(shown) == 4 and kept
    for picture in [*shown, *kept]:
        assert words_in(picture) == []
        assert not picture.startswith(b"\xff\xd8") or Image.open(io.BytesIO(picture)).getexif().get_ifd(GPS) == {}


def test_a_picture_that_tells_is_refused_where_only_its_address_could_go_out(sandbox, host, settings, clock):
    host.pictures["/told"] = telling(Image.new("RGB", SIZE, "teal"), "JPEG")
    settings.PUBLIC_BASE_URL, settings.INSTAGRAM_API_URL = "http://127.0.0.1:8000", "https://graph.facebook.com"
    account = factories.make_account("instagram")
    post = factories.make_post(factories.make_item(image_url=f"{host.url}/told"), account)
    with pytest.raises(Rejected, match="PUBLIC_BASE_URL"):
        illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]


def test_a_file_of_ours_is_served_under_an_ending_of_its_kind(sandbox, host):
    account = factories.make_account("instagram")
    item = factories.make_item(image=SimpleUploadedFile("photo.pdf", photo()))
    assert item.image.name.endswith(".pdf")
    shown = illustrations.media_for(factories.make_post(item, account), speaking.connector_for(account), ExitStack())[0]
    assert shown.url.endswith(".jpg")


@pytest.mark.parametrize("kind", ["AVIF", "WEBP", "TIFF", "BMP", "JPEG2000", "MPO", "GIF", "PNG"])
def test_a_picture_of_any_kind_reaches_every_wall(sandbox, host, clock, kind):
    out = io.BytesIO()
    Image.new("RGB", SIZE, "teal").save(out, kind)
    host.pictures["/picture"] = out.getvalue()
    posts = go_out(clock, *ALL, image_url=f"{host.url}/picture")
    assert {post.status for post in posts.values()} == {"published"}
    assert len(sandbox.wall) == 4


def test_a_picture_that_neither_we_nor_facebook_can_fetch_may_be_there_later(sandbox, host, settings, clock):
    settings.MEDIA_ALLOWED_HOSTS = ["127.0.0.1:1"]
    account = factories.make_account("facebook")
    item = factories.make_item(account, publish_at=clock(), image_url="http://127.0.0.1:1/photo.jpg")
    assert dispatch.drain(clock=clock) == {"transient": 1}
    settings.MEDIA_ALLOWED_HOSTS = [host.netloc]
    type(item).objects.update(image_url=f"{host.url}/photo.jpg")
    clock.forward(hours=1)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert len(sandbox.wall) == 1


def test_a_copy_that_nobody_can_take_either_is_given_up_in_the_end(sandbox, host, clock, settings):
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:1"
    post = go_out(clock, "instagram", image_url=f"{host.url}/guarded/photo.jpg")["instagram"]
    assert post.status == "failed" and "could not be fetched" in post.error
    assert Attempt.objects.filter(post=post, sent_at__isnull=False).count() == 0


@pytest.mark.parametrize(
    ("brand", "called"), [(b"heic", "a HEIC picture"), (b"mif1", "a HEIC picture"), (b"isom", "the video is cut off")]
)
def test_a_picture_that_cannot_be_read_is_named_with_the_way_out(host, brand, called):
    host.pictures["/a"] = (
        (24).to_bytes(4, "big") + b"ftyp" + brand + bytes(4) + b"mif1" * (brand != b"isom") + bytes(99)
    )
    account = factories.make_account("twitter")
    post = factories.make_post(factories.make_item(image_url=f"{host.url}/a"), account)
    with pytest.raises(Rejected, match=called) as refused:
        illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]
    assert "JPEG" in str(refused.value) or "Export it again" in str(refused.value)
