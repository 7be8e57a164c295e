"""A picture that is uploaded has a name and a type that follow from its bytes."""

from dataclasses import replace

import pytest

from connectors.errors import Rejected, TransientError
from connectors.uploads import picture_file
from tests.connectors.drawn import picture_bytes
from tests.connectors.given import one
from tests.connectors.rawserver import RawServer
from tests.connectors.telegram_calls import SENT, WORDS, bot


@pytest.mark.parametrize(
    ("kind", "name", "media_type"),
    [
        ("JPEG", "picture.jpg", "image/jpeg"),
        ("PNG", "picture.png", "image/png"),
        ("GIF", "picture.gif", "image/gif"),
        ("WEBP", "picture.webp", "image/webp"),
    ],
)
def test_the_name_s_ending_follows_from_the_bytes(kind, name, media_type, tmp_path):
    path = tmp_path / "0a1b2c3d"
    path.write_bytes(picture_bytes(kind=kind))
    assert picture_file(str(path)) == (name, path.read_bytes(), media_type)


@pytest.mark.parametrize("content", [b"", b"<html>", b"%PDF"])
def test_what_is_no_picture_is_not_uploaded(content, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(content)
    with pytest.raises(Rejected, match=r"a\.jpg holds no picture"):
        picture_file(str(path))


def test_a_file_that_is_not_there_now_is_looked_for_again(tmp_path):
    with pytest.raises(TransientError, match=r"gone\.jpg cannot be read: No such file"):
        picture_file(str(tmp_path / "gone.jpg"))


def test_telegram_is_told_an_ending_that_it_knows(tmp_path):
    path = tmp_path / "0a1b2c3d"
    path.write_bytes(picture_bytes())
    with RawServer(SENT) as server:
        bot(server.url).publish(replace(WORDS, media=one(path=str(path))), "upload")
    assert b'name="photo"; filename="picture.jpg"\r\nContent-Type: image/jpeg' in server.asked[0].body
