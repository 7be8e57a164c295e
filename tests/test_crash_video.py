"""A worker killed in the middle of a video: what the platform has of it stays, the next one goes on, and one is out."""

import signal

import pytest
from django.utils import timezone

from connectors.vendors.twitter.uploading import PART
from social_queue.media import carried, originals
from social_queue.media.carried import Medium
from social_queue.models import Alert, Post
from tests import factories
from tests.support import children
from tests.support.clock import Clock
from tests.support.videos import large
from tests.test_crash import CONNECTORS, _deaths, kill_a_worker, live_through

pytestmark = pytest.mark.django_db(transaction=True)

KEEPING = "social_queue.delivery.deliver:Delivering.keep"
AROUND = [
    ("after", "{connector}.prepare", 0),
    ("after", "social_queue.delivery.deliver:begin_sending", 0),
    ("after", "{connector}.publish", 1),
    ("before", "social_queue.delivery.outcomes:record_all", 1),
]
#: A video of so many pieces as X takes them.
PIECES = 3


@pytest.fixture
def film(media_root, tmp_path):
    """A post of the platform with a video that was uploaded to us."""

    def on(platform: str) -> Post:
        path = large(tmp_path / "film.mp4", PIECES * PART, width=720, height=1280, seconds=20)
        with path.open("r+b") as file:
            row = originals.keep(file, now=timezone.now())[0]
        media = [Medium(name=row.file, alt="A bridge", file=row)]
        item = factories.make_item(publish_at=timezone.now(), **carried.columns(media))
        carried.replace(item, media)
        return factories.make_post(item, factories.make_account(platform))

    return on


def kill_on_a_visit(moment: str, place: str) -> None:
    """As ``kill_a_worker``; X and Instagram work on a video meanwhile and are visited again when the wait is over."""
    for _ in range(6):
        child = children.run("-m", "tests.support.die_at", moment, place)
        if child.returncode == -signal.SIGKILL:
            return
        assert "not_ready" in child.stdout, f"it did not come to {place}: {child.stdout}{child.stderr}"
        Post.objects.filter(status="pending").update(not_before=timezone.now())
    pytest.fail(f"it never came to {place}")


def one_is_out(sandbox, post) -> None:
    settled = live_through(Clock(), post)
    assert settled.status == "published", settled.error
    [shown] = sandbox.wall
    assert (shown.id, [medium.kind for medium in shown.media]) == (settled.external_id, ["video"])


@pytest.mark.parametrize(
    ("platform", "moment", "place", "on_wall"),
    _deaths([("before", KEEPING, 0), ("after", KEEPING, 0), *AROUND], "facebook", "twitter"),
)
def test_a_killed_worker_leaves_one_video(sandbox, film, platform, moment, place, on_wall):
    post = film(platform)
    kill_on_a_visit(moment, place.format(connector=CONNECTORS[platform]))
    assert len(sandbox.wall) == on_wall
    one_is_out(sandbox, post)


@pytest.mark.parametrize("nth", range(1, PIECES + 2))
def test_a_video_goes_on_at_the_piece_that_is_missing(sandbox, film, nth):
    post = film("twitter")
    kill_a_worker("after", KEEPING, nth)
    one_is_out(sandbox, post)
    sent = [call.path for call in sandbox.calls if call.path.endswith("/append")]
    begun = [call.path for call in sandbox.calls if call.path.endswith("/initialize")]
    assert (len(sent), len(begun)) == (PIECES, 1), "No piece is sent again that was noted."


@pytest.mark.parametrize(("platform", "moment", "place", "on_wall"), _deaths(AROUND, "instagram"))
def test_a_reel_that_its_platform_fetches_is_out_once(sandbox, media_root, settings, platform, moment, place, on_wall):
    settings.PUBLIC_BASE_URL = sandbox.url
    address = f"{sandbox.url}/_media/sample/film.mp4"
    item = factories.make_item(publish_at=timezone.now(), image_url=address)
    item.media.create(position=0, url=address, alt="A bridge")
    post = factories.make_post(item, factories.make_account(platform))
    kill_on_a_visit(moment, place.format(connector=CONNECTORS[platform]))
    assert len(sandbox.wall) == on_wall
    one_is_out(sandbox, post)


@pytest.mark.parametrize(("platform", "moment", "place", "on_wall"), _deaths(AROUND, "telegram"))
def test_where_nobody_can_be_asked_at_most_one_is_out(sandbox, film, platform, moment, place, on_wall):
    post = film(platform)
    kill_on_a_visit(moment, place.format(connector=CONNECTORS[platform]))
    assert len(sandbox.wall) == on_wall
    settled = live_through(Clock(), post)
    if settled.status == "published":
        assert len(sandbox.wall) == 1
    else:
        assert settled.status == "unknown" and len(sandbox.wall) == on_wall
        assert Alert.objects.get(kind=Alert.Kind.UNDECIDED).post == post
