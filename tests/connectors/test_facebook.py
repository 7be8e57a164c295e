"""Facebook beyond the contract: what is asked for a photo and a post, what a lost permalink costs, and paging back."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import AccountBlocked, OutcomeUnknown, RateLimited, Rejected, TokenInvalid, TransientError
from tests.connectors import payloads
from tests.connectors.contract import make
from tests.connectors.given import one
from tests.connectors.payloads import recorded
from tests.connectors.rawserver import RawServer, answer

PAGE = "/v26.0/1029384756"
SENT_AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
MARKED = Outgoing("Ours https://example.com/go/me1", marker="https://example.com/go/me1", sent_at=SENT_AT)


def saying(*cases: str) -> RawServer:
    """A server that gives these recorded answers in turn."""
    return RawServer(*(recorded("facebook", case) for case in cases))


class TestPublishing:
    def test_a_photo_by_address_carries_its_text_as_caption(self):
        outgoing = Outgoing("Words", media=one("https://example.com/a.jpg", alt="Hills"))
        with saying("photo_published", "permalink") as server:
            published = make("facebook", server.url).publish(outgoing, "")
        assert published.external_id == "1029384756_122100000000000002"
        made, looked = server.asked
        assert (made.method, made.path) == ("POST", f"{PAGE}/photos")
        assert made.form == {"caption": "Words", "url": "https://example.com/a.jpg", "alt_text_custom": "Hills"}
        assert (looked.method, looked.query) == ("GET", {"fields": "permalink_url"})

    def test_a_photo_from_a_file_is_uploaded_as_source(self, tmp_path):
        (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff bytes of a picture")
        with saying("photo_published", "permalink") as server:
            make("facebook", server.url).publish(Outgoing("Words", media=one(path=str(tmp_path / "a.jpg"))), "")
        made = server.asked[0]
        assert made.headers["content-type"].startswith("multipart/form-data")
        assert b'name="source"; filename="picture.jpg"' in made.body and b"bytes of a picture" in made.body
        assert b'name="caption"' in made.body and b'name="url"' not in made.body

    def test_a_copy_that_we_hold_is_uploaded_although_it_has_an_address(self, tmp_path):
        (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff bytes of a picture")
        outgoing = Outgoing("Words", media=one("https://example.com/a.jpg", path=str(tmp_path / "a.jpg")))
        with saying("photo_published", "permalink") as server:
            make("facebook", server.url).publish(outgoing, "")
        assert b"bytes of a picture" in server.asked[0].body and b"example.com" not in server.asked[0].body

    @pytest.mark.parametrize("refusal", ["error_bad_picture_address", "error_photo_unreadable"])
    def test_a_picture_that_nobody_has_seen_may_be_there_later(self, refusal, tmp_path):
        with saying(refusal) as server, pytest.raises(TransientError) as caught:
            make("facebook", server.url).publish(Outgoing("Words", media=one("https://example.com/a.jpg")), "")
        assert caught.value.http_status == 400 and caught.value.code
        assert len(server.asked) == 1
        (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff bytes of a picture")
        with saying(refusal) as server, pytest.raises(Rejected):
            make("facebook", server.url).publish(Outgoing("Words", media=one(path=str(tmp_path / "a.jpg"))), "")

    def test_a_picture_that_cannot_be_read_now_is_tried_again_and_nothing_was_sent(self, tmp_path):
        with saying("photo_published") as server, pytest.raises(TransientError, match="gone.jpg"):
            make("facebook", server.url).publish(Outgoing("Words", media=one(path=str(tmp_path / "gone.jpg"))), "")
        assert server.asked == []

    def test_a_post_without_a_picture_goes_to_the_feed_with_its_link(self):
        with saying("post_published", "permalink") as server:
            published = make("facebook", server.url).publish(Outgoing("Words", link="https://example.com/go/ab1"), "")
        assert published == Published(
            "1029384756_122100000000000003", "https://www.facebook.com/1029384756/posts/122100000000000003"
        )
        assert server.asked[0].path == f"{PAGE}/feed"
        assert server.asked[0].form == {"message": "Words", "link": "https://example.com/go/ab1"}

    def test_a_photo_without_a_story_id_asks_the_photo_for_it(self):
        with saying("photo_without_story", "photo_s_story") as server:
            published = make("facebook", server.url).publish(
                Outgoing("Words", media=one("https://example.com/a.jpg")), ""
            )
        assert published.external_id == "1029384756_122100000000000002"
        assert published.permalink.startswith("https://www.facebook.com/photo.php")

    def test_no_write_ever_asks_for_fields(self):
        with saying("post_published", "permalink", "photo_published", "permalink") as server:
            connector = make("facebook", server.url)
            connector.publish(Outgoing("Words"), "")
            connector.publish(Outgoing("Words", media=one("https://example.com/a.jpg")), "")
        writes = [asked for asked in server.asked if asked.method == "POST"]
        assert len(writes) == 2
        assert not any("fields" in {**asked.form, **asked.query} for asked in writes)

    @pytest.mark.parametrize("trouble", ["error_session_expired", "error_unexpected", "error_page_of_a_proxy"])
    @pytest.mark.parametrize("made", ["post_published", "photo_published", "photo_without_story"])
    def test_trouble_with_the_permalink_never_spoils_a_publish(self, made, trouble):
        outgoing = Outgoing("Words", media=() if made == "post_published" else one("https://example.com/a.jpg"))
        with saying(made, trouble) as server:
            published = make("facebook", server.url).publish(outgoing, "")
        assert published.external_id and published.permalink == ""

    def test_a_permalink_that_never_comes_does_not_spoil_a_publish(self):
        with RawServer(recorded("facebook", "post_published"), b"") as server:
            assert make("facebook", server.url).publish(Outgoing("Words"), "").permalink == ""

    def test_without_a_token_nothing_is_sent(self):
        connector = make("facebook", "http://127.0.0.1:1")
        connector.credentials = {}
        with pytest.raises(TokenInvalid):
            connector.publish(Outgoing("Words"), "")


class TestFindingAgain:
    @pytest.mark.parametrize(
        ("marker", "found"),
        [
            ("https://example.com/go/ab1", "1029384756_3"),
            ("https://example.com/go/ab12", "1029384756_5"),
            ("https://example.com/go/share1", "1029384756_4"),
            ("https://example.com/go/share2", "1029384756_2"),
            ("/go/ab1", "1029384756_3"),
        ],
    )
    def test_a_post_is_known_by_its_whole_marker_in_text_or_link(self, marker, found):
        with saying("published_posts") as server:
            seen = make("facebook", server.url).find_existing(Outgoing("Words", marker=marker, sent_at=SENT_AT), "")
        assert seen.external_id == found

    @pytest.mark.parametrize("marker", ["https://example.com/go/ab", "https://example.com/go/share", "/go/ab2"])
    def test_a_part_of_a_link_is_another_link(self, marker):
        content = payloads.told("facebook", "published_posts")["body"]
        rows = [{"message": "A share", **row} for row in content["data"]]
        with RawServer(answer(content=content | {"data": rows})) as server:
            ours = Outgoing("Words", marker=marker, sent_at=SENT_AT)
            assert make("facebook", server.url).find_existing(ours, "") is None

    def test_a_post_without_marker_is_known_by_its_text_since_the_attempt(self):
        with saying("published_posts") as server:
            connector = make("facebook", server.url)
            ours = Outgoing("Ours   https://example.com/go/ab1.\r\n", sent_at=SENT_AT)
            assert connector.find_existing(ours, "").external_id == "1029384756_3"
            later = Outgoing(ours.text, sent_at=SENT_AT + timedelta(hours=16))
            assert connector.find_existing(later, "") is None

    def test_the_same_words_from_before_the_attempt_need_a_person_since_our_clock_may_have_been_ahead(self):
        ours = Outgoing("Ours https://example.com/go/ab1.", sent_at=SENT_AT + timedelta(minutes=10))
        with saying("published_posts") as server, pytest.raises(OutcomeUnknown, match="1029384756_3"):
            make("facebook", server.url).find_existing(ours, "")

    @pytest.mark.parametrize("ours", [MARKED, Outgoing("Ours", sent_at=SENT_AT)], ids=["by link", "by words"])
    @pytest.mark.parametrize(
        ("row", "proves"),
        [
            ({"created_time": "2026-12-01T12:00:05+0000"}, False),
            ({"created_time": "2026-12-01T12:00:05+0000", "message": None}, False),
            ({"created_time": "2026-12-01T11:58:00+0000", "permalink_url": "https://www.facebook.com/1"}, False),
            ({"created_time": "soon"}, False),
            ({}, False),
            ({"created_time": "2026-12-01T12:00:05+0000", "message": ""}, True),
            ({"created_time": "2026-12-01T12:00:05+0000", "message": "Another text"}, True),
            ({"message": "Another text"}, True),
            ({"created_time": "2026-12-01T11:56:00+0000"}, True),
        ],
    )
    def test_a_row_without_its_text_may_be_ours_unless_it_was_there_before(self, row, proves, ours):
        whole = {"id": "1_9", "message": "Other", "created_time": "2026-12-01T12:09:00+0000"}
        rows = answer(content={"data": [whole, {"id": "1_2"} | row]})
        with RawServer(rows) as server, nullcontext() if proves else pytest.raises(OutcomeUnknown, match="1_2"):
            assert make("facebook", server.url).find_existing(ours, "") is None

    def test_the_same_words_without_their_moment_may_be_of_long_ago(self):
        row = {"id": "1_2", "message": "Ours", "permalink_url": "https://www.facebook.com/2"}
        with RawServer(answer(content={"data": [row]})) as server:
            connector = make("facebook", server.url)
            with pytest.raises(OutcomeUnknown, match="1_2"):
                connector.find_existing(Outgoing("Ours", sent_at=SENT_AT), "")
            assert connector.find_existing(Outgoing("Ours"), "").external_id == "1_2"

    def test_our_link_is_enough_whatever_else_a_row_and_its_neighbours_lack(self):
        rows = [{"id": "1_3"}, {"id": "1_2", "message": f"{MARKED.marker} Ours"}]
        with RawServer(answer(content={"data": rows})) as server:
            assert make("facebook", server.url).find_existing(MARKED, "").external_id == "1_2"

    def test_nothing_to_go_by_leaves_it_unknown(self):
        with saying("published_posts") as server, pytest.raises(OutcomeUnknown):
            make("facebook", server.url).find_existing(Outgoing("", media=one("x"), sent_at=SENT_AT), "")

    def test_pages_are_read_until_the_attempt_without_following_addresses(self):
        def page(number: int, minute: int, *, more: bool) -> bytes:
            row = {
                "id": f"1_{number}",
                "message": f"Post {number}",
                "created_time": f"2026-12-01T12:{minute:02}:00+0000",
            }
            following = f"https://elsewhere.example/x?access_token=t&limit=100&after=after{number}&until=17"
            return answer(content={"data": [row], "paging": {"next": following} if more else {}})

        marked = Outgoing("Post 3", sent_at=SENT_AT)
        with RawServer(page(1, 9, more=True), page(2, 5, more=True), page(3, 1, more=True), b"") as server:
            assert make("facebook", server.url).find_existing(marked, "").external_id == "1_3"
        assert [asked.query.get("after") for asked in server.asked] == [None, "after1", "after2"]
        assert [asked.query.get("until") for asked in server.asked] == [None, "17", "17"]
        assert all("access_token" not in asked.query for asked in server.asked)

    def test_a_page_that_ends_before_the_attempt_ends_the_search(self):
        row = {"id": "1_1", "message": "Old", "created_time": "2026-11-30T12:00:00+0000"}
        content = {
            "data": [row | {"message": "New", "created_time": "2026-12-01T12:30:00+0000"}, row],
            "paging": {"next": "https://graph.facebook.com/x?after=a"},
        }
        with RawServer(answer(content=content)) as server:
            assert make("facebook", server.url).find_existing(Outgoing("Old", sent_at=SENT_AT), "") is None
            assert len(server.asked) == 1

    def test_a_list_without_an_end_is_no_proof_of_absence(self):
        row = {"id": "1_1", "message": "Other", "created_time": "2026-12-01T12:30:00+0000"}
        content = {"data": [row], "paging": {"next": "https://graph.facebook.com/x?after=a"}}
        with RawServer(answer(content=content)) as server, pytest.raises(OutcomeUnknown):
            make("facebook", server.url).find_existing(Outgoing("Ours", sent_at=SENT_AT), "")
        assert len(server.asked) == 10

    @pytest.mark.parametrize(
        "content",
        [
            {},
            {"data": None},
            {"data": {}},
            {"data": [None]},
            {"data": [[]]},
            {"data": [{"message": "No id"}]},
            {"data": [], "error": {"code": 1}},
            [],
        ],
    )
    def test_half_a_list_is_no_proof_of_absence(self, content):
        with RawServer(answer(content=content)) as server, pytest.raises(OutcomeUnknown):
            make("facebook", server.url).find_existing(Outgoing("Ours", sent_at=SENT_AT), "")

    def test_a_second_page_that_never_comes_is_no_proof_of_absence(self):
        row = {"id": "1_1", "message": "Other", "created_time": "2026-12-01T12:30:00+0000"}
        content = {"data": [row], "paging": {"next": "https://graph.facebook.com/x?after=a"}}
        with RawServer(answer(content=content), b"") as server, pytest.raises(OutcomeUnknown):
            make("facebook", server.url).find_existing(Outgoing("Ours", sent_at=SENT_AT), "")
        assert len(server.asked) == 2

    def test_a_row_whose_moment_cannot_be_read_does_not_end_the_search(self):
        rows = [{"id": "1_2", "message": "Other", "created_time": "soon"}]
        first = {"data": rows, "paging": {"next": "https://graph.facebook.com/x?after=a"}}
        second = {"data": [{"id": "1_1", "message": "Ours", "created_time": "2026-12-01T12:01:00+0000"}]}
        with RawServer(answer(content=first), answer(content=second)) as server:
            found = make("facebook", server.url).find_existing(Outgoing("Ours", sent_at=SENT_AT), "")
        assert found.external_id == "1_1"

    @pytest.mark.parametrize(
        ("trouble", "error"),
        [
            ("error_session_expired", TokenInvalid),
            ("error_page_rate_limited", RateLimited),
            ("error_permission_missing", AccountBlocked),
            ("error_unexpected", OutcomeUnknown),
            ("error_object_missing", AccountBlocked),
            ("error_version_unknown", OutcomeUnknown),
        ],
    )
    def test_trouble_while_looking_leaves_it_unknown_or_concerns_the_account(self, trouble, error):
        with saying(trouble) as server, pytest.raises(error):
            make("facebook", server.url).find_existing(Outgoing("Ours", sent_at=SENT_AT), "")
