"""A file that is not there now may be there in a minute: another host has it, or a shared folder is mounted late."""

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from social_queue.delivery import dispatch
from social_queue.models import Alert
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)


def _upload() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (1200, 800), "red").save(content, "PNG")
    return SimpleUploadedFile("photo.png", content.getvalue())


def test_an_uploaded_picture_that_another_host_has_is_waited_for(sandbox, media_root, twitter_account):
    clock = Clock()
    item = factories.make_item(twitter_account, publish_at=clock(), image=_upload())
    here, elsewhere = Path(item.image.path), media_root / "not-mounted"
    here.rename(elsewhere)
    assert dispatch.drain(clock=clock) == {"transient": 1}
    post = item.posts.get()
    assert (post.status, "is not there" in post.error, sandbox.wall) == ("pending", True, [])
    elsewhere.rename(here)
    clock.forward(minutes=1)
    assert dispatch.drain(clock=clock) == {"published": 1}


def test_one_that_never_comes_is_told_to_a_human_in_the_end(sandbox, media_root, twitter_account):
    clock = Clock()
    item = factories.make_item(twitter_account, publish_at=clock(), image=_upload())
    Path(item.image.path).unlink()
    for minutes in (1, 5, 15, 1):
        dispatch.drain(clock=clock)
        clock.forward(minutes=minutes)
    assert item.posts.get().status == "failed"
    assert Alert.objects.filter(kind="given_up").count() == 1
