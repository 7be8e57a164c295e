"""POST media: one file, by its bytes, kept once; what is too large or no medium is refused by its name."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from social_queue.access import keys
from social_queue.media import originals
from social_queue.models import MediaFile
from tests.media.test_originals import photo
from tests.support.videos import video

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(media_root):
    key = keys.issue("bot")[1]

    def send(content: bytes | None, *, field="file", key=key, **more):
        fields = {} if content is None else {field: SimpleUploadedFile("of-no-matter.txt", content)}
        return Client().post("/api/autopost/media", fields | more, headers={"Authorization": f"Bearer {key}"})

    return send


def test_a_picture_is_answered_with_what_it_is_and_the_second_time_with_the_same(upload, client):
    first, second = upload(photo()), upload(photo())
    assert (first.status_code, second.status_code) == (201, 200)
    told = first.json()
    assert second.json() == told
    assert {name: told[name] for name in ("type", "width", "height", "seconds")} == {
        "type": "image",
        "width": 640,
        "height": 480,
        "seconds": 0.0,
    }
    served = client.get(told["url"].partition("autopost.test")[2] or told["url"])
    assert served.status_code == 200
    assert len(b"".join(served)) == told["bytes"]


def test_a_video_is_told_by_its_bytes(upload):
    told = upload(video(seconds=3.25)).json()
    assert (told["type"], told["width"], told["height"], told["seconds"]) == ("video", 1280, 720, 3.25)


def test_what_is_neither_is_a_422_that_names_it(upload):
    answer = upload(b"<!doctype html><title>404</title>")
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "bad_media"
    assert "a web page" in answer.json()["error"]["message"]


@pytest.mark.parametrize(("content", "word"), [(photo() + bytes(4000), "picture"), (video() + bytes(9000), "video")])
def test_too_large_is_a_413_at_the_first_byte_too_many(upload, monkeypatch, content, word):
    monkeypatch.setattr(originals, "LARGEST", originals.LARGEST)
    monkeypatch.setitem(originals.LARGEST, MediaFile.Kind.IMAGE, 4000)
    monkeypatch.setitem(originals.LARGEST, MediaFile.Kind.VIDEO, 9000)
    answer = upload(content)
    assert answer.status_code == 413
    assert answer.json()["error"]["code"] == "too_large"
    assert word in answer.json()["error"]["message"]
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": None}, 400),
        ({"content": b"x", "field": "picture"}, 400),
        ({"content": photo(), "alt": "beside it"}, 400),
        ({"content": photo(), "key": "nobody"}, 401),
    ],
)
def test_a_form_that_is_not_one_file_is_refused(upload, sent, status):
    answer = upload(sent.pop("content"), **sent)
    assert answer.status_code == status
    if status == 400:
        assert list(answer.json()["error"]["fields"]) == ["file"]


@pytest.mark.parametrize(
    "more",
    [
        {f"field{number}": "x" for number in range(1001)},
        {f"file{number}": SimpleUploadedFile("a.png", b"x") for number in range(101)},
        {"long": "x" * (9 * 1024 * 1024)},
    ],
    ids=["fields", "files", "bytes of a field"],
)
def test_a_form_with_more_than_the_server_reads_is_refused_as_one_with_too_much(upload, more):
    answer = upload(photo(), **more)
    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["file"] and not MediaFile.objects.exists()


def test_other_bodies_and_keys_are_told_what_is_wanted(caller, client):
    bot = caller()
    assert bot.post("media", {"file": "x"}).status_code == 415
    broken = bot.post("media", b"no boundary at all", kind="multipart/form-data; boundary=x")
    assert broken.status_code == 400
    reader = keys.issue("reader", ["read"])[1]
    form = {"file": io.BytesIO(photo())}
    answer = client.post("/api/autopost/media", form, headers={"Authorization": f"Bearer {reader}"})
    assert answer.status_code == 403


def test_a_store_that_is_full_is_a_503_to_be_sent_again(upload, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "file"
    settings.MEDIA_ROOT.write_text("a file where the folder should be")
    answer = upload(photo())
    assert answer.status_code == 503
    assert not MediaFile.objects.exists()


@pytest.mark.parametrize("name", ["a" * 300, f"originals/{'a' * 300}.jpg", "a/" * 2500])
def test_a_name_longer_than_a_folder_holds_is_unknown_and_no_outage(client, upload, caplog, name):
    upload(photo())  # in a folder that is not there nothing is looked for
    assert client.get(f"/media/{name}").status_code == 404
    assert not [record for record in caplog.records if record.exc_info]
