"""Recognising our own post among others."""

from datetime import UTC, datetime, timedelta

import pytest

from connectors.base import Outgoing
from connectors.readback import holds, is_ours, look_back_to, look_far_back_to, made_before, moment_of, same_text

GO = "https://desk.example/go/aB3dE6gH"


@pytest.mark.parametrize(
    "text",
    [
        GO,
        f"See {GO}",
        f"See {GO}.",
        f"({GO})",
        f"{GO}, now!",
        f"{GO}\nMore",
        f"{GO}? Yes",
        f"\u201c{GO}\u201d",
        f"{GO}…",
        f"{GO}看这里",
        f"看{GO}。看",
        f"{GO}را ببینید",
        f"{GO}é",
        f"{GO}🎰",
    ],
)
def test_a_marker_is_found_wherever_a_sentence_puts_it(text):
    assert holds(text, GO)


@pytest.mark.parametrize(
    "text",
    ["", f"{GO}2", f"{GO}/x", f"{GO}-x", f"{GO}?x=1", f"{GO}#top", f"{GO}&x=1", f"{GO}.html", GO[:-1], GO.lower()],
)
def test_a_longer_or_other_link_is_not_the_marker(text):
    assert not holds(text, GO)


@pytest.mark.parametrize(
    ("text", "found"),
    [("a /go/ab1 b", True), ("x.example/go/ab1", True), ("/go/ab12", False), ("/go/ab1?x", False), ("/go/ab", False)],
)
def test_a_marker_may_be_only_the_end_of_a_link(text, found):
    assert holds(text, "/go/ab1") is found


def test_a_bare_code_is_not_found_inside_a_word():
    assert holds("code aB3dE6gH here", "aB3dE6gH")
    assert not holds("xaB3dE6gH", "aB3dE6gH")


def test_no_marker_is_never_found():
    assert not holds("anything", "")


def test_texts_are_alike_when_only_white_space_and_composition_differ():
    assert same_text("Caf\u00e9 now\r\n", " Cafe\u0301   now")
    assert not same_text("Café now", "Café now!")
    assert not same_text("", " ")


def test_a_post_with_a_marker_is_not_known_by_its_text():
    ours = Outgoing("Same words", marker=GO)
    assert not is_ours(ours, "Same words")
    assert is_ours(ours, "Other words", [GO])
    assert is_ours(Outgoing("Same words"), "Same  words")


def test_looking_back_allows_for_a_clock_that_differs():
    sent_at = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    assert look_back_to(Outgoing("Words", marker=GO, sent_at=sent_at)) == sent_at - timedelta(hours=1)
    assert look_back_to(Outgoing("Words", sent_at=sent_at)) == sent_at - timedelta(minutes=3)
    assert look_back_to(Outgoing("Words")) is None
    assert look_far_back_to(Outgoing("Words", sent_at=sent_at)) == sent_at - timedelta(hours=15)
    assert look_far_back_to(Outgoing("Words")) is None


def test_a_post_from_clearly_before_the_attempt_needs_no_recognising():
    sent_at = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
    ours = Outgoing("Words", marker=GO, sent_at=sent_at)
    assert made_before(ours, sent_at - timedelta(minutes=4))
    assert not made_before(ours, sent_at - timedelta(minutes=2))
    assert not made_before(ours, None)
    assert not made_before(Outgoing("Words"), sent_at)


@pytest.mark.parametrize(
    ("stamp", "moment"),
    [
        ("2026-12-01T12:00:00+0000", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("2026-12-01T12:00:00.000Z", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("2026-12-01T19:00:00+0700", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("2026-12-01T12:00:00", None),
        ("soon", None),
        ("", None),
        (None, None),
        (1764590400, None),
    ],
)
def test_a_moment_is_read_as_platforms_write_it(stamp, moment):
    assert moment_of(stamp) == moment
