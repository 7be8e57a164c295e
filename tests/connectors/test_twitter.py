"""X: a picture first, then the one call that posts; signatures, keys and money."""

import json
import logging
from dataclasses import replace

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import NotReady, OutcomeUnknown, Rejected, TokenInvalid, TransientError
from connectors.twitter import Twitter
from connectors.vendors.twitter.errors import UPLOAD_AGAIN
from tests.connectors.contract import picture_file
from tests.connectors.given import one
from tests.connectors.rawserver import RawServer, answer
from tests.connectors.twitter_calls import KEYS, MEDIA, POST, WORDS, handle, recorded


@pytest.fixture
def pictured(tmp_path) -> Outgoing:
    return replace(WORDS, media=one(path=str(picture_file(tmp_path)), alt="A landscape"))


class TestPublishing:
    def test_a_post_is_one_call_and_its_address_holds_handle_and_id(self):
        with RawServer(*recorded("post_created")) as server:
            published = handle(server.url).publish(WORDS, "")
            [asked] = server.asked
        assert published == Published(POST, f"https://x.com/olympus_news/status/{POST}")
        assert (asked.method, asked.path, json.loads(asked.body)) == ("POST", "/2/tweets", {"text": WORDS.text})

    def test_the_picture_goes_along_by_its_id(self):
        with RawServer(*recorded("post_created")) as server:
            handle(server.url).publish(WORDS, MEDIA)
            [asked] = server.asked
        assert json.loads(asked.body) == {"text": WORDS.text, "media": {"media_ids": [MEDIA]}}

    def test_a_picture_alone_goes_out_with_an_empty_text_since_x_refuses_one_that_is_left_out(self):
        with RawServer(*recorded("post_created")) as server:
            handle(server.url).publish(replace(WORDS, text=""), MEDIA)
        assert json.loads(server.asked[0].body) == {"text": "", "media": {"media_ids": [MEDIA]}}

    def test_a_handle_may_be_written_with_its_sign(self):
        with RawServer(*recorded("post_created")) as server:
            published = handle(server.url, address="@olympus_news").publish(WORDS, "")
        assert published.permalink == f"https://x.com/olympus_news/status/{POST}"

    def test_a_post_whose_picture_was_not_prepared_is_not_sent(self, pictured):
        with RawServer(*recorded("post_created")) as server, pytest.raises(NotReady):
            handle(server.url).publish(pictured, "")
        assert server.asked == []

    def test_a_good_status_without_an_id_leaves_the_outcome_unknown(self):
        with RawServer(*recorded("timeline_partial")) as server, pytest.raises(OutcomeUnknown):
            handle(server.url).publish(WORDS, "")

    def test_nothing_is_asked_of_x_while_a_key_is_missing(self):
        with RawServer(*recorded("post_created")) as server, pytest.raises(TokenInvalid, match="four keys"):
            handle(server.url, api_secret=" ").publish(WORDS, "")
        assert server.asked == []


class TestPreparing:
    @pytest.mark.parametrize("case", ["media_uploaded", "media_uploaded_without_wrapper"])
    def test_the_picture_is_uploaded_and_described(self, case, pictured):
        with RawServer(*recorded(case, "metadata_added")) as server:
            assert handle(server.url).prepare(pictured, "") == MEDIA
            upload, metadata = server.asked
        assert upload.path == "/2/media/upload" and metadata.path == "/2/media/metadata"
        assert b'name="media_category"\r\n\r\ntweet_image' in upload.body
        assert json.loads(metadata.body) == {"id": MEDIA, "metadata": {"alt_text": {"text": "A landscape"}}}

    def test_a_text_alone_needs_no_preparation(self):
        with RawServer(*recorded("media_uploaded")) as server:
            assert handle(server.url).prepare(WORDS, "") == ""
        assert server.asked == []

    def test_a_picture_that_is_uploaded_is_not_uploaded_again(self, pictured):
        with RawServer(*recorded("media_uploaded")) as server:
            assert handle(server.url).prepare(pictured, MEDIA) == MEDIA
        assert server.asked == []

    def test_one_that_x_lost_is(self, pictured):
        with RawServer(*recorded("media_uploaded", "metadata_added")) as server:
            assert handle(server.url).prepare(pictured, UPLOAD_AGAIN) == MEDIA

    @pytest.mark.parametrize("odd", ["string", "3_1991000000000000555", "upload-again"])
    def test_an_id_that_no_post_could_carry_is_told_and_not_asked_for_again_at_once(self, odd, pictured):
        answered = answer(200, {"data": {"id": odd}})
        with RawServer(answered) as server, pytest.raises(TransientError, match=f"no number: {odd}"):
            handle(server.url).prepare(pictured, "")
        assert len(server.asked) == 1

    def test_an_alternative_text_is_cut_to_what_x_takes(self, pictured):
        with RawServer(*recorded("media_uploaded", "metadata_added")) as server:
            handle(server.url).prepare(replace(pictured, media=one(path=pictured.media_path, alt="a" * 1200)), "")
        assert len(json.loads(server.asked[1].body)["metadata"]["alt_text"]["text"]) == 1000

    def test_what_readers_see_as_one_letter_is_not_cut_in_two_there(self, pictured):
        with RawServer(*recorded("media_uploaded", "metadata_added")) as server:
            alt = "a" * 998 + "👨‍👩‍👧‍👦"
            handle(server.url).prepare(replace(pictured, media=one(path=pictured.media_path, alt=alt)), "")
        assert json.loads(server.asked[1].body)["metadata"]["alt_text"]["text"] == "a" * 998

    def test_a_refused_alternative_text_does_not_hold_up_the_post(self, pictured, caplog):
        with RawServer(*recorded("media_uploaded", "error_invalid_request")) as server:
            assert handle(server.url).prepare(pictured, "") == MEDIA
        assert "alternative text" in caplog.text

    def test_trouble_while_describing_is_tried_again(self, pictured):
        with RawServer(*recorded("media_uploaded", "error_server_503")) as server, pytest.raises(TransientError):
            handle(server.url).prepare(pictured, "")

    def test_a_picture_that_x_cannot_read_is_refused(self, pictured):
        with RawServer(*recorded("media_failed")) as server, pytest.raises(Rejected):
            handle(server.url).prepare(pictured, "")

    def test_a_picture_without_its_bytes_is_refused_before_anything_is_sent(self):
        with pytest.raises(Rejected, match="upload"):
            handle("http://127.0.0.1:1").prepare(replace(WORDS, media=one("https://example.com/a.jpg")), "")

    def test_too_long_a_text_is_refused_with_its_weight(self):
        with pytest.raises(Rejected, match="280 characters, this text counts as 282"):
            handle("http://127.0.0.1:1").prepare(Outgoing("の" * 141), "")


class TestInTheSandbox:
    def test_picture_text_and_description_reach_the_wall(self, platforms, pictured):
        connector = handle(platforms.url)
        published = connector.publish(pictured, connector.prepare(pictured, ""))
        [posting] = platforms.wall
        assert (posting.id, posting.permalink) == (published.external_id, published.permalink)
        assert posting.alt_text == "A landscape" and posting.media_url and posting.text == WORDS.text

    def test_a_query_is_part_of_the_signature_and_a_wrong_secret_is_noticed(self, platforms):
        connector = handle(platforms.url)
        connector.publish(WORDS, "")
        assert connector.find_existing(replace(WORDS, sent_at=platforms.wall[0].posted_at), "")
        for key in KEYS:
            with pytest.raises(TokenInvalid):
                handle(platforms.url, **{key: "wrong"}).publish(WORDS, "")
        assert len(platforms.wall) == 1


class TestToken:
    def test_working_keys_name_their_owner(self):
        with RawServer(*recorded("me")) as server:
            status = handle(server.url).check_token()
        assert (status.valid, status.account_name, status.scopes_missing, status.detail) == (
            True,
            "@olympus_news",
            (),
            "",
        )

    def test_keys_that_may_only_read_lack_a_right(self):
        with RawServer(*recorded("me_read_only")) as server:
            status = handle(server.url).check_token()
        assert status.valid and status.scopes_missing == ("write",) and "allow the app to write" in status.detail

    def test_keys_of_another_account_are_pointed_out(self):
        with RawServer(*recorded("me")) as server:
            assert "@olympus_news, not to @somebody" in handle(server.url, address="somebody").check_token().detail

    def test_bad_keys_are_not_valid(self):
        with RawServer(*recorded("error_unauthorized")) as server:
            assert not handle(server.url).check_token().valid

    def test_a_check_that_costs_money_says_so_and_so_do_posts(self):
        assert Twitter.token_check_is_billed
        assert (Twitter.price_with_link, Twitter.price_without_link) == (0.20, 0.015)


def test_signing_prints_nothing_secret_at_any_level(caplog):
    caplog.set_level(logging.DEBUG)
    with RawServer(*recorded("post_created")) as server:
        handle(server.url).publish(WORDS, "")
    assert caplog.text and not [secret for secret in KEYS.values() if secret in caplog.text]
