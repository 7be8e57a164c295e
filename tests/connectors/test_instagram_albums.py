"""Carousels and reels on Instagram: children, their parent, and the one call that publishes."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.base import Outgoing, OutgoingMedia
from connectors.errors import NotReady, OutcomeUnknown, Rejected, TransientError
from connectors.sandbox.stage import films
from connectors.vendors.pieces import Piece, Pieces
from tests.connectors.contract import LINK, make
from tests.connectors.given import several
from tests.connectors.patience import deliver, deliver_up_to_publishing
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer

WORDS = f"The gates are open. {LINK}"


@pytest.fixture
def account(platforms):
    return make("instagram", platforms.url)


def carousel(account, tmp_path, shape="iii") -> Outgoing:
    media = several(account, shape, folder=tmp_path, url=account.api_base)
    return Outgoing(WORDS, link=LINK, marker=LINK, media=media, sent_at=datetime.now(UTC))


def made(platforms) -> list[str]:
    return [call.path.rpartition("/")[2] for call in platforms.calls if call.method == "POST"]


def test_every_child_is_made_then_the_parent_then_one_call_publishes(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path)
    kept, draft = deliver_up_to_publishing(account, outgoing)
    assert made(platforms) == ["media"] * 4 and len(kept) == 4 and platforms.wall == []
    account.publish(outgoing, draft)
    [posting] = platforms.wall
    assert made(platforms)[-1] == "media_publish"
    assert (posting.text, [one.alt for one in posting.media]) == (WORDS, ["Picture 0", "Picture 1", "Picture 2"])
    assert account.get(posting.id, fields="media_type")["media_type"] == "CAROUSEL_ALBUM"


def test_a_video_alone_is_a_reel_that_is_waited_for(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path, "v")
    with pytest.raises(NotReady, match="still taking the media in") as caught:
        account.prepare(outgoing, "")
    published = account.publish(outgoing, account.prepare(outgoing, caught.value.draft))
    assert made(platforms) == ["media", "media_publish"]
    assert account.get(published.external_id, fields="media_product_type")["media_product_type"] == "REELS"


def test_a_child_that_failed_is_made_again_and_no_other(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path)
    platforms.scenario(account.address, "child_fails", times=1)
    kept, draft = deliver_up_to_publishing(account, outgoing)
    assert made(platforms) == ["media"] * 5
    before, after = Pieces.read(kept[2]).ids, Pieces.read(draft).ids
    assert before[0] != after[0] and before[1:] == after[1:]


def test_a_child_that_fails_twice_stops_the_post(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path, "iv")
    bad = replace(outgoing.media[1], url=f"{platforms.url}/_media/sample/text.html")
    result, _ = deliver(account, replace(outgoing, media=(outgoing.media[0], bad)))
    assert isinstance(result, Rejected) and "2207026" in result.message
    assert made(platforms) == ["media"] * 3 and platforms.wall == []


@pytest.mark.parametrize(
    "facts", [{"seconds": 2}, {"seconds": 901}, {"width": 2000}, {"late": True}], ids=["short", "long", "wide", "late"]
)
def test_a_video_that_instagram_cannot_use_is_refused_in_its_words(account, platforms, facts):
    key = platforms.world.keep_picture(films.drawn(**facts), "video/mp4")
    result, _ = deliver(account, Outgoing(WORDS, media=(OutgoingMedia("video", key),)))
    assert isinstance(result, Rejected) and "2207026" in result.message


def test_a_parent_that_is_no_more_is_put_together_again_once(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path)
    _, draft = deliver_up_to_publishing(account, outgoing)
    shelf = platforms.world.shelves["containers"]
    shelf.pop(Pieces.read(draft).whole.id)
    with pytest.raises(NotReady, match="Another container") as caught:
        account.publish(outgoing, draft)
    again = account.prepare(outgoing, caught.value.draft)
    assert Pieces.read(again).made == Pieces.read(draft).made
    shelf.pop(Pieces.read(again).whole.id)
    with pytest.raises(Rejected):
        account.publish(outgoing, again)


@pytest.mark.parametrize("refusal", ["error_media_expired", "error_container_missing"])
def test_so_is_one_that_publishing_finds_expired(account, platforms, tmp_path, refusal):
    outgoing = carousel(account, tmp_path)
    _, draft = deliver_up_to_publishing(account, outgoing)
    with RawServer(recorded("instagram", refusal)) as server, pytest.raises(NotReady, match="Another") as caught:
        make("instagram", server.url).publish(outgoing, draft)
    again = account.prepare(outgoing, caught.value.draft)
    assert Pieces.read(again).whole.id != Pieces.read(draft).whole.id
    assert account.publish(outgoing, again).external_id == platforms.wall[0].id


def test_children_that_grew_old_are_made_anew(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path)
    _, draft = deliver_up_to_publishing(account, outgoing)
    for container in platforms.world.shelves["containers"].values():
        container["created_at"] = datetime(2020, 1, 1, tzinfo=UTC)
    result, _ = deliver(account, outgoing, draft)
    assert result.external_id == platforms.wall[0].id and made(platforms).count("media") == 8


def test_a_carousel_that_is_out_is_not_published_again(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path)
    _, draft = deliver_up_to_publishing(account, outgoing)
    account.publish(outgoing, draft)
    with pytest.raises(OutcomeUnknown, match="published already"):
        account.prepare(outgoing, draft)


def test_a_picture_that_cannot_be_fetched_goes_out_from_our_copy(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path)
    first, *rest = outgoing.media
    copied = replace(first, url=f"{platforms.url}/_media/none.jpg", copy_url=first.url)
    result, _ = deliver(account, replace(outgoing, media=(copied, *rest)))
    assert result.external_id == platforms.wall[0].id


def away(medium: OutgoingMedia, platforms) -> OutgoingMedia:
    """It can't be had from its address, but our copy of it can."""
    return replace(medium, url=f"{platforms.url}/_media/none", copy_url=medium.url)


@pytest.mark.parametrize("shape", ["i", "v", "iii", "vi", "iv"])
def test_what_its_status_says_can_not_be_fetched_goes_out_from_our_copy(account, platforms, tmp_path, shape):
    outgoing = carousel(account, tmp_path, shape)
    platforms.scenario(account.address, "fetched_later")
    outgoing = replace(outgoing, media=tuple(away(medium, platforms) for medium in outgoing.media))
    result, _ = deliver(account, outgoing)
    assert result.external_id == platforms.wall[0].id
    assert [one.kind for one in platforms.wall[0].media] == list(outgoing.kinds)
    assert made(platforms).count("media") == 2 * len(shape) + (len(shape) > 1)


def test_what_neither_address_gives_is_given_up_after_both(account, platforms, tmp_path):
    outgoing = carousel(account, tmp_path, "v")
    [film] = outgoing.media
    nowhere = replace(film, url=f"{platforms.url}/_media/none", copy_url=f"{platforms.url}/_media/none/either")
    result, _ = deliver(account, replace(outgoing, media=(nowhere,)))
    assert isinstance(result, TransientError) and "2207077" in result.message
    assert made(platforms) == ["media"] * 2 and platforms.wall == []


@pytest.mark.parametrize("refusal", ["error_picture_unfetched", "error_download_slow", "error_video_format"])
def test_a_reel_that_is_refused_at_once_is_made_from_our_copy(refusal):
    cases = ("quota_left", refusal, "container_made", "container_finished")
    film = OutgoingMedia("video", "https://example.com/a.mp4", copy_url="https://autopost.example/media/a.mp4")
    outgoing = Outgoing("Words", media=(film,))
    with RawServer(*(recorded("instagram", case) for case in cases)) as server:
        draft = make("instagram", server.url).prepare(outgoing, "")
    assert [asked.form.get("video_url") for asked in server.asked[1:3]] == [film.url, film.copy_url]
    with RawServer(recorded("instagram", "container_finished")) as server:
        assert make("instagram", server.url).prepare(outgoing, draft) == draft


def test_a_reel_that_failed_for_another_reason_is_made_again_from_its_own_address(account, platforms):
    key = platforms.world.keep_picture(films.drawn(seconds=5), "video/mp4")
    failed = answer(
        content={"status_code": "ERROR", "status": "Error: Media upload has failed with error code 2207001"}
    )
    film = OutgoingMedia("video", key, copy_url="https://autopost.example/media/a.mp4")
    cases = [recorded("instagram", case) for case in ("quota_left", "container_made", "container_finished")]
    with RawServer(*cases[:2], failed, failed, *cases) as server:
        connector = make("instagram", server.url)
        with pytest.raises(NotReady, match="made again") as caught:
            connector.prepare(Outgoing("Words", media=(film,)), "")
        connector.prepare(Outgoing("Words", media=(film,)), caught.value.draft)
    assert [asked.form["video_url"] for asked in server.asked if asked.method == "POST"] == [film.url] * 2


@pytest.mark.parametrize("shape", ["i", "ii"])
@pytest.mark.parametrize("last", ["👨\u200d👩\u200d👧", "e\u0301\u0301", "🇮🇩"])
def test_a_longer_alternative_text_is_cut_between_its_characters(account, platforms, tmp_path, shape, last):
    outgoing = carousel(account, tmp_path, shape)
    kept = "a" * 999
    longer = replace(outgoing, media=tuple(replace(one, alt=f"{kept}{last} and more") for one in outgoing.media))
    result, _ = deliver(account, longer)
    assert result.external_id == platforms.wall[0].id
    assert [one.alt for one in platforms.wall[0].media] == [kept] * len(shape)


def test_one_that_is_never_ready_waits_with_one_draft_and_makes_nothing_more(account, platforms, tmp_path):
    outgoing, drafts = carousel(account, tmp_path, "iv"), [""]
    platforms.scenario(account.address, "never_ready")
    for _ in range(5):
        with pytest.raises(NotReady) as caught:
            account.prepare(outgoing, drafts[-1])
        drafts.append(caught.value.draft)
    assert len(set(drafts[1:])) == 1 and made(platforms) == ["media", "media"]


@pytest.mark.parametrize(("ai", "flag"), [(True, {"is_ai_generated": "true"}), (False, {}), (None, {})])
def test_what_is_declared_as_made_by_a_machine_says_so(ai, flag):
    answers = [recorded("instagram", case) for case in ("quota_left", "container_made", "container_finished")]
    outgoing = Outgoing("Words", media=(OutgoingMedia("video", "https://example.com/a.mp4"),), ai=ai)
    with RawServer(*answers) as server:
        make("instagram", server.url).prepare(outgoing, "")
    told = {"media_type": "REELS", "video_url": "https://example.com/a.mp4", "caption": "Words"}
    assert server.asked[1].form == told | flag


def gone_unseen(account, platforms, tmp_path):
    """A post, and the draft of its items, which are no more while Instagram lets nobody look at a container."""
    outgoing = carousel(account, tmp_path)
    kept, _draft = deliver_up_to_publishing(account, outgoing)
    platforms.scenario(account.address, "container_unreadable")
    platforms.world.shelves["containers"].clear()
    return outgoing, kept[2]


def test_items_that_are_gone_and_can_not_be_read_are_made_again(account, platforms, tmp_path):
    outgoing, items = gone_unseen(account, platforms, tmp_path)
    with pytest.raises(NotReady, match="made again") as caught:
        account.prepare(outgoing, items)
    draft = account.prepare(outgoing, caught.value.draft)
    account.publish(outgoing, draft)
    assert len(platforms.wall) == 1 and not set(Pieces.read(items).ids) & set(Pieces.read(draft).ids)


def test_once(account, platforms, tmp_path):
    outgoing, items = gone_unseen(account, platforms, tmp_path)
    made_before = Pieces.read(items).together(Piece("", "", 1))
    with pytest.raises(Rejected) as caught:
        account.prepare(outgoing, str(made_before))
    assert caught.value.code == "24/2207006"
