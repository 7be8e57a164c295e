"""An upload that nothing names any more can go; what anything still names stays."""

import io
import os
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.utils import timezone

from social_queue.media import files, strays
from social_queue.models import Approval, ItemMedium, MediaFile, Post, Press, QueueItem, Series
from social_queue.upkeep import old_items
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(media_root):
    """``upload(days=40)``: the name of a file that was uploaded so long ago."""

    def lay(name: str = "", *, days: int = 40) -> str:
        name = name or f"items/ab/{os.urandom(16).hex()}.jpg"
        files.write_whole(name, b"picture")
        stamp = (timezone.now() - timedelta(days=days)).timestamp()
        os.utime(media_root / name, (stamp, stamp))
        return name

    return lay


def _told(*words: str) -> list[str]:
    out = io.StringIO()
    call_command("media", "strays", *words, stdout=out)
    return out.getvalue().splitlines()


def test_strays_are_named_first_and_go_only_when_they_are_told_to(upload):
    stray, lost = upload(), upload("originals/cd/lost.mp4")
    upload(days=29)
    assert _told() == [stray, lost, "2 files that nothing names any more; --remove takes them away."]
    assert files.there(stray)
    assert _told("--remove") == [stray, lost, "2 files removed."]
    assert not files.there(stray) and not files.there(lost)


def test_of_every_other_folder_nothing_is_a_stray(upload):
    for folder in ("fetched", "fitted", "cards"):
        upload(f"{folder}/ab/abc.jpg")
    assert _told() == ["0 files that nothing names any more; --remove takes them away."]


def _as_its_picture(name, account):
    factories.make_item(account, image=name)


def _by_its_address(name, account):
    factories.make_item(account, image_url=f"https://post.example.com/media/{name}")


def _in_a_sentence(name, account):
    factories.make_item(account, captions={account.slug: f"Look (https://post.example.com/media/{name}), all of you."})


def _in_its_data(name, account):
    factories.make_item(account, data={"pictures": [{"at": f"https://post.example.com/media/{name}?w=1"}]})


def _in_an_album(name, account):
    item = factories.make_item(account)
    ItemMedium.objects.create(item=item, position=0, url=f"https://post.example.com/media/{name}")


def _as_an_upload(name, account):
    facts = {"media_type": "image/jpeg", "width": 1, "height": 1, "bytes": 7, "kind": "image"}
    MediaFile.objects.create(sha256="a" * 64, file=name, uploaded_at=timezone.now(), **facts)


def _in_a_repeat(name, account):
    body = {"title": "t", "image_url": f"https://post.example.com/media/{name}"}
    Series.objects.create(source="tests", payload=body, rule="FREQ=DAILY", zone="UTC", begins_at=timezone.now())


def _as_evidence(name, account):
    item = factories.make_item(account)
    Approval.objects.create(item=item, approved_at=timezone.now(), evidence={"pictures": [{"name": name}]})


def _in_a_press(name, account):
    person, now = User.objects.create_user("ann"), timezone.now()
    Press.objects.create(person=person, before={"7": {"image": name}}, pressed_at=now, undo_until=now)


def _in_the_words_of_a_post(name, account):
    factories.make_post(account=account, caption=f"https://post.example.com/media/{name}")


@pytest.mark.parametrize("old_name", ["", "items/2026/11/Größe (1).jpg"])
@pytest.mark.parametrize(
    "name_it",
    [_as_its_picture, _by_its_address, _in_a_sentence, _in_its_data, _in_an_album, _as_an_upload, _in_a_repeat,
     _as_evidence, _in_a_press, _in_the_words_of_a_post],
)  # fmt: skip
def test_whatever_names_it_keeps_it(name_it, old_name, upload, facebook_account):
    name, stray = upload(old_name), upload()
    exact = name_it in (_as_its_picture, _as_an_upload, _as_evidence, _in_a_press)
    name_it(name if exact else files.public_url(name).rpartition("/media/")[2], facebook_account)
    assert _told("--remove") == [stray, "1 files removed."]
    assert files.there(name)


def test_what_is_named_between_the_two_looks_stays(upload, facebook_account):
    name = upload()
    assert strays.found(timezone.now()) == [name]
    factories.make_item(facebook_account, image=name)
    assert strays.remove([name]) == 0
    assert files.there(name)


def test_a_picture_goes_with_its_old_item_unless_another_shows_it(upload, settings, facebook_account):
    settings.KEEP_ITEMS_DAYS, now = 30, timezone.now()
    alone, shared = upload(), upload()
    for name in (alone, shared):
        old = factories.make_item(facebook_account, image=name, publish_at=now - timedelta(days=60), status="posted")
        Post.objects.filter(item=old).update(
            status="published", external_id=name, published_at=now - timedelta(days=60)
        )
    long_ago = now - timedelta(days=60)
    QueueItem.objects.update(created_at=long_ago, updated_at=long_ago)
    factories.make_item(facebook_account, image=shared)
    assert old_items.prune(now) == 2
    assert (files.there(alone), files.there(shared)) == (False, True)


@pytest.mark.parametrize("words", [("save",), ("strays", "file.tar"), ("load", "file.tar", "--remove")])
def test_words_that_do_not_belong_together_are_refused(words, media_root):
    with pytest.raises(CommandError, match="media strays --remove"):
        call_command("media", *words)
