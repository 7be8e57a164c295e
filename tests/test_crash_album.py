"""A worker killed in the middle of an album: what is prepared stays, the next one goes on, and one album is out."""

import io

import pytest
from django.utils import timezone

from social_queue.media import carried, originals
from social_queue.media.carried import Medium
from social_queue.models import Post
from tests import factories
from tests.media.test_originals import photo
from tests.support.clock import Clock
from tests.test_crash import kill_a_worker, live_through

pytestmark = pytest.mark.django_db(transaction=True)

KEEPING = "social_queue.delivery.deliver:Delivering.keep"


def album_of(*colours: str):
    rows = [originals.keep(io.BytesIO(photo(colour)), now=timezone.now())[0] for colour in colours]
    media = [Medium(name=row.file, alt=f"Gate {place}", file=row) for place, row in enumerate(rows)]
    item = factories.make_item(publish_at=timezone.now(), **carried.columns(media))
    carried.replace(item, media)
    return item


@pytest.mark.parametrize("platform", ["facebook", "twitter"])
@pytest.mark.parametrize(("moment", "nth"), [("before", 1), ("after", 1), ("before", 2), ("after", 2), ("after", 3)])
def test_a_worker_killed_between_two_pictures_goes_on_and_one_album_is_out(sandbox, media_root, platform, moment, nth):
    post = factories.make_post(album_of("red", "green", "blue"), factories.make_account(platform))
    kill_a_worker(moment, KEEPING, nth)
    assert sandbox.wall == []
    kept = Post.objects.get().draft_ref
    assert bool(kept) is (moment == "after" or nth > 1), "After each picture the draft is stored."

    assert live_through(Clock(), post).status == "published"
    [shown] = sandbox.wall
    assert [medium.alt for medium in shown.media] == ["Gate 0", "Gate 1", "Gate 2"]
