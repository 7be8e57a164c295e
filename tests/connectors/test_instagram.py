"""Instagram beyond the contract: containers taken up and remade, the quota, and what proves absence."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import (
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    TransientError,
)
from tests.connectors.contract import make
from tests.connectors.given import one
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer

USER = "/v26.0/17841400000000001"
CONTAINER = "17990000000000001"
OURS = Outgoing(
    "Ours https://example.com/go/ab1",
    marker="https://example.com/go/ab1",
    media=one("https://example.com/a.jpg", alt="Hills"),
    sent_at=datetime(2026, 12, 1, 12, 0, tzinfo=UTC),
)


def saying(*cases: str) -> RawServer:
    """A server that gives these recorded answers in turn."""
    return RawServer(*(recorded("instagram", case) for case in cases))


def prepared(server: RawServer, *, outgoing: Outgoing = OURS, draft: str = "") -> str:
    return make("instagram", server.url).prepare(outgoing, draft)


@pytest.fixture
def draft() -> str:
    """The reference of a container that holds OURS."""
    with saying("quota_left", "container_made", "container_finished") as server:
        return prepared(server)


class TestPreparing:
    def test_a_container_is_made_from_the_address_the_words_and_the_description(self):
        with saying("quota_left", "container_made", "container_finished") as server:
            draft = prepared(server)
        assert draft.startswith(CONTAINER) and len(draft) < 60
        quota, made, looked = server.asked
        assert (quota.path, quota.query) == (f"{USER}/content_publishing_limit", {"fields": "quota_usage,config"})
        assert (made.method, made.path) == ("POST", f"{USER}/media")
        assert made.form == {"image_url": OURS.media_url, "caption": OURS.text, "alt_text": "Hills"}
        assert (looked.path, looked.query) == (f"/v26.0/{CONTAINER}", {"fields": "status_code,status"})

    def test_a_finished_container_is_taken_up_again(self, draft):
        with saying("container_finished") as server:
            assert prepared(server, draft=draft) == draft
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        "gone", ["container_expired", "container_failed", "error_container_missing", "error_media_expired"]
    )
    def test_a_container_that_is_no_more_is_made_anew(self, draft, gone):
        with saying(gone, "quota_left", "container_made", "container_finished") as server:
            assert prepared(server, draft=draft) == draft
        assert [asked.method for asked in server.asked] == ["GET", "GET", "POST", "GET"]

    @pytest.mark.parametrize(
        "changed",
        [{"text": "Other"}, {"media": one(OURS.media_url, alt="Other")}, {"media": one("https://example.com/b.jpg")}],
    )
    def test_a_container_with_other_words_or_another_picture_is_not_used(self, draft, changed):
        other = replace(OURS, **changed)
        with saying("container_finished", "quota_left", "container_made", "container_finished") as server:
            assert prepared(server, outgoing=other, draft=draft) != draft
        assert server.asked[2].method == "POST"

    def test_a_published_container_is_never_published_again(self, draft):
        with saying("container_published") as server, pytest.raises(OutcomeUnknown):
            prepared(server, draft=draft)
        assert len(server.asked) == 1

    def test_a_container_that_is_not_ready_waits_with_its_draft(self, draft):
        with (
            saying("quota_left", "container_made", "container_in_progress") as server,
            pytest.raises(NotReady) as caught,
        ):
            prepared(server)
        assert (caught.value.draft, caught.value.retry_after) == (draft, 60)

    def test_a_container_in_a_state_that_nobody_knows_is_neither_published_nor_made_anew(self, draft):
        with RawServer(answer(content={"status_code": "SOMETHING"})) as server, pytest.raises(TransientError):
            prepared(server, draft=draft)
        assert [asked.method for asked in server.asked] == ["GET"]

    @pytest.mark.parametrize(
        ("failed", "error"),
        [
            ("container_failed", Rejected),
            ("container_failed_fetching", TransientError),
            ("container_failed_unlisted", TransientError),
        ],
    )
    def test_a_new_container_that_fails_says_why_by_its_subcode(self, failed, error):
        with saying("quota_left", "container_made", failed) as server, pytest.raises(error, match="error code 2207"):
            prepared(server)

    def test_a_used_up_quota_lets_the_account_wait_and_makes_nothing(self):
        with saying("quota_used_up") as server, pytest.raises(RateLimited) as caught:
            prepared(server)
        assert caught.value.retry_after == 3600
        assert len(server.asked) == 1

    @pytest.mark.parametrize("quota", ["quota_untold", "media_none", "me"])
    def test_a_quota_that_is_not_told_stops_nothing(self, quota):
        with saying(quota, "container_made", "container_finished") as server:
            assert prepared(server)

    def test_a_post_without_a_public_picture_is_rejected_without_a_call(self):
        with pytest.raises(Rejected):
            make("instagram", "http://127.0.0.1:1").prepare(replace(OURS, media=one(path="/a.jpg")), "")


class TestPublishing:
    def test_publishing_is_one_call_and_the_permalink_is_read_afterwards(self, draft):
        with saying("media_published", "media_permalink") as server:
            published = make("instagram", server.url).publish(OURS, draft)
        assert published == Published("18000000000000001", "https://www.instagram.com/p/CxYz/")
        made, looked = server.asked
        assert (made.path, made.form) == (f"{USER}/media_publish", {"creation_id": CONTAINER})
        assert (looked.path, looked.query) == ("/v26.0/18000000000000001", {"fields": "permalink"})

    def test_a_permalink_that_cannot_be_read_does_not_spoil_a_publish(self, draft):
        with saying("media_published", "error_rate_limited") as server:
            assert make("instagram", server.url).publish(OURS, draft).permalink == ""

    def test_not_ready_after_all_keeps_the_draft(self, draft):
        with saying("error_not_ready") as server, pytest.raises(NotReady) as caught:
            make("instagram", server.url).publish(OURS, draft)
        assert (caught.value.draft, caught.value.retry_after) == (draft, 60)


class TestFindingAgain:
    @pytest.mark.parametrize(
        ("state", "listed", "found"),
        [
            ("container_published", "media_listed", "18000000000000001"),
            ("container_finished", "media_listed", "18000000000000001"),
            ("error_container_missing", "media_listed", "18000000000000001"),
            ("container_finished", "media_none", None),
            ("container_expired", "media_none", None),
            ("container_failed", "media_none", None),
        ],
    )
    def test_a_listed_post_is_found_and_an_unpublished_container_proves_absence(self, draft, state, listed, found):
        with saying(state, listed) as server:
            seen = make("instagram", server.url).find_existing(OURS, draft)
        assert (seen and seen.external_id) == found

    @pytest.mark.parametrize("state", ["container_published", "container_in_progress", "error_container_missing"])
    def test_any_other_container_leaves_it_unknown(self, draft, state):
        with saying(state, "media_none") as server, pytest.raises(OutcomeUnknown):
            make("instagram", server.url).find_existing(OURS, draft)

    @pytest.mark.parametrize("row", [{"timestamp": "2026-12-01T12:00:05+0000"}, {}])
    def test_a_listed_post_without_its_caption_may_be_ours(self, draft, row):
        listed = answer(content={"data": [{"id": "18000000000000009"} | row]})
        finished = recorded("instagram", "container_finished")
        with RawServer(finished, listed) as server, pytest.raises(OutcomeUnknown, match="18000000000000009"):
            make("instagram", server.url).find_existing(OURS, draft)

    def test_without_a_container_nothing_proves_absence(self):
        with saying("media_none") as server, pytest.raises(OutcomeUnknown):
            make("instagram", server.url).find_existing(OURS, "")
