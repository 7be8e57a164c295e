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
        assert asked.query["start_time"] == "2026-11-30T21:00:20Z"
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


def row(text: str | None, *links: dict, **more: object) -> dict:
    """A post of the timeline, whole unless ``more`` takes something away with None."""
    post = {
        "id": POST,
        "text": text,
        "created_at": "2026-12-01T12:00:30.000Z",
        "entities": {"urls": list(links)},
    } | more
    return {name: value for name, value in post.items() if value is not None}


def link(short: str, **told: str) -> dict:
    return {"url": f"https://t.co/{short}"} | told


def listed(*rows: dict, **more: object) -> bytes:
    return answer(200, {"data": list(rows), "meta": {"result_count": len(rows)}} | more)


def seen(outgoing: Outgoing, *pages: bytes):
    """What is found, and how the timeline was asked for."""
    with RawServer(*recorded("me"), *pages) as server:
        return handle(server.url).find_existing(outgoing, ""), server.asked[1:]


def unseen(outgoing: Outgoing, *pages: bytes) -> list:
    """It stays undecided; how the timeline was asked for."""
    with RawServer(*recorded("me"), *pages) as server, pytest.raises(OutcomeUnknown):
        handle(server.url).find_existing(outgoing, "")
    return server.asked[1:]


OTHER = row("Another post", id="1991000000000000999")
BARE = {"entities": None, "created_at": None}


class TestRowsThatTellTooLittle:
    """X may pass over the name of a parameter that it does not know: then posts come without links and moments."""

    @pytest.mark.parametrize(
        "bare",
        [
            row("Read me back https://t.co/go1", **BARE),
            row("Read me back https://t.co/go1", entities=None),
            row("Read me back https://t.co/go1", link("pic1", expanded_url="https://x.com/p")),
            row("Read me back https://t.co/go1", link("go1")),
            row("Read me back https://t.co/go1", entities={"urls": None}),
            row("Another post", created_at=None),
            row("Another post", created_at="just now"),
            row(None),
        ],
    )
    def test_they_prove_nothing_and_are_asked_for_once_more_by_the_other_name(self, bare):
        first, second = unseen(WORDS, listed(OTHER, bare))
        assert "tweet.fields" in first.query and "post.fields" not in first.query
        assert second.query == {
            "post.fields" if name == "tweet.fields" else name: value for name, value in first.query.items()
        }

    def test_under_the_other_name_our_post_is_found(self):
        bare, whole = row("Hi https://t.co/go1", **BARE), row("Hi https://t.co/go1", link("go1", expanded_url=LINK))
        assert seen(WORDS, listed(bare), listed(whole))[0] == FOUND

    def test_under_the_other_name_absence_is_proved(self):
        other = link("go1", expanded_url="https://autopost.example/go/zz9")
        found, asked = seen(
            WORDS, listed(row("Hi https://t.co/go1", **BARE)), listed(row("Hi https://t.co/go1", other))
        )
        assert found is None and len(asked) == 2

    def test_the_name_that_works_is_kept_for_the_next_page(self):
        more = {"meta": {"next_token": "page-two"}}
        bare = row("Hi https://t.co/go1", **BARE)
        _, asked = seen(WORDS, listed(bare, **more), listed(OTHER, **more), listed(OTHER))
        assert ["post.fields" in one.query for one in asked] == [False, True, True]
        assert [one.query.get("pagination_token") for one in asked] == [None, None, "page-two"]

    def test_where_the_other_name_is_refused_what_came_first_still_counts(self):
        refused = answer(400, {"title": "Invalid Request", "detail": "The query parameter [post.fields] is unknown."})
        ours = row("Hi https://t.co/go1", link("go1", expanded_url=LINK), id=POST)
        unread = row("Hi https://t.co/zz9", id="1991000000000000999", **BARE)
        assert seen(WORDS, listed(unread, ours), refused)[0] == FOUND
        assert len(unseen(WORDS, listed(unread), refused)) == 2

    def test_whoever_was_there_before_the_attempt_is_not_ours(self):
        before = row("Hi https://t.co/go1", entities=None, created_at="2026-12-01T11:55:00.000Z")
        assert seen(WORDS, listed(before))[0] is None

    def test_a_post_without_an_id_is_half_a_list(self):
        assert len(unseen(WORDS, listed(OTHER, row("Hi", id=None)))) == 1

    def test_our_link_is_enough_where_the_moment_is_missing(self):
        assert (
            seen(WORDS, listed(row("Hi https://t.co/go1", link("go1", expanded_url=LINK), created_at=None)))[0] == FOUND
        )

    def test_our_words_are_not(self):
        words = row(WITHOUT_LINK.text, created_at="just now")
        unseen(WITHOUT_LINK, listed(words))
        assert seen(replace(WITHOUT_LINK, sent_at=None), listed(words))[0] == FOUND


class TestShapesOfLinks:
    def test_a_link_known_only_unwound_is_ours(self):
        shortened = link("go1", expanded_url="https://short.example/1", unwound_url=LINK)
        assert seen(WORDS, listed(row("Hi https://t.co/go1", shortened)))[0] == FOUND

    def test_a_link_that_stands_only_in_the_entities_is_ours(self):
        assert seen(WORDS, listed(row("Hi", {"expanded_url": LINK})))[0] == FOUND

    @pytest.mark.parametrize(
        "shown",
        [
            row(f"{WITHOUT_LINK.text} https://t.co/pic1", entities=None),
            row(
                f"{WITHOUT_LINK.text} https://t.co/pic1", link("pic1", expanded_url="https://x.com/p", media_key="3_1")
            ),
            row(
                f"{WITHOUT_LINK.text} https://t.co/pic1",
                link("pic1", expanded_url="https://x.com/p", display_url="pic.twitter.com/pic1"),
            ),
            row(f"{WITHOUT_LINK.text} https://t.co/pic1 https://t.co/pic2", link("pic1", media_key="3_1")),
        ],
    )
    def test_the_link_to_a_picture_is_no_part_of_the_words(self, shown):
        assert seen(WITHOUT_LINK, listed(shown))[0] == FOUND

    def test_a_list_with_errors_beside_it_is_half_a_list(self):
        assert len(unseen(WORDS, listed(OTHER, errors=[{"title": "Not Found Error"}]))) == 1

    def test_answers_and_reposts_are_not_asked_for(self):
        assert seen(WORDS, listed(OTHER))[1][0].query["exclude"] == "retweets,replies"

    @pytest.mark.parametrize("text", ["@olympus_news opens", " ＠olympus_news opens", "\n@olympus_news"])
    def test_a_post_that_begins_with_a_name_is_looked_for_among_answers_too(self, text):
        named = replace(WORDS, text=f"{text} {LINK}", marker=LINK)
        assert seen(named, listed(OTHER))[1][0].query["exclude"] == "retweets"

    def test_words_that_were_never_sent_are_ours_whenever_they_came_out(self):
        long_ago = row(WITHOUT_LINK.text, created_at="2020-01-01T00:00:00.000Z")
        assert seen(replace(WITHOUT_LINK, sent_at=None), listed(long_ago))[0] == FOUND


class TestByWords:
    @pytest.mark.parametrize(
        "text", ["Fish & chips <3 at example.com https://autopost.example/go/ab1?copy=1&lt=2", "Fish & chips <3 at\n"
                 "https://example.com  autopost.example/go/ab1?copy=1&lt=2 "],
    )  # fmt: skip
    def test_links_signs_and_line_breaks_are_turned_back(self, text):
        assert look(replace(WITHOUT_LINK, text=text), "timeline")[0] == FOUND

    @pytest.mark.parametrize("shown", ["http://xn--bcher-kva.de/%C3%A4?q=1", "http://bücher.de/ä?q=1"])
    @pytest.mark.parametrize("typed", ["http://bücher.de/ä?q=1", "http://xn--bcher-kva.de/%C3%A4?q=1"])
    def test_a_link_is_the_same_in_letters_and_in_ascii(self, typed, shown):
        outgoing = replace(WITHOUT_LINK, text=f"Baca {typed}, ya")
        assert seen(outgoing, listed(row("Baca https://t.co/a1, ya", link("a1", expanded_url=shown))))[0] == FOUND
        other = row("Baca https://t.co/a1, ya", link("a1", expanded_url=f"{shown}2"))
        assert seen(outgoing, listed(other))[0] is None

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
        late = replace(WORDS, sent_at=platforms.wall[0].posted_at + timedelta(hours=16))
        assert connector.find_existing(late, "") is None

    def test_our_own_link_is_found_although_our_clock_was_hours_ahead(self, platforms):
        connector = handle(platforms.url)
        connector.publish(WORDS, "")
        late = replace(WORDS, sent_at=platforms.wall[0].posted_at + timedelta(hours=3))
        assert connector.find_existing(late, "").external_id == platforms.wall[0].id

    def test_a_repeat_of_our_own_lost_post_is_refused_and_then_found(self, platforms):
        connector = handle(platforms.url)
        platforms.scenario("olympus_news", "accept_then_hang_up", times=1)
        outgoing = replace(WORDS, sent_at=None)
        for _ in range(2):
            result, draft = contract.deliver(connector, outgoing)
            assert isinstance(result, OutcomeUnknown)
        assert len(platforms.wall) == 1
        assert connector.find_existing(outgoing, draft).external_id == platforms.wall[0].id
