"""Reading X back: our own post is found by its link or its words, and only a whole list proves that it is not there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from connectors.base import Outgoing, Published
from connectors.errors import AccountBlocked, OutcomeUnknown, RateLimited, TokenInvalid
from tests.connectors import contract
from tests.connectors.rawserver import RawServer, answer
from tests.connectors.twitter_calls import LINK, POST, SENT_AT, WITHOUT_LINK, WORDS, handle, recorded

FOUND = Published(POST, f"https://x.com/olympus_news/status/{POST}")
OURS = replace(WORDS, marker=f"{LINK}?copy=1&lt=2")


def look(outgoing: Outgoing, *cases: str):
    with RawServer(*recorded("me", *cases)) as server:
        return handle(server.url).find_existing(outgoing, ""), server.asked[1:]


def undecided(outgoing: Outgoing, *cases: str) -> str:
    with RawServer(*recorded("me", *cases)) as server, pytest.raises(OutcomeUnknown) as caught:
        handle(server.url).find_existing(outgoing, "")
    return caught.value.message


class TestByLink:
    @pytest.mark.parametrize("case", ["timeline", "timeline_new_names"])
    def test_the_expanded_link_is_compared_since_the_text_holds_a_short_one(self, case):
        assert look(OURS, case)[0] == FOUND

    @pytest.mark.parametrize(
        "marker", [f"{LINK}2", "https://autopost.example/go/ab", f"{LINK}/x", "http://example.org"]
    )
    def test_the_link_must_be_the_whole_one(self, marker):
        assert look(replace(WORDS, marker=marker), "timeline")[0] is None

    def test_only_posts_since_the_attempt_are_asked_for(self):
        _, [asked] = look(OURS, "timeline")
        assert asked.path == "/2/users/2244994945/tweets"
        assert asked.query["start_time"] == "2026-12-01T11:00:20Z"
        assert asked.query["max_results"] == "100" and "entities" in asked.query["tweet.fields"]

    def test_the_list_is_read_page_by_page(self):
        found, [first, second] = look(OURS, "timeline_page_one", "timeline")
        assert found == FOUND
        assert "pagination_token" not in first.query and second.query["pagination_token"] == "7140dibdnow9c7btw3w"

    def test_the_query_s_new_name_is_used_where_the_old_one_is_unknown(self):
        found, [first, second] = look(OURS, "error_field_unknown", "timeline_new_names")
        assert found == FOUND
        assert "tweet.fields" in first.query and "tweet.fields" not in second.query and "post.fields" in second.query


class TestAbsence:
    def test_an_empty_list_proves_it(self):
        assert look(OURS, "timeline_empty")[0] is None

    @pytest.mark.parametrize("case", ["timeline_partial", "error_not_found", "error_server_503"])
    def test_anything_less_than_a_list_does_not(self, case):
        undecided(OURS, case)

    def test_a_list_without_an_end_does_not(self):
        assert "more than 1000" in undecided(OURS, "timeline_page_one")

    @pytest.mark.parametrize("answered", [{"data": {}}, {"data": []}, {"meta": {}, "data": "x"}, []])
    def test_a_list_of_the_wrong_shape_does_not(self, answered):
        with RawServer(*recorded("me"), answer(200, answered)) as server, pytest.raises(OutcomeUnknown):
            handle(server.url).find_existing(OURS, "")

    def test_a_post_without_link_and_text_cannot_be_recognised(self):
        with pytest.raises(OutcomeUnknown):
            handle("http://127.0.0.1:1").find_existing(Outgoing(" "), "1991000000000000555")

    @pytest.mark.parametrize(
        ("case", "kind"),
        [
            ("error_unauthorized", TokenInvalid),
            ("error_credits_depleted", AccountBlocked),
            ("error_rate_limited", RateLimited),
        ],
    )
    def test_the_account_s_own_trouble_is_passed_on(self, case, kind):
        with RawServer(*recorded("me", case)) as server, pytest.raises(kind):
            handle(server.url).find_existing(OURS, "")


class TestByWords:
    @pytest.mark.parametrize(
        "text", ["Fish & chips <3 at example.com https://autopost.example/go/ab1?copy=1&lt=2", "Fish & chips <3 at\n"
                 "https://example.com  autopost.example/go/ab1?copy=1&lt=2 "],
    )  # fmt: skip
    def test_links_signs_and_line_breaks_are_turned_back(self, text):
        assert look(replace(WITHOUT_LINK, text=text), "timeline")[0] == FOUND

    def test_a_part_of_the_words_is_not_enough(self):
        assert look(replace(WITHOUT_LINK, text="Fish & chips <3 at example.com"), "timeline")[0] is None

    def test_the_same_words_from_before_the_attempt_are_not_ours_but_need_a_person(self):
        said = undecided(WITHOUT_LINK, "timeline")
        assert "posted before this attempt" in said and "2026-12-01T09:00:00" in said

    def test_the_same_words_just_before_are_ours_since_clocks_differ(self):
        shortly_after = replace(WITHOUT_LINK, sent_at=SENT_AT.replace(hour=9, minute=1))
        assert look(shortly_after, "timeline")[0].external_id == "1991000000000000111"

    def test_so_the_list_is_asked_for_a_day_back(self):
        _, [asked] = look(replace(WITHOUT_LINK, text="Other words"), "timeline")
        assert asked.query["start_time"] == "2026-11-30T11:57:20Z"


class TestInTheSandbox:
    def test_a_post_among_two_hundred_is_found(self, platforms):
        connector = handle(platforms.url)
        for number in range(210):
            link = f"https://example.com/go/x{number}"
            connector.publish(Outgoing(f"Post {number} {link}", marker=link), "")
        first = platforms.wall[0]
        outgoing = Outgoing(first.text, marker="https://example.com/go/x0", sent_at=first.posted_at)
        assert connector.find_existing(outgoing, "").external_id == first.id
        assert connector.find_existing(replace(outgoing, marker="https://example.com/go/y0"), "") is None

    def test_posts_from_long_before_the_attempt_are_not_read(self, platforms):
        connector = handle(platforms.url)
        connector.publish(WORDS, "")
        late = replace(WORDS, sent_at=platforms.wall[0].posted_at + timedelta(hours=3))
        assert connector.find_existing(late, "") is None

    def test_a_repeat_of_our_own_lost_post_is_refused_and_then_found(self, platforms):
        connector = handle(platforms.url)
        platforms.scenario("olympus_news", "accept_then_hang_up", times=1)
        outgoing = replace(WORDS, sent_at=None)
        for _ in range(2):
            result, draft = contract.deliver(connector, outgoing)
            assert isinstance(result, OutcomeUnknown)
        assert len(platforms.wall) == 1
        assert connector.find_existing(outgoing, draft).external_id == platforms.wall[0].id
