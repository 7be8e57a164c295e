"""What is uploaded is kept once, known for what it is, and says nothing of where it was made."""

import hashlib
import io
import struct
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from connectors.media.guard import MediaRefused
from social_queue.media import files, originals
from social_queue.media.video import looking
from social_queue.models import ItemMedium, MediaFile
from tests.factories import make_item
from tests.support.videos import PLACE, box, large, movie, video


def _keep(content: bytes, now=None) -> tuple[MediaFile, bool]:
    return originals.keep(io.BytesIO(content), now=now or timezone.now())


def nested(depth: int) -> bytes:
    """So many boxes, each in the one before."""
    return b"".join(struct.pack(">I", 8 * left) + b"trak" for left in range(depth, 0, -1))


def photo(colour="teal", size=(640, 480)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Camera of Ayu"
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.django_db
def test_the_same_bytes_are_kept_once_and_known_by_their_sum(media_root):
    content = photo()
    kept, is_new = _keep(content)
    again, is_new_again = _keep(content)
    assert (is_new, is_new_again, again) == (True, False, kept)
    assert kept.sha256 == hashlib.sha256(content).hexdigest()
    assert (kept.kind, kept.media_type, kept.width, kept.height) == ("image", "image/jpeg", 640, 480)
    assert b"Ayu" in content
    assert b"Ayu" not in files.read(kept.file)
    assert kept.sha256 not in kept.file, "Nobody may find what goes out on Friday by knowing what it is."
    assert len([path for path in media_root.rglob("*") if path.is_file()]) == 1


@pytest.mark.django_db
def test_a_video_is_known_for_what_it_is_and_forgets_where_it_was_made(media_root):
    content = video(width=1080, height=1920, seconds=12.5)
    kept, _ = _keep(content)
    assert (kept.kind, kept.media_type, kept.width, kept.height) == ("video", "video/mp4", 1080, 1920)
    assert (kept.seconds, kept.bytes) == (12.5, len(content))
    stored = files.read(kept.file)
    assert PLACE in content
    assert PLACE not in stored
    assert len(stored) == len(content), "Nothing in it may move: its tables point into the file."
    assert looking.look(io.BytesIO(stored)) == looking.look(io.BytesIO(content))


def test_a_video_filmed_upright_is_as_high_as_people_see_it():
    looked = looking.look(io.BytesIO(video(width=1920, height=1080, turned=True, brand=b"qt  ")))
    assert (looked.width, looked.height, looked.media_type) == (1080, 1920, "video/quicktime")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (video()[:-3], "cut off"),
        (box(b"ftyp", b"isom", bytes(4)) + box(b"mdat", b"x"), "moov"),
        (video(handler=b"soun"), "only sound"),
        (video(seconds=0), "how long"),
        (video(seconds=0.0001, scale=90_000), "how long"),
        (video(scale=0), "how long"),
        (movie() + box(b"mdat", b"x"), "an old kind"),
        (b"\x1a\x45\xdf\xa3" + bytes(60), "WebM"),
        (b"<html>", "a web page"),
        (b"", "empty"),
        (video(seconds=13 * 3600), "twelve hours"),
        (video() + box(b"moov", *[box(b"free")] * 60_000) * 2, "too many parts"),
        (video() + nested(5_000), "too many parts"),
    ],
)
@pytest.mark.django_db
def test_what_is_none_is_refused_by_its_name(media_root, content, words):
    with pytest.raises(MediaRefused) as refusal:
        _keep(content)
    assert words in refusal.value.message
    assert not MediaFile.objects.exists()
    assert not [path for path in media_root.rglob("*") if path.is_file()]


@given(cut=st.integers(0, len(video()) - 1), place=st.integers(0, len(video()) - 1), byte=st.integers(0, 255))
def test_no_damage_is_worse_than_a_refusal(cut, place, byte):
    """Half a file, or one with a wrong byte, is looked at or refused; nothing else comes of it."""
    content = bytearray(video())
    content[place] = byte
    for broken in (content, content[:cut]):
        try:
            looked = looking.look(io.BytesIO(bytes(broken)))
        except MediaRefused:
            continue
        assert looked.width > 0 and looked.height > 0 and looked.seconds > 0


def test_a_large_video_is_looked_at_without_reading_it(tmp_path):
    size = 5 * 1024**3
    # Beyond four gigabytes a box tells its length in eight bytes.
    path = large(tmp_path / "long.mp4", 1000)
    head = path.read_bytes()[:-8].rstrip(b"\0")[: len(box(b"ftyp", bytes(16))) + len(movie())]
    with path.open("wb") as file:
        file.write(head + (1).to_bytes(4, "big") + b"mdat" + (size - len(head)).to_bytes(8, "big"))
        file.truncate(size)
    with path.open("rb") as file:
        assert looking.look(file).bytes == size


@pytest.mark.django_db
def test_what_no_item_uses_goes_after_a_day_and_what_one_uses_stays(media_root):
    now = timezone.now()
    used, _ = _keep(photo("red"), now)
    unused, _ = _keep(photo("blue"), now)
    renewed, _ = _keep(photo("green"), now)
    ItemMedium.objects.create(item=make_item(), position=0, file=used)
    _keep(photo("green"), now + timedelta(hours=20))

    assert originals.prune(now + timedelta(hours=23)) == 0
    assert originals.prune(now + timedelta(hours=25)) == 1
    assert set(MediaFile.objects.all()) == {used, renewed}
    assert (files.there(used.file), files.there(unused.file)) == (True, False)


@pytest.mark.django_db
def test_a_file_that_was_lost_comes_back_with_the_next_upload(media_root):
    kept, _ = _keep(photo())
    files.forget(kept.file)
    again, is_new = _keep(photo())
    assert (again.pk, is_new) == (kept.pk, False)
    assert files.there(again.file)


@pytest.mark.django_db
def test_what_came_into_use_a_moment_ago_is_not_taken_away(media_root, monkeypatch):
    now = timezone.now()
    kept, _ = _keep(photo(), now)
    forget = originals._forget

    def meanwhile(pk, moment):
        ItemMedium.objects.create(item=make_item(), position=0, file=kept)
        return forget(pk, moment)

    monkeypatch.setattr(originals, "_forget", meanwhile)
    assert originals.prune(now + timedelta(hours=25)) == 0
    assert files.there(MediaFile.objects.get().file)
