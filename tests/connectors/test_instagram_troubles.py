"""Instagram where looks fail, containers vanish and pictures can't be fetched: publishing decides, and only once."""

from dataclasses import replace

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import (
    AccountBlocked,
    NotReady,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SiteFault,
    TokenInvalid,
    TransientError,
)
from connectors.vendors.meta.containers import ANEW
from tests.connectors.contract import make
from tests.connectors.given import one
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer
from tests.connectors.test_instagram import CONTAINER, OURS, USER, prepared, saying


@pytest.fixture
def draft() -> str:
    """The reference of a container that holds OURS."""
    with saying("quota_left", "container_made", "container_finished") as server:
        return prepared(server)


COPIED = replace(
    OURS, media=one(OURS.media_url, copy_url="https://autopost.example/media/fetched/0a/0a1b.jpg", alt=OURS.alt_text)
)


class TestOurCopy:
    """What Instagram cannot take from the item's address it is offered from ours; nothing is published meanwhile."""

    def refused(self, *cases: str, outgoing: Outgoing = COPIED, draft: str = "") -> NotReady:
        with saying(*cases) as server, pytest.raises(NotReady) as caught:
            prepared(server, outgoing=outgoing, draft=draft)
        return caught.value

    @pytest.mark.parametrize(
        "cases",
        [
            ("quota_left", "error_picture_unfetched"),
            ("quota_left", "error_download_slow"),
            ("quota_left", "container_made", "container_failed_fetching"),
            ("quota_left", "container_made", "container_failed_download"),
        ],
    )
    def test_the_next_container_is_made_from_our_copy(self, cases):
        wait = self.refused(*cases)
        assert wait.retry_after == 0 and "2207" in f"{wait.code} {wait.message}"
        with saying("quota_left", "container_made", "container_finished") as server:
            draft = prepared(server, outgoing=COPIED, draft=wait.draft)
        assert server.asked[1].form["image_url"] == COPIED.media_copy
        assert draft.startswith(f"{CONTAINER}:")

    def test_a_container_of_our_copy_is_taken_up_again_like_any_other(self):
        with saying("quota_left", "container_made", "container_finished") as server:
            draft = prepared(server, outgoing=COPIED, draft=self.refused("quota_left", "error_picture_unfetched").draft)
        with saying("container_finished") as server:
            assert prepared(server, outgoing=COPIED, draft=draft) == draft
        assert len(server.asked) == 1

    def test_a_container_of_our_copy_that_is_still_taken_in_waits_as_a_container(self):
        mark = self.refused("quota_left", "error_picture_unfetched").draft
        with saying("quota_left", "container_made", "container_in_progress") as server, pytest.raises(NotReady) as wait:
            prepared(server, outgoing=COPIED, draft=mark)
        assert wait.value.draft.startswith(f"{CONTAINER}:") and wait.value.retry_after == 60

    def test_a_copy_that_cannot_be_fetched_either_is_tried_again_as_before(self):
        mark = self.refused("quota_left", "error_picture_unfetched").draft
        with saying("quota_left", "error_picture_unfetched") as server, pytest.raises(TransientError):
            prepared(server, outgoing=COPIED, draft=mark)

    def test_other_words_begin_with_the_item_s_address_again(self):
        mark = self.refused("quota_left", "error_picture_unfetched").draft
        other = replace(COPIED, text="Other words")
        with saying("quota_left", "container_made", "container_finished") as server:
            prepared(server, outgoing=other, draft=mark)
        assert server.asked[1].form["image_url"] == COPIED.media_url

    @pytest.mark.parametrize("draft", ["", "copy:0123456789ab"])
    def test_without_a_copy_nothing_changes(self, draft):
        with saying("quota_left", "error_picture_unfetched") as server, pytest.raises(TransientError):
            prepared(server, draft=draft)
        assert server.asked[1].form["image_url"] == OURS.media_url

    def test_a_refusal_that_is_not_about_the_picture_is_none_of_this(self):
        with saying("quota_used_up") as server, pytest.raises(RateLimited):
            prepared(server, outgoing=COPIED)


HIDDEN = answer(
    400, {"error": {"message": "Authorization Error", "code": 100, "error_subcode": 33, "type": "GraphMethodException"}}
)
#: What a look may come to that tells nothing about the account.
FAILED_LOOKS = {
    "hidden": HIDDEN,
    "no permission": recorded("instagram", "error_no_permission"),
    "server": recorded("instagram", "error_server"),
    "hung up": b"",
    "no JSON": answer(502, body=b"<html>"),
    "nothing": answer(content={}),
    "only the id": answer(content={"id": CONTAINER}),
    "an empty word": answer(content={"status_code": ""}),
    "odd quota": answer(content={"data": [{"quota_usage": 1, "config": ["x"]}]}),
}
failed_look = pytest.mark.parametrize("look", FAILED_LOOKS.values(), ids=list(FAILED_LOOKS))


class TestLooksThatFail:
    """Only publishing decides: the looks before and after it are advice."""

    @failed_look
    def test_a_post_goes_out_with_one_publish_though_nothing_can_be_read(self, look):
        made, out = recorded("instagram", "container_made"), recorded("instagram", "media_published")
        with RawServer(look, made, look, out, look) as server:
            account = make("instagram", server.url)
            published = account.publish(OURS, account.prepare(OURS, ""))
        assert published == Published("18000000000000001", "")
        writes = [(asked.path, asked.form) for asked in server.asked if asked.method == "POST"]
        assert [path for path, _ in writes] == [f"{USER}/media", f"{USER}/media_publish"]
        assert writes[1][1] == {"creation_id": CONTAINER}

    @failed_look
    def test_a_container_from_an_earlier_try_is_published_and_not_made_anew(self, draft, look):
        with RawServer(look) as server:
            assert prepared(server, draft=draft) == draft
        assert [asked.method for asked in server.asked] == ["GET"]

    def test_a_new_container_is_not_gone_whatever_is_said_of_it(self):
        with saying("quota_left", "container_made", "error_container_missing") as server:
            assert prepared(server).startswith(CONTAINER)

    @pytest.mark.parametrize(
        ("platform", "trouble", "kind"),
        [
            ("instagram", "error_rate_limited", RateLimited),
            ("facebook", "error_session_expired", TokenInvalid),
            ("facebook", "error_version_unknown", SiteFault),
        ],
    )
    def test_trouble_of_the_account_or_the_site_as_a_whole_is_not_passed_over(self, draft, platform, trouble, kind):
        for kept in ("", draft):
            with RawServer(recorded(platform, trouble)) as server, pytest.raises(kind):
                prepared(server, draft=kept)
            assert len(server.asked) == 1

    @pytest.mark.parametrize("path", ["media", "media_publish"])
    def test_an_account_that_is_hidden_itself_stops_the_account(self, draft, path):
        with RawServer(HIDDEN) as server, pytest.raises(AccountBlocked, match="still has a role") as caught:
            prepared(server) if path == "media" else make("instagram", server.url).publish(OURS, draft)
        assert (caught.value.reason, server.asked[-1].path) == ("setup", f"{USER}/{path}")

    @failed_look
    def test_what_cannot_be_read_proves_no_absence_but_a_listed_post_is_found(self, draft, look):
        with RawServer(look, recorded("instagram", "media_listed")) as server:
            assert make("instagram", server.url).find_existing(OURS, draft).external_id == "18000000000000001"
        with RawServer(look, recorded("instagram", "media_none")) as server, pytest.raises(OutcomeUnknown):
            make("instagram", server.url).find_existing(OURS, draft)


CONTAINER_HIDDEN = answer(
    400, {"error": {"message": f"Object with ID '{CONTAINER}' does not exist", "code": 100, "error_subcode": 33}}
)
NO_MORE = {
    "expired": recorded("instagram", "error_container_missing"),
    "not found": recorded("instagram", "error_media_missing"),
    "media expired": recorded("instagram", "error_media_expired"),
    "hidden": CONTAINER_HIDDEN,
}


class TestContainersThatAreNoMore:
    """Publishing says so when the looks before it could not."""

    @pytest.mark.parametrize("refusal", NO_MORE.values(), ids=list(NO_MORE))
    def test_another_is_made_in_its_place_but_only_once(self, draft, refusal):
        with RawServer(refusal) as server, pytest.raises(NotReady) as caught:
            make("instagram", server.url).publish(OURS, draft)
        assert 0 < caught.value.retry_after <= 60 and caught.value.http_status == 400
        with saying("quota_left", "container_made", "container_finished") as server:
            second = prepared(server, draft=caught.value.draft)
        assert [asked.method for asked in server.asked] == ["GET", "POST", "GET"]
        with RawServer(refusal) as server, pytest.raises((Rejected, TransientError)):
            make("instagram", server.url).publish(OURS, second)

    def test_the_second_one_keeps_its_mark_while_it_waits(self, draft):
        with RawServer(CONTAINER_HIDDEN) as server, pytest.raises(NotReady) as caught:
            make("instagram", server.url).publish(OURS, draft)
        with saying("quota_left", "container_made", "container_in_progress") as server, pytest.raises(NotReady) as wait:
            prepared(server, draft=caught.value.draft)
        with saying("container_finished") as server:
            assert prepared(server, draft=wait.value.draft) == wait.value.draft
        with RawServer(CONTAINER_HIDDEN) as server, pytest.raises(Rejected):
            make("instagram", server.url).publish(OURS, wait.value.draft)

    def test_the_sign_for_another_one_is_no_container(self):
        with saying("media_published") as server, pytest.raises(TransientError):
            make("instagram", server.url).publish(OURS, ANEW)
        assert server.asked == []

    def test_any_other_refusal_keeps_its_meaning(self, draft):
        for case, kind in [
            ("error_caption", Rejected),
            ("error_server", OutcomeUnknown),
            ("error_spam", AccountBlocked),
        ]:
            with saying(case) as server, pytest.raises(kind):
                make("instagram", server.url).publish(OURS, draft)
