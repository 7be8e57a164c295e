"""Albums and videos on Telegram: one call, streamed from disk, and an error that may have left some of it out."""

import json
import re
import tracemalloc
from dataclasses import replace

import pytest

from connectors.base import Outgoing, OutgoingMedia
from connectors.errors import NotReady, OutcomeUnknown, Rejected, TransientError
from connectors.uploads import Form, upload_of
from tests.connectors.given import several
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer
from tests.connectors.telegram_calls import SENT, WORDS, body_of, bot

MEGABYTE = 1024 * 1024


def an_album(connector, tmp_path, shape="iiv") -> Outgoing:
    return replace(WORDS, media=several(connector, shape, folder=tmp_path, url=""))


def test_an_album_is_one_form_with_the_words_on_its_first_item(platforms, tmp_path):
    connector = bot(platforms.url)
    published = connector.publish(an_album(connector, tmp_path), "")
    [posting] = platforms.wall
    numbers = published.external_id.split(",")
    assert (len(numbers), published.permalink.rpartition("/")[2], posting.id) == (3, numbers[0], ",".join(numbers))
    assert [one.kind for one in posting.media] == ["image", "image", "video"]
    assert (posting.text, posting.markup) == (WORDS.text.replace("<b>", "").replace("</b>", ""), WORDS.text)


def test_what_is_at_an_address_alone_is_named_by_it():
    connector = bot("http://127.0.0.1:1")
    there = tuple(OutgoingMedia("image", f"https://example.com/{name}.jpg") for name in "ab")
    with RawServer(SENT) as server:
        connector.api_base = server.url
        connector.publish(replace(WORDS, media=there), "")
    words = {"caption": WORDS.text, "parse_mode": "HTML"}
    first, second = ({"type": "photo", "media": one.url} for one in there)
    assert body_of(server.asked[0])["media"] == [first | words, second]


@pytest.mark.parametrize(
    ("case", "fault"), [("error_album_one_refused", OutcomeUnknown), ("error_group_send_failed", TransientError)]
)
def test_only_a_refusal_that_names_no_message_proves_that_nothing_is_out(case, fault, tmp_path):
    with RawServer(recorded("telegram", case)) as server:
        connector = bot(server.url)
        with pytest.raises(fault):
            connector.publish(an_album(connector, tmp_path), "")


def test_an_album_that_was_sent_in_part_is_not_sent_again(platforms, tmp_path):
    connector = bot(platforms.url)
    platforms.scenario(connector.address, "partly_sent", times=1)
    with pytest.raises(OutcomeUnknown, match="message #2"):
        connector.publish(an_album(connector, tmp_path), "")
    assert [len(posting.media) for posting in platforms.wall] == [1]


def test_every_message_of_an_album_is_taken_back(platforms, tmp_path):
    connector = bot(platforms.url)
    published = connector.publish(an_album(connector, tmp_path), "")
    connector.take_back(published.external_id.partition(",")[2])
    assert [len(posting.media) for posting in platforms.wall] == [1]
    connector.take_back(published.external_id)
    assert platforms.wall == []


def test_a_video_whose_address_cannot_be_read_is_uploaded(platforms, tmp_path):
    connector = bot(platforms.url)
    [film] = several(connector, "v", folder=tmp_path, url="")
    outgoing = replace(WORDS, media=(replace(film, url=f"{platforms.url}/_media/sample/text.html"),))
    with pytest.raises(NotReady) as caught:
        connector.publish(outgoing, "")
    published = connector.publish(outgoing, connector.prepare(outgoing, caught.value.draft))
    assert [posting.id for posting in platforms.wall] == [published.external_id]


def test_an_upload_that_is_refused_is_not_uploaded_again(platforms, tmp_path):
    connector = bot(platforms.url)
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(12))
    with pytest.raises(Rejected, match="VIDEO_CONTENT_TYPE_INVALID"):
        connector.publish(replace(WORDS, media=(OutgoingMedia("video", path=str(path)),)), "upload")


def test_a_caption_of_an_album_is_no_longer_than_a_caption(tmp_path):
    connector = bot("http://127.0.0.1:1", long_text="message")
    long = replace(an_album(connector, tmp_path), text="a" * 1025)
    with pytest.raises(Rejected, match="takes 1024 characters"):
        connector.prepare(long, "")


def test_a_file_is_read_while_it_is_sent(tmp_path):
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.write(b"\0\0\0\x18ftypisom" + bytes(12))
        file.truncate(64 * MEGABYTE)
    form = Form({"chat_id": "1"}, {"video": upload_of(str(path))})
    tracemalloc.start()
    sent = sum(len(chunk) for chunk in form)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent == len(form) > 64 * MEGABYTE
    assert most < 2 * MEGABYTE


def test_a_form_is_what_a_reader_of_forms_reads(platforms, tmp_path):
    connector = bot(platforms.url)
    outgoing = an_album(connector, tmp_path, "ii")
    with RawServer(SENT) as server:
        connector.api_base = server.url
        connector.publish(outgoing, "")
    [asked] = server.asked
    named = re.findall(rb'name="(\w+)"(?:; filename="([\w.]+)")?', asked.body)
    assert named == [
        *[(b"chat_id", b""), (b"media", b"")],
        *[(b"file0", b"picture.jpg"), (b"file1", b"picture.jpg")],
    ]
    rows = json.loads(re.search(rb'name="media"\r\n\r\n(.*?)\r\n--', asked.body)[1])
    assert [row["media"] for row in rows] == ["attach://file0", "attach://file1"]
    assert int(asked.headers["content-length"]) == len(asked.body)
