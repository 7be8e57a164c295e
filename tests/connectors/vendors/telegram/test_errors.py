"""What every error text of the Bot API means, and how a refused picture travels another way."""

import re
from dataclasses import replace

import pytest

from connectors.errors import (
    AccountBlocked,
    AddressMoved,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TokenInvalid,
    TransientError,
)
from tests.connectors import payloads
from tests.connectors.contract import picture_file
from tests.connectors.drawn import picture_bytes
from tests.connectors.given import one
from tests.connectors.rawserver import RawServer, answer
from tests.connectors.telegram_calls import PICTURED, SENT, WORDS, bot, failure

#: Recorded error -> (our error, its reason).
MEANINGS = {
    "error_flood": (RateLimited, ""),
    "error_flood_in_words_only": (RateLimited, ""),
    "error_flood_in_header_only": (RateLimited, ""),
    "error_flood_as_of_old": (RateLimited, ""),
    "error_album_one_refused": (OutcomeUnknown, ""),
    "error_album_one_forbidden": (OutcomeUnknown, ""),
    "error_unauthorized": (TokenInvalid, ""),
    "error_invalid_token": (TokenInvalid, ""),
    "error_malformed_path": (TokenInvalid, ""),
    "error_method_not_found": (Rejected, ""),
    "error_group_upgraded": (AddressMoved, ""),
    "error_group_migrated_older_wording": (AddressMoved, ""),
    "error_group_upgraded_without_parameter": (AccountBlocked, "setup"),
    "error_chat_not_found": (AccountBlocked, "setup"),
    "error_chat_id_empty": (AccountBlocked, "setup"),
    "error_peer_id_invalid": (AccountBlocked, "setup"),
    "error_cannot_initiate": (AccountBlocked, "setup"),
    "error_cannot_message_bots": (AccountBlocked, "setup"),
    "error_user_deactivated": (AccountBlocked, "setup"),
    "error_group_deactivated": (AccountBlocked, "setup"),
    "error_no_right_text": (AccountBlocked, "permission"),
    "error_no_right_photos": (AccountBlocked, "permission"),
    "error_no_right_message": (AccountBlocked, "permission"),
    "error_need_administrator": (AccountBlocked, "permission"),
    "error_admin_required": (AccountBlocked, "permission"),
    "error_write_forbidden": (AccountBlocked, "permission"),
    "error_kicked_channel": (AccountBlocked, "permission"),
    "error_kicked_supergroup": (AccountBlocked, "permission"),
    "error_not_a_member": (AccountBlocked, "permission"),
    "error_blocked_by_user": (AccountBlocked, "permission"),
    "error_forbidden_in_new_words": (AccountBlocked, "permission"),
    "error_message_too_long": (Rejected, ""),
    "error_caption_too_long": (Rejected, ""),
    "error_text_empty": (Rejected, ""),
    "error_unsupported_tag": (Rejected, ""),
    "error_unclosed_tag": (Rejected, ""),
    "error_crossed_tags": (Rejected, ""),
    "error_entities_too_long": (Rejected, ""),
    "error_in_new_words": (Rejected, ""),
    "error_too_large": (Rejected, ""),
    "error_wrong_file_identifier": (Rejected, ""),
    "error_wrong_http_url": (Rejected, ""),
    "error_wrong_page_content": (Rejected, ""),
    "error_photo_dimensions": (Rejected, ""),
    "error_photo_extension": (Rejected, ""),
    "error_image_process_failed": (Rejected, ""),
    "error_file_too_big": (Rejected, ""),
    "error_url_unreachable": (Rejected, ""),
    "error_server": (OutcomeUnknown, ""),
    "error_bad_gateway": (OutcomeUnknown, ""),
    "error_gateway_timeout": (OutcomeUnknown, ""),
    "error_group_send_failed": (Rejected, ""),  # of an album it passes: see test_telegram_albums
}
ABOUT_THE_PICTURE = (
    "error_wrong_file_identifier",
    "error_wrong_http_url",
    "error_wrong_page_content",
    "error_photo_dimensions",
    "error_photo_extension",
    "error_image_process_failed",
    "error_file_too_big",
)


class TestErrors:
    def test_every_recorded_error_has_its_row(self):
        assert set(MEANINGS) == set(payloads.names("telegram", "error_"))

    @pytest.mark.parametrize("case", MEANINGS)
    def test_each_means_what_the_caller_must_do(self, case):
        error = failure(case)
        assert (type(error), getattr(error, "reason", "")) == MEANINGS[case]
        kept = payloads.told("telegram", case)
        assert error.http_status == kept["status"] and kept["body"]["description"] in error.detail.replace('\\"', '"')

    @pytest.mark.parametrize(
        ("case", "seconds"),
        [
            ("error_flood", 17),
            ("error_flood_in_words_only", 8),
            ("error_flood_in_header_only", 23),
            ("error_flood_as_of_old", 12),
        ],
    )
    def test_the_wait_is_read_wherever_it_stands(self, case, seconds):
        assert failure(case).retry_after == seconds

    def test_a_group_that_became_a_supergroup_tells_its_new_address(self):
        assert failure("error_group_upgraded").new_address == "-1001987654321"

    @pytest.mark.parametrize("token", ["", "4242", "nonsense", "4242:a/../b", "4242:a b", "4242:a?b"])
    def test_what_cannot_be_a_token_is_not_sent(self, token):
        with RawServer(SENT) as server, pytest.raises(TokenInvalid):
            bot(server.url, token=token).publish(WORDS, "")
        assert server.asked == []

    @pytest.mark.parametrize("result", [None, True, [], {}, {"message_id": "x"}])
    def test_a_good_answer_without_a_number_leaves_the_outcome_unknown(self, result):
        with RawServer(answer(200, {"ok": True, "result": result})) as server, pytest.raises(OutcomeUnknown):
            bot(server.url).publish(WORDS, "")


class TestPictures:
    @pytest.mark.parametrize("case", ABOUT_THE_PICTURE)
    def test_a_refused_address_is_followed_by_an_upload(self, case):
        error = failure(case, PICTURED)
        assert isinstance(error, NotReady)
        assert (error.draft, error.retry_after, error.http_status) == ("upload", 0, 400)

    @pytest.mark.parametrize("case", [*ABOUT_THE_PICTURE, "error_url_unreachable"])
    def test_a_refused_upload_is_final(self, case, tmp_path):
        uploaded = replace(PICTURED, media=one(PICTURED.media_url, path=str(picture_file(tmp_path))))
        assert isinstance(failure(case, uploaded, "upload"), Rejected)

    def test_an_unreachable_address_is_tried_three_times_and_then_uploaded(self):
        drafts, waits, draft = [], [], ""
        for _ in range(3):
            error = failure("error_url_unreachable", PICTURED, draft)
            copied = replace(PICTURED, media=one(PICTURED.media_url, path="a.jpg"))
            draft = bot("http://127.0.0.1:1").prepare(copied, error.draft)
            drafts.append(draft)
            waits.append(error.retry_after)
        assert drafts == ["url:1", "url:2", "upload"]
        assert waits[0] >= 10 and waits[1] > waits[0] and waits[2] == 0

    @pytest.mark.parametrize("case", ["error_chat_not_found", "error_caption_too_long", "error_flood", "error_server"])
    def test_other_errors_of_a_photo_keep_their_meaning(self, case):
        assert type(failure(case, PICTURED)) is MEANINGS[case][0]

    def test_without_the_bytes_an_upload_is_refused_before_anything_is_sent(self):
        with pytest.raises(Rejected, match=re.escape(PICTURED.media_url)):
            bot("http://127.0.0.1:1").prepare(PICTURED, "upload")

    def test_the_address_goes_first_and_the_bytes_next(self, platforms, tmp_path):
        connector = bot(platforms.url)
        path = tmp_path / "a.png"
        path.write_bytes(picture_bytes(kind="PNG"))
        outgoing = replace(WORDS, media=one(f"{platforms.url}/_media/nothing-here.jpg", path=str(path)))
        drafts = [""]
        for _ in range(3):
            with pytest.raises(NotReady) as caught:
                connector.publish(outgoing, connector.prepare(outgoing, drafts[-1]))
            drafts.append(caught.value.draft)
        assert platforms.wall == []
        published = connector.publish(outgoing, connector.prepare(outgoing, drafts[-1]))
        [posting] = platforms.wall
        assert published.external_id == posting.id and posting.media_url
        assert platforms.world.pictures[posting.media_url.rpartition("/")[2]][0] == path.read_bytes()

    def test_a_picture_without_an_address_is_uploaded_at_once(self, platforms, tmp_path):
        outgoing = replace(WORDS, media=one(path=str(picture_file(tmp_path))))
        connector = bot(platforms.url)
        connector.publish(outgoing, connector.prepare(outgoing, ""))
        assert platforms.wall[0].media_url

    def test_a_file_that_is_not_there_now_is_looked_for_again(self, tmp_path):
        with RawServer(SENT) as server, pytest.raises(TransientError, match=r"gone\.jpg"):
            bot(server.url).publish(replace(WORDS, media=one(path=str(tmp_path / "gone.jpg"))), "upload")
        assert server.asked == []


def test_a_call_that_took_too_long_may_have_sent():
    late = answer(408, {"ok": False, "error_code": 408, "description": "Request Timeout"})
    with RawServer(late) as server, pytest.raises(OutcomeUnknown):
        bot(server.url).publish(WORDS, "")
    with RawServer(late) as server, pytest.raises(TransientError):
        bot(server.url).check_token()
