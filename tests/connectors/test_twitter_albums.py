"""Several pictures and a video on X: uploaded once, in parts and in order, shown by one call."""

from dataclasses import replace

import pytest

from connectors.base import Outgoing, OutgoingMedia
from connectors.errors import NotReady, Rejected
from connectors.sandbox.stage import films
from connectors.vendors.pieces import Piece, Pieces
from connectors.vendors.twitter import uploading
from tests.connectors.contract import LINK, make
from tests.connectors.given import several
from tests.connectors.patience import deliver, deliver_up_to_publishing

WORDS = f"The gates are open. {LINK}"


@pytest.fixture
def handle(platforms):
    return make("twitter", platforms.url)


def post(handle, tmp_path, shape) -> Outgoing:
    return Outgoing(WORDS, marker=LINK, media=several(handle, shape, folder=tmp_path, url=""))


def film(tmp_path, **facts) -> OutgoingMedia:
    path = tmp_path / "film.mp4"
    path.write_bytes(films.drawn(**facts))
    return OutgoingMedia("video", path=str(path))


def made(platforms) -> list[str]:
    return [call.path.removeprefix("/2/") for call in platforms.calls if call.method == "POST"]


def test_four_of_six_pictures_go_out_with_their_words(handle, platforms, tmp_path):
    deliver(handle, post(handle, tmp_path, "iiiiii"))
    [posting] = platforms.wall
    assert [one.alt for one in posting.media] == [f"Picture {place}" for place in range(4)]
    assert made(platforms).count("media/upload") == made(platforms).count("media/metadata") == 4


def test_a_video_is_sent_in_parts_and_waited_for(handle, platforms, tmp_path, monkeypatch):
    monkeypatch.setattr(uploading, "PART", 1000)
    outgoing = Outgoing(WORDS, media=(film(tmp_path, weight=4500),))
    result, _ = deliver(handle, outgoing)
    assert [posting.id for posting in platforms.wall] == [result.external_id]
    ends = [path.rpartition("/")[2] for path in made(platforms)]
    assert ends == ["initialize", *["append"] * 5, "finalize", "tweets"]


def test_a_long_upload_is_a_matter_of_several_visits_each_going_on(handle, platforms, tmp_path, monkeypatch):
    monkeypatch.setattr(uploading, "PART", 1000)
    monkeypatch.setattr(uploading, "MOST_IN_ONE_GO", 2000)
    outgoing = Outgoing(WORDS, media=(film(tmp_path, weight=4500),))
    with pytest.raises(NotReady, match="on its way") as caught:
        handle.prepare(outgoing, "")
    assert (caught.value.retry_after, Pieces.read(caught.value.draft).made[0].count) == (0, 2000)
    deliver(handle, outgoing, caught.value.draft)
    ends = [path.rpartition("/")[2] for path in made(platforms)]
    assert ends.count("append") == 5 and ends.count("initialize") == 1


def test_whoever_dies_between_parts_sends_none_of_them_twice(handle, platforms, tmp_path, monkeypatch):
    monkeypatch.setattr(uploading, "PART", 1000)
    outgoing = Outgoing(WORDS, media=(film(tmp_path, weight=3500),))

    def die(draft):
        if Pieces.read(draft).made[0].count == 2000:
            raise SystemExit
        kept.append(draft)

    kept = []
    with pytest.raises(SystemExit):
        handle.prepare(outgoing, "", die)
    deliver(handle, outgoing, kept[-1])
    ends = [path.rpartition("/")[2] for path in made(platforms)]
    # The part whose keeping failed is sent again; X takes a part's second copy for the first.
    assert (ends.count("initialize"), ends.count("append")) == (1, 5)
    assert len(platforms.wall) == 1


def test_an_upload_that_x_has_forgotten_is_begun_anew(handle, platforms, tmp_path):
    outgoing = post(handle, tmp_path, "ii")
    _, draft = deliver_up_to_publishing(handle, outgoing)
    platforms.world.shelves["media"].clear()
    result, _ = deliver(handle, outgoing, draft)
    assert result.external_id == platforms.wall[0].id and made(platforms).count("media/upload") == 4


def test_a_video_that_x_cannot_use_is_refused(handle, platforms, tmp_path):
    path = tmp_path / "film.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom" + bytes(40))
    result, _ = deliver(handle, Outgoing(WORDS, media=(OutgoingMedia("video", path=str(path)),)))
    assert isinstance(result, Rejected) and "could not use the video" in result.message
    assert platforms.wall == []


def test_one_that_is_never_ready_waits_with_one_draft(handle, platforms, tmp_path):
    outgoing, drafts = post(handle, tmp_path, "v"), [""]
    platforms.scenario(handle.address, "never_ready")
    for _ in range(4):
        with pytest.raises(NotReady, match="still working") as caught:
            handle.prepare(outgoing, drafts[-1])
        drafts.append(caught.value.draft)
    assert len(set(drafts[1:])) == 1
    assert [path.rpartition("/")[2] for path in made(platforms)] == ["initialize", "append", "finalize"]


def test_other_words_for_one_picture_upload_that_one_again(handle, platforms, tmp_path):
    outgoing = post(handle, tmp_path, "ii")
    _, draft = deliver_up_to_publishing(handle, outgoing)
    first, second = outgoing.media
    other = replace(outgoing, media=(first, replace(second, alt="Other")))
    before, after = Pieces.read(draft).ids, Pieces.read(handle.prepare(other, draft)).ids
    assert before[0] == after[0] and before[1] != after[1]


def test_a_draft_that_names_too_few_is_prepared_again(handle, tmp_path):
    with pytest.raises(NotReady) as caught:
        handle.publish(post(handle, tmp_path, "ii"), str(Pieces((Piece("1991000000000000001", "a"),))))
    assert caught.value.retry_after == 0
