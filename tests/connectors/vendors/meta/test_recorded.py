"""Recorded errors of Facebook and Instagram, answered over a socket to a call that publishes."""

import pytest

from connectors.base import Outgoing
from connectors.errors import (
    AccountBlocked,
    ConnectorError,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    RepeatRefused,
    SiteFault,
    TokenInvalid,
    TransientError,
)
from tests.connectors import contract, payloads
from tests.connectors.rawserver import RawServer

#: Recorded error -> the error of a creating call.
RECORDED: dict[str, dict[str, type[ConnectorError]]] = {
    "facebook": {
        "error_session_expired": TokenInvalid,
        "error_password_changed": TokenInvalid,
        "error_checkpoint": TokenInvalid,
        "error_data_access_expired": TokenInvalid,
        "error_token_unparsable": TokenInvalid,
        "error_page_rate_limited": RateLimited,
        "error_app_rate_limited": RateLimited,
        "error_page_request_limit": RateLimited,
        "error_uneven_volume": RateLimited,
        "error_permission_missing": AccountBlocked,
        "error_unexpected": OutcomeUnknown,
        "error_unknown_99": OutcomeUnknown,
        "error_invalid_request_1": OutcomeUnknown,
        "error_duplicate": RepeatRefused,
        "error_already_posted": RepeatRefused,
        "error_photos_already_posted": RepeatRefused,
        "error_abusive": AccountBlocked,
        "error_too_fast": RateLimited,
        "error_security_check": AccountBlocked,
        "error_page_authorisation": AccountBlocked,
        "error_photo_unreadable": Rejected,
        "error_bad_picture_address": Rejected,
        "error_object_missing": AccountBlocked,
        "error_version_unknown": SiteFault,
        "error_proof_wrong": AccountBlocked,
        "error_proof_wanted": AccountBlocked,
        "error_fields_after_write": OutcomeUnknown,
        "error_link_unreadable": TransientError,
        "error_facebook_link": Rejected,
        "error_temporary": OutcomeUnknown,
        "error_unlisted": Rejected,
        "error_unlisted_transient": OutcomeUnknown,
        "error_not_authorised": TokenInvalid,
        "error_without_details": Rejected,
        "error_page_of_a_proxy": OutcomeUnknown,
    },
    "instagram": {
        "error_server": OutcomeUnknown,
        "error_create_failed": OutcomeUnknown,
        "error_upload_unknown": OutcomeUnknown,
        "error_download_slow": TransientError,
        "error_media_expired": NotReady,
        "error_thumb_offset": Rejected,
        "error_spam": AccountBlocked,
        "error_daily_limit": RateLimited,
        "error_media_missing": NotReady,
        "error_container_missing": NotReady,
        "error_account_restricted": AccountBlocked,
        "error_too_many_tags": Rejected,
        "error_video_format": Rejected,
        "error_picture_unfetched": TransientError,
        "error_not_ready": NotReady,
        "error_too_large": Rejected,
        "error_format": Rejected,
        "error_ratio": Rejected,
        "error_caption": Rejected,
        "error_rate_limited": RateLimited,
        "error_no_permission": AccountBlocked,
    },
}


@pytest.mark.parametrize(("platform", "case"), [(name, case) for name in RECORDED for case in RECORDED[name]])
def test_a_recorded_error_over_a_socket_has_its_class(platform, case):
    with RawServer(payloads.recorded(platform, case)) as server, pytest.raises(ConnectorError) as caught:
        contract.make(platform, server.url).publish(Outgoing("Words"), "17990000000000001:abc")
    assert type(caught.value) is RECORDED[platform][case]
    assert caught.value.http_status == payloads.told(platform, case)["status"]
    assert caught.value.message and caught.value.detail
    assert len(server.asked) == 1


@pytest.mark.parametrize("platform", RECORDED)
def test_no_recorded_error_is_forgotten(platform):
    assert set(RECORDED[platform]) == set(payloads.names(platform, "error_"))
