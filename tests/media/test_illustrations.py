"""The picture of a post: the right one, in a form the platform takes, or a sentence why there is none."""

import io
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

import connectors
from connectors.base import OutgoingMedia
from connectors.errors import Rejected, TransientError
from social_queue.accounts import speaking
from social_queue.delivery import dispatch
from social_queue.media import illustrations, serving
from social_queue.models import Attempt, Post
from tests import factories
from tests.support.clock import Clock
from tests.support.environment import NOWHERE
from tests.support.picture_host import PictureHost

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media_root")]

ALL = ["facebook", "instagram", "telegram", "twitter"]


@pytest.fixture
def clock():
    return Clock()


def picture(width=1200, height=800, form="JPEG", colour="teal") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, form)
    return out.getvalue()


def upload(name="photo.png", **shape) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture(**({"form": "PNG"} | shape)))


def unseen(address: str) -> OutgoingMedia:
    """What a platform is told to fetch itself."""
    return OutgoingMedia("image", url=address)


def picture_of(platform, **item):
    account = factories.make_account(platform)
    post = factories.make_post(factories.make_item(**item), account)
    return illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]


@pytest.mark.parametrize("platform", ALL)
def test_an_uploaded_picture_reaches_every_wall(sandbox, settings, clock, platform):
    settings.PUBLIC_BASE_URL = sandbox.url
    account = factories.make_account(platform)
    item = factories.make_item(publish_at=clock(), image=upload())
    post = factories.make_post(item, account)
    if platform == "instagram":
        settings.PUBLIC_BASE_URL = "https://autopost.example"
        shown = illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]
        assert shown.url.startswith("https://autopost.example/media/fitted/")
        assert Image.open(shown.path).format == "JPEG"
        return
    dispatch.drain(clock=clock)
    assert sandbox.wall[0].media_url


def test_a_picture_that_only_we_can_reach_is_refused_where_the_platform_must_fetch_it(settings):
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    settings.INSTAGRAM_API_URL = "https://graph.facebook.com"
    with pytest.raises(Rejected, match="PUBLIC_BASE_URL") as refused:
        picture_of("instagram", image=upload())
    assert "Instagram" in str(refused.value)
    assert picture_of("telegram", image=upload()).path
    assert picture_of("twitter", image=upload()).path


def test_the_refusal_costs_that_platform_only_and_nothing_is_sent(sandbox, settings, clock):
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    places = [factories.make_account(platform) for platform in ALL]
    item = factories.make_item(*places, publish_at=clock(), image=upload())
    settings.INSTAGRAM_API_URL = "https://graph.facebook.com"

    assert dispatch.drain(clock=clock) == {"published": 3, "rejected": 1}

    refused = item.posts.get(platform="instagram")
    assert "PUBLIC_BASE_URL" in refused.error
    assert Attempt.objects.get(post=refused).sent_at is None


@pytest.mark.parametrize("platform", ["facebook", "telegram"])
def test_a_picture_we_cannot_fetch_goes_out_unseen_where_the_platform_fetches_it_itself(sandbox, settings, platform):
    address = f"{NOWHERE}/photo.jpg"
    settings.MEDIA_ALLOWED_HOSTS = [NOWHERE.removeprefix("http://")]
    assert picture_of(platform, image_url=address) == unseen(address)


@pytest.mark.parametrize("platform", ["facebook", "telegram"])
def test_an_address_in_another_script_is_handed_over_as_the_web_writes_it(settings, platform):
    """Platforms' fetchers and Telegram's parser take ASCII; the desk and the API show it as it was written."""
    settings.MEDIA_ALLOWED_HOSTS = [NOWHERE.removeprefix("http://")]
    seen = picture_of(platform, image_url=f"{NOWHERE}/図/ü.jpg?ä=%C3%A4")
    assert seen == unseen(f"{NOWHERE}/%E5%9B%B3/%C3%BC.jpg?%C3%A4=%C3%A4")


def test_so_is_the_address_of_a_picture_that_we_have_seen(settings, media_root):
    with PictureHost({"/%E5%9B%B3.jpg": picture()}, media_root) as host:
        settings.MEDIA_ALLOWED_HOSTS = [host.netloc]
        item = factories.make_item(image_url=f"{host.url}/図.jpg")
        account = factories.make_account("facebook")
        post = factories.make_post(item, account)
        for _again in range(2):
            seen = illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]
            assert (seen.url, bool(seen.path)) == (f"{host.url}/%E5%9B%B3.jpg", True)


@pytest.mark.parametrize(
    ("platform", "name"), [("twitter", "photo.jpg"), ("facebook", "photo"), ("instagram", "photo.webp")]
)
def test_a_picture_we_cannot_fetch_is_tried_again_where_we_must_hand_it_over(settings, platform, name):
    settings.MEDIA_ALLOWED_HOSTS = [NOWHERE.removeprefix("http://")]
    with pytest.raises(TransientError):
        picture_of(platform, image_url=f"{NOWHERE}/{name}")


def test_a_picture_that_comes_back_later_goes_out_then(sandbox, settings, clock, twitter_account):
    settings.MEDIA_ALLOWED_HOSTS = [NOWHERE.removeprefix("http://"), sandbox.url.removeprefix("http://")]
    item = factories.make_item(twitter_account, publish_at=clock(), image_url=f"{NOWHERE}/photo.jpg")
    assert dispatch.drain(clock=clock) == {"transient": 1}
    type(item).objects.update(image_url=f"{sandbox.url}/_media/sample/photo.jpg")
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {"published": 1}
    assert sandbox.wall[0].media_url


def test_an_address_inside_our_own_network_is_refused(settings):
    settings.MEDIA_ALLOWED_HOSTS = []
    with pytest.raises(Rejected):
        picture_of("twitter", image_url="http://169.254.169.254/latest/meta-data/photo.jpg")


def test_a_picture_is_downloaded_once_for_all_platforms_and_tries(sandbox):
    item = factories.make_item(image_url=f"{sandbox.url}/_media/sample/photo.jpg")
    for platform in ("facebook", "telegram", "twitter"):
        account = factories.make_account(platform)
        post = factories.make_post(item, account)
        for _ in range(2):
            assert illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0].path
    assert len(list((Path(illustrations.settings.MEDIA_ROOT) / "fetched").rglob("*"))) == 2, "one folder, one file"


def test_another_item_with_the_same_address_gets_the_picture_of_its_own_day(sandbox, monkeypatch):
    """Generators overwrite today.jpg; yesterday's must not go out again."""
    shown = iter([picture(colour="red"), picture(colour="blue")])

    def save(url, file, **limits):
        file.write(next(shown))
        return url

    monkeypatch.setattr(illustrations.fetched.download, "save", save)
    seen = [Path(picture_of("twitter", image_url="https://example.com/today.jpg").path).read_bytes() for _ in range(2)]
    assert seen[0] != seen[1]


def test_a_picture_taken_away_is_named_and_looked_for_again(settings):
    item = factories.make_item(image=upload())
    Path(item.image.path).unlink()
    account = factories.make_account("twitter")
    with pytest.raises(TransientError, match="is not there"):
        illustrations.media_for(factories.make_post(item, account), speaking.connector_for(account), ExitStack())[0]


@pytest.mark.parametrize(("cards", "with_picture"), [("off", []), ("needed", ["instagram"]), ("auto", ALL)])
def test_cards_are_drawn_where_the_setting_says(sandbox, settings, clock, cards, with_picture):
    settings.CARDS = cards
    settings.PUBLIC_BASE_URL = "https://autopost.example"
    for platform in ALL:
        account = factories.make_account(platform)
        post = factories.make_post(factories.make_item(publish_at=clock()), account)
        assert illustrations.will_have_picture(post.item, connectors.get(platform).limits) is (platform in with_picture)
        if cards == "off" and platform == "instagram":
            with pytest.raises(Rejected, match="needs a picture"):
                illustrations.media_for(post, speaking.connector_for(account), ExitStack())[0]
        else:
            shown = illustrations.media_for(post, speaking.connector_for(account), ExitStack())
            assert bool(shown) is (platform in with_picture)


def test_data_that_cannot_be_drawn_costs_the_card_its_data_and_not_the_post(settings, instagram_account):
    settings.PUBLIC_BASE_URL = "https://autopost.example"
    item = factories.make_item(instagram_account, data={"game": "Gates", "rtp": "soon"})
    post = Post.objects.select_related("item", "account").get(item=item)
    assert illustrations.media_for(post, speaking.connector_for(instagram_account), ExitStack())[0].url.endswith(".jpg")


def test_a_shape_that_is_refused_is_refused_when_the_setting_says_so(settings):
    settings.PUBLIC_BASE_URL, settings.PICTURE_FIT = "https://autopost.example", "refuse"
    with pytest.raises(Rejected, match="must be between 0.8 and 1.91"):
        picture_of("instagram", image=upload(width=2000, height=200))


@pytest.mark.parametrize(
    ("base", "private"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost", True),
        ("http://10.0.0.4", True),
        ("http://desk.internal", True),
        ("http://desk", True),
        ("https://autopost.example", False),
        ("https://203.0.114.7", False),
    ],
)
def test_a_public_address_is_told_from_a_private_one(settings, base, private):
    settings.PUBLIC_BASE_URL = base
    connector = connectors.get("instagram")("1", {"access_token": "t"})
    assert bool(serving.public_problem(connector)) is private


class TestAboveALongText:
    """Telegram puts a picture above a long text only from an address; a caption takes the upload, which is surer."""

    LONG = "word " * 400

    def sent(self, clock, text, **item):
        account = factories.make_account("telegram", options={"long_text": "message"})
        item = factories.make_item(publish_at=clock(), **item)
        post = factories.make_post(item, account, caption=text, short_link="http://autopost.test/go/x")
        dispatch.drain(clock=clock)
        return Post.objects.get(pk=post.pk)

    def test_a_picture_of_ours_is_served_from_our_public_address(self, sandbox, settings, clock):
        settings.PUBLIC_BASE_URL = "https://autopost.example"
        assert self.sent(clock, self.LONG, image=upload()).status == "published"
        [posting] = sandbox.wall
        assert posting.preview_link.startswith("https://autopost.example/media/")
        assert posting.text == self.LONG.strip()

    @pytest.mark.parametrize(("long_text", "goes_whole"), [("message", True), ("shorten", False)])
    def test_the_wording_keeps_to_what_the_account_chose(self, sandbox, settings, clock, long_text, goes_whole):
        settings.PUBLIC_BASE_URL = "https://autopost.example"
        account = factories.make_account("telegram", options={"long_text": long_text})
        item = factories.make_item(publish_at=clock(), summary=self.LONG, image=upload())
        factories.make_post(item, account)
        assert dispatch.drain(clock=clock) == {"published": 1}
        assert (len(sandbox.wall[0].text) > len(self.LONG)) is goes_whole

    def test_so_is_a_card(self, sandbox, settings, clock):
        settings.CARDS, settings.PUBLIC_BASE_URL = "auto", "https://autopost.example"
        assert self.sent(clock, self.LONG).status == "published"
        assert sandbox.wall[0].preview_link.startswith("https://autopost.example/media/cards/")

    def test_a_pretended_telegram_reaches_a_private_address_too(self, sandbox, settings, clock):
        settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
        assert self.sent(clock, self.LONG, image=upload()).status == "published"
        assert sandbox.wall[0].preview_link.startswith("http://127.0.0.1:8000/media/")

    def test_the_real_one_does_not_and_the_setting_is_named(self, settings, clock):
        settings.PUBLIC_BASE_URL, settings.TELEGRAM_API_URL = "http://127.0.0.1:8000", "https://telegram.invalid.test"
        post = self.sent(clock, self.LONG, image=upload())
        assert (post.status, Attempt.objects.get(post=post).sent_at) == ("failed", None)
        assert "Telegram fetches pictures from PUBLIC_BASE_URL" in post.error

    def test_a_caption_s_picture_is_uploaded_though_our_address_is_public(self, sandbox, settings, clock):
        settings.PUBLIC_BASE_URL = "https://autopost.example"
        assert self.sent(clock, "Short words", image=upload()).status == "published"
        [posting] = sandbox.wall
        assert posting.media_url.startswith(sandbox.url) and not posting.preview_link

    def test_facebook_too_gets_our_own_file_as_an_upload(self, settings):
        settings.PUBLIC_BASE_URL = "https://autopost.example"
        shown = picture_of("facebook", image=upload())
        assert shown.path and not shown.url
