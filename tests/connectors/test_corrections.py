"""Another text for what is out, for every connector that is found: it stands there once, or a sentence says why not."""

from dataclasses import replace

import pytest

import connectors
from connectors.base import Connector, Outgoing
from connectors.errors import NotCorrectable, RateLimited, TokenInvalid, TransientError
from connectors.texts import correcting_words as words
from connectors.texts.correcting import Correction
from connectors.texts.following import FollowUp
from tests.connectors.contract import deliver, every_platform, every_sandbox_page, make, names_in_sandbox, worded
from tests.connectors.given import one

NEW = "The gates are shut. https://example.com/go/ab1"
every_corrector = pytest.mark.parametrize(
    "name", [name for name in names_in_sandbox() if not connectors.get(name).why_not_corrected]
)


def out(name, platforms, tmp_path, *, picture=False, options=None, outgoing=None):
    """A connector, and a correction for its post on the wall."""
    connector = make(name, platforms.url)
    if options:
        connector = type(connector)(
            connector.address, connector.credentials, api_base=platforms.url, options=options,
            settings=connector.settings,
        )  # fmt: skip
    sent = outgoing or worded(connector, folder=tmp_path, url=platforms.url, picture=picture)
    published, _ = deliver(connector, sent)
    assert len(platforms.wall) == 1
    return connector, Correction(published.external_id, NEW, sent)


@every_platform
def test_the_verb_and_its_sentence_belong_together(name):
    kind = connectors.get(name)
    assert (kind.correct is Connector.correct) == bool(kind.why_not_corrected)
    assert not (kind.corrects_follow_ups and (kind.why_not_corrected or kind.follow_ups is None))


def test_a_connector_that_declares_nothing_says_so_in_a_sentence():
    assert Connector.why_not_corrected == words.NOT_OFFERED


@every_sandbox_page
def test_where_no_text_can_be_changed_nothing_is_sent(name, platforms, tmp_path):
    connector, correction = out(name, platforms, tmp_path)
    if connector.why_not_corrected:
        before = len(platforms.calls)
        with pytest.raises(NotCorrectable) as refused:
            connector.correct(correction)
        assert refused.value.message == connector.why_not_corrected
        assert connector.is_corrected(correction) is None and len(platforms.calls) == before


@every_corrector
@pytest.mark.parametrize("picture", [False, True])
def test_the_new_text_stands_where_the_old_one_stood_and_a_second_time_changes_nothing(
    name, picture, platforms, tmp_path
):
    connector, correction = out(name, platforms, tmp_path, picture=picture)
    [old] = platforms.wall
    assert connector.is_corrected(correction) in (False, None)
    connector.correct(correction)
    [new] = platforms.wall
    assert (new.text, new.id, new.media) == (NEW, old.id, old.media) and new.edited_at
    assert new.preview_link == old.preview_link
    assert connector.is_corrected(correction) in (True, None)
    connector.correct(correction)
    assert [post.text for post in platforms.wall] == [NEW]
    assert len(platforms.creating_calls()) == 1


@every_corrector
@pytest.mark.parametrize(
    ("day", "fault"),
    [
        ("rate_limit", RateLimited),
        ("token_expired", TokenInvalid),
        ("refuse", TransientError),
        ("server_error", TransientError),
        ("accept_then_500", TransientError),
        ("accept_then_hang_up", TransientError),
        ("accept_then_time_out", TransientError),
        ("drop_then_time_out", TransientError),
        ("time_out", TransientError),
        ("answered_late", TransientError),
    ],
)
def test_whatever_happens_on_the_way_it_can_be_asked_again(name, day, fault, platforms, tmp_path):
    connector, correction = out(name, platforms, tmp_path)
    platforms.scenario(connector.address, day, times=1)
    with pytest.raises(fault):
        connector.correct(correction)
    platforms.scenario(connector.address, "ok")
    connector.correct(correction)
    assert [post.text for post in platforms.wall] == [NEW]
    assert len(platforms.creating_calls()) == 1


@every_corrector
def test_a_slow_answer_is_one(name, platforms, tmp_path):
    connector, correction = out(name, platforms, tmp_path)
    platforms.scenario(connector.address, "slow", seconds=0.1)
    connector.correct(correction)
    assert platforms.wall[0].text == NEW


@every_corrector
@pytest.mark.parametrize("day", ["change_refused", "no_permission", "reject"])
def test_a_refusal_for_good_is_about_this_post_and_never_about_the_account(name, day, platforms, tmp_path):
    connector, correction = out(name, platforms, tmp_path)
    platforms.scenario(connector.address, day)
    with pytest.raises(NotCorrectable) as refused:
        connector.correct(correction)
    assert refused.value.message and platforms.wall[0].edited_at is None


@every_corrector
def test_what_is_gone_can_not_be_changed(name, platforms, tmp_path):
    connector, correction = out(name, platforms, tmp_path)
    connector.take_back(correction.external_id)
    with pytest.raises(NotCorrectable, match="not there any more"):
        connector.correct(correction)
    assert platforms.wall == []


@every_corrector
def test_an_album_is_corrected_by_its_first_piece(name, platforms, tmp_path):
    shown = [f"{platforms.url}/_media/sample/{which}" for which in ("photo.jpg", "wide.jpg")]
    connector = make(name, platforms.url)
    sent = worded(connector, folder=tmp_path, url=platforms.url, picture=True)
    sent = replace(sent, media=(*one(shown[0]), *one(shown[1])))
    connector, correction = out(name, platforms, tmp_path, outgoing=sent)
    connector.correct(correction)
    [post] = platforms.wall
    assert (post.text, len(post.media)) == (NEW, 2)


def test_telegrams_markup_is_read_as_when_it_was_sent(platforms, tmp_path):
    connector, correction = out("telegram", platforms, tmp_path)
    connector.correct(replace(correction, text="The <b>gates</b> are shut &amp; locked."))
    assert platforms.wall[0].text == "The gates are shut & locked."
    assert platforms.wall[0].markup == "The <b>gates</b> are shut &amp; locked."
    with pytest.raises(NotCorrectable, match="can't parse entities"):
        connector.correct(replace(correction, text="The <b>gates"))


def test_telegrams_hidden_preview_stays_hidden(platforms, tmp_path):
    connector, correction = out("telegram", platforms, tmp_path, options={"link_preview": False})
    connector.correct(correction)
    assert platforms.wall[0].text == NEW and platforms.wall[0].preview_link == ""


def test_what_went_out_as_a_message_below_its_picture_keeps_it_and_its_length(platforms, tmp_path):
    options = {"long_text": "message"}
    connector = make("telegram", platforms.url)
    sent = worded(connector, folder=tmp_path, url=platforms.url, picture=True)
    sent = replace(sent, text="x" * 1500)
    connector, correction = out("telegram", platforms, tmp_path, options=options, outgoing=sent)
    assert connector.longest_correction(sent, connector.limits) == 4096
    connector.correct(correction)
    assert platforms.wall[0].text == NEW and platforms.wall[0].preview_link == sent.media_url


def test_a_caption_stays_one_whatever_a_message_may_hold(platforms, tmp_path):
    connector, correction = out("telegram", platforms, tmp_path, picture=True, options={"long_text": "message"})
    assert connector.longest_correction(correction.sent, connector.limits) == 1024
    with pytest.raises(NotCorrectable, match="caption is too long"):
        connector.correct(replace(correction, text="x" * 1025))


def test_a_message_of_another_bot_stays(platforms, tmp_path):
    connector, correction = out("telegram", platforms, tmp_path)
    other = type(connector)(connector.address, {"bot_token": "7:sandbox-other"}, api_base=platforms.url)
    with pytest.raises(NotCorrectable, match="may not edit"):
        other.correct(correction)


def test_a_photo_whose_post_was_not_told_is_found_by_the_photo(platforms, tmp_path):
    connector, correction = out("facebook", platforms, tmp_path, picture=True)
    [photo] = platforms.world.shelves["photos"]
    connector.correct(replace(correction, external_id=photo))
    assert platforms.wall[0].text == NEW
    platforms.world.shelves["photos"][photo]["page_story_id"] = ""
    with pytest.raises(NotCorrectable, match="only by its post"):
        connector.correct(replace(correction, external_id=photo))


@pytest.mark.parametrize("name", [name for name in names_in_sandbox() if connectors.get(name).corrects_follow_ups])
def test_a_follow_up_is_corrected_as_the_plain_text_that_it_is(name, platforms, tmp_path):
    connector, correction = out(name, platforms, tmp_path)
    reply = connector.follow_up(FollowUp("First", parent=correction.external_id, root=correction.external_id))
    below = Correction(reply.external_id, "Second <b> & more", Outgoing("First"), below=True)
    assert connector.is_corrected(below) in (False, None)
    for _time in range(2):
        connector.correct(below)
        assert [post.text for post in platforms.wall] == [correction.sent.text, "Second <b> & more"]
    assert connector.is_corrected(below) in (True, None)
    connector.take_back(reply.external_id)
    with pytest.raises(NotCorrectable, match="not there any more"):
        connector.correct(below)
