"""Albums and videos on a Page: drafts that nobody sees, and one call that shows them."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.base import Outgoing, OutgoingMedia
from connectors.errors import OutcomeUnknown, Rejected, TokenInvalid, TransientError
from connectors.sandbox.stage import films
from connectors.sandbox.stage.samples import sample
from connectors.vendors.meta.media import rupload
from connectors.vendors.pieces import Piece, Pieces
from tests.connectors.contract import LINK, make
from tests.connectors.given import several
from tests.connectors.patience import deliver
from tests.connectors.rawserver import RawServer, answer

WORDS = f"The gates are open. {LINK}"


@pytest.fixture
def page(platforms):
    return make("facebook", platforms.url)


def album(page, tmp_path, shape="iii") -> Outgoing:
    media = several(page, shape, folder=tmp_path, url=page.api_base)
    return Outgoing(WORDS, link=LINK, marker=LINK, media=media, sent_at=datetime.now(UTC))


def film(tmp_path, **facts) -> OutgoingMedia:
    path = tmp_path / "film.mp4"
    path.write_bytes(films.drawn(**facts))
    seen = films.inspect(path.read_bytes())
    return OutgoingMedia("video", "", str(path), width=seen.width, height=seen.height, seconds=seen.seconds)


def posts(platforms) -> list[str]:
    return [call.path.rpartition("/")[2] for call in platforms.calls if call.method == "POST"]


def test_pictures_are_uploaded_unpublished_with_their_words_and_posted_together(page, platforms, tmp_path):
    outgoing = album(page, tmp_path)
    draft = page.prepare(outgoing, "")
    assert platforms.wall == [] and posts(platforms) == ["photos"] * 3
    published = page.publish(outgoing, draft)
    [posting] = platforms.wall
    assert published.external_id == posting.id and posts(platforms)[-1] == "feed"
    assert [one.alt for one in posting.media] == ["Picture 0", "Picture 1", "Picture 2"]
    found = page.get(posting.id, fields="attachments{type,subattachments}")
    assert len(found["attachments"]["data"][0]["subattachments"]["data"]) == 3


def test_a_picture_that_the_page_has_forgotten_is_uploaded_again(page, platforms, tmp_path):
    outgoing = album(page, tmp_path)
    draft = page.prepare(outgoing, "")
    second = Pieces.read(draft).ids[1]
    del platforms.world.shelves["photos"][second]
    again = page.prepare(outgoing, draft)
    assert [one == other for one, other in zip(Pieces.read(draft).ids, Pieces.read(again).ids, strict=True)] == [
        True,
        False,
        True,
    ]
    page.publish(outgoing, again)
    assert len(platforms.wall[0].media) == 3


def test_a_picture_with_other_words_is_another_picture(page, platforms, tmp_path):
    outgoing = album(page, tmp_path)
    draft = page.prepare(outgoing, "")
    first, *rest = outgoing.media
    again = page.prepare(replace(outgoing, media=(replace(first, alt="Other"), *rest[:1])), draft)
    assert len(Pieces.read(again).ids) == 2
    assert Pieces.read(again).ids[0] != Pieces.read(draft).ids[0]
    assert Pieces.read(again).ids[1] == Pieces.read(draft).ids[1]


def test_one_bad_picture_stops_the_album_before_anything_is_seen(page, platforms, tmp_path):
    outgoing = album(page, tmp_path)
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"\xff\xd8\xff" + b"nothing")
    kept = []
    with pytest.raises(Rejected):
        page.prepare(
            replace(outgoing, media=(*outgoing.media[:2], OutgoingMedia("image", path=str(bad)))), "", kept.append
        )
    assert (len(kept), platforms.wall) == (2, [])


def test_a_picture_whose_address_is_away_for_a_minute_is_asked_for_again(page, platforms, tmp_path):
    first, second = album(page, tmp_path, "ii").media
    outgoing = Outgoing(WORDS, media=(first, replace(second, path="", url=f"{platforms.url}/_media/later")))
    result, draft = deliver(page, outgoing)
    assert isinstance(result, TransientError) and result.code == "100/2061006" and "Invalid URL" in result.message
    platforms.world.pictures["later"] = sample("photo.jpg")
    result, _ = deliver(page, outgoing, draft)
    assert [posting.id for posting in platforms.wall] == [result.external_id]
    assert posts(platforms) == ["photos"] * 3 + ["feed"]


def test_an_album_that_is_not_whole_is_not_posted(page, tmp_path):
    with pytest.raises(TransientError, match="prepared first"):
        page.publish(album(page, tmp_path), str(Pieces((Piece("1", "a"),))))


class TestVideos:
    def test_what_has_the_shape_of_a_reel_is_one(self, page, platforms, tmp_path):
        outgoing = Outgoing(WORDS, marker=LINK, media=(film(tmp_path, seconds=20),))
        draft = page.prepare(outgoing, "")
        assert posts(platforms)[0] == "video_reels" and platforms.wall == []
        published = page.publish(outgoing, draft)
        assert (published.external_id, published.permalink) == (platforms.wall[0].id, platforms.wall[0].permalink)

    @pytest.mark.parametrize("facts", [{"width": 1920, "height": 1080}, {"seconds": 91}, {"width": 360, "height": 640}])
    def test_what_has_not_is_uploaded_unpublished_and_published_by_a_second_call(
        self, page, platforms, tmp_path, facts
    ):
        outgoing = Outgoing(WORDS, marker=LINK, media=(film(tmp_path, **facts),))
        published, _ = deliver(page, outgoing)
        assert posts(platforms)[0] == "videos" and len(platforms.creating_calls()) == 1
        assert [posting.id for posting in platforms.wall] == [published.external_id]

    def test_an_upload_that_broke_off_goes_on_where_it_stopped(self, page, platforms, tmp_path):
        medium = film(tmp_path, weight=50_000)
        outgoing = Outgoing(WORDS, marker=LINK, media=(medium,))
        kept: list[str] = []
        page.prepare(outgoing, "", kept.append)
        [video] = Pieces.read(kept[0]).ids
        shelf = platforms.world.shelves["films"][video]
        with open(medium.path, "rb") as file:
            shelf.update(state="uploading", content=bytearray(file.read(20_000)), seen=None)
        page.publish(outgoing, page.prepare(outgoing, kept[0]))
        assert [posting.media[0].kind for posting in platforms.wall] == ["video"]
        assert len([call for call in platforms.calls if call.path.startswith("/video-upload/")]) == 2

    def test_bytes_out_of_order_are_refused_and_asked_about_again(self, page, platforms, tmp_path):
        medium = film(tmp_path, weight=50_000)
        [video] = Pieces.read(page.prepare(Outgoing(WORDS, media=(medium,)), "")).ids
        platforms.world.shelves["films"][video].update(state="uploading", content=bytearray(10))
        with pytest.raises(TransientError, match="offset"):
            rupload.send(page, video, medium, offset=0)

    def test_a_video_that_it_could_not_use_is_refused_in_its_words(self, page, platforms, tmp_path):
        medium = replace(film(tmp_path, width=100, height=100), width=720, height=1280)
        outgoing = Outgoing(WORDS, marker=LINK, media=(medium,))
        draft = page.prepare(outgoing, "")
        with pytest.raises(Rejected, match="below 540p"):
            page.publish(outgoing, draft)
        assert platforms.wall == []
        assert page.find_existing(replace(outgoing, media=()), draft) is None

    def test_one_that_is_out_is_not_published_again(self, page, platforms, tmp_path):
        outgoing = Outgoing(WORDS, marker=LINK, media=(film(tmp_path),))
        draft = page.prepare(outgoing, "")
        page.publish(outgoing, draft)
        with pytest.raises(OutcomeUnknown, match="published already"):
            page.prepare(outgoing, draft)

    @pytest.mark.parametrize("shape", [(720, 1280), (1920, 1080)], ids=["reel", "video"])
    @pytest.mark.parametrize("said", [{}, {"success": False}, {"error": {"code": 1, "message": "No."}}, []])
    def test_only_a_yes_says_that_it_is_out(self, tmp_path, shape, said):
        medium = replace(film(tmp_path), width=shape[0], height=shape[1], seconds=20)
        outgoing = Outgoing(WORDS, marker=LINK, media=(medium,))
        with RawServer(answer(200, said)) as server:
            page = make("facebook", server.url)
            with pytest.raises(OutcomeUnknown):
                page.publish(outgoing, '{"pieces":[["1","vabc"]]}')
            assert [asked.method for asked in server.asked] == ["POST"]

    def test_one_that_is_being_worked_on_may_be_out_soon(self, page, tmp_path):
        phases = {"processing_phase": {"status": "in_progress"}, "publishing_phase": {"status": "not_started"}}
        state = {"id": "1", "status": {"video_status": "processing", **phases}}
        with RawServer(answer(200, state)) as server, pytest.raises(OutcomeUnknown, match="still working"):
            make("facebook", server.url).find_existing(Outgoing(WORDS), '{"pieces":[["1","vabc"]]}')

    @pytest.mark.parametrize(
        ("status", "told", "fault"),
        [
            (400, {"retriable": True, "type": "X", "message": "later"}, TransientError),
            (400, {"retriable": False, "type": "X", "message": "never"}, Rejected),
            (400, {"retriable": False, "type": "X", "message": "Unauthorized user request"}, TokenInvalid),
            (500, {"retriable": False, "type": "X", "message": "never"}, TransientError),
        ],
    )
    def test_what_the_upload_s_host_says(self, tmp_path, status, told, fault):
        with RawServer(answer(status, {"debug_info": told})) as server, pytest.raises(fault):
            rupload.send(make("facebook", server.url), "1", film(tmp_path), offset=0)

    def test_our_token_goes_to_no_host_that_an_answer_names(self, tmp_path):
        with RawServer(answer(200, {"success": True})) as server:
            rupload.send(make("facebook", server.url), "1", film(tmp_path), offset=0)
        [asked] = server.asked
        assert (asked.path, asked.headers["authorization"][:6]) == ("/video-upload/v26.0/1", "OAuth ")
