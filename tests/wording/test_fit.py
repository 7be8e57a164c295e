"""A caption fits as its platform counts, and only the summary pays for it."""

import html
import re

import grapheme
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from twitter_text import parse_tweet

import connectors
from connectors.base import Limits
from social_queue.wording.cuts import ELLIPSIS, Shortenings
from social_queue.wording.faults import CaptionTooLong
from social_queue.wording.fit import fit
from tests.support.effort import costs_less

LINK = "https://desk.example/go/Ab12Cd34"
FAMILY = "👨‍👩‍👧‍👦"


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def after_entities(text: str) -> int:
    return len(html.unescape(re.sub(r"<[^>]*>", "", text)))


def weighted(text: str) -> int:
    return parse_tweet(text).weightedLength


COUNTERS = {"code points": len, "utf-16": utf16, "after entities": after_entities, "weighted": weighted}

_atoms = st.sampled_from(
    [
        "malam ini",
        "RTP 97.2%",
        "Rp50.000",
        ", ",
        ". ",
        "\n\n",
        " – ",
        "🎰",
        FAMILY,
        "🇮🇩",
        "👍🏽",
        "é",
        "e\u0301",
        "ก็",
        "世界",
    ]
    + [
        "https://example.com/a-b?c=d&e=f#g",
        "www.example.com/x",
        "example.co.id",
        "&amp;",
        "&#128512;",
        "&lt;b&gt;",
        "<b>",
    ]
    + ["#PolaHariIni", "@akun", "kata", "panjang", "\u00a0", "\u200d", "(x)", "a" * 60, "！", "\u0600"]
)
summaries = st.lists(st.one_of(_atoms, st.just(" "), st.text(max_size=4)), max_size=25).map("".join)


def limits_of(limit: int, length=len) -> Limits:
    return Limits(text=limit, text_with_media=limit, media_bytes=0, media_types=(), length=length)


def plain(summary: str) -> str:
    return f"Judul\n\n{summary}\n\n{LINK}"


def marked_up(summary: str) -> str:
    return f"<b>Judul</b>\n\n{html.escape(summary)}\n\n{LINK}"


def kept_of(summary: str, fitted) -> str:
    if not fitted.shortened:
        return summary
    return fitted.summary.removesuffix(ELLIPSIS).removesuffix(" ") if fitted.summary else ""


@pytest.mark.parametrize("counter", COUNTERS.values(), ids=COUNTERS)
@pytest.mark.parametrize("render", [plain, marked_up])
@given(summary=summaries, room=st.integers(0, 120))
def test_what_comes_out_fits_and_says_how_long_it_is(counter, render, summary, room):
    limit = counter(render("")) + room
    fitted = fit(render, summary, limits_of(limit, counter), has_media=False)
    assert fitted.length == counter(fitted.text) <= limit == fitted.limit
    assert fitted.text == render(fitted.summary)
    assert fitted.shortened == (fitted.summary != summary)


@given(summary=summaries, room=st.integers(0, 120))
@example(summary=f"ab {FAMILY}{FAMILY}", room=6)
def test_what_is_left_is_a_prefix_that_ends_between_graphemes(summary, room):
    fitted = fit(plain, summary, limits_of(len(plain("")) + room), has_media=False)
    kept = kept_of(summary, fitted)
    assert summary.startswith(kept)
    assert "".join([*grapheme.graphemes(kept), *grapheme.graphemes(summary[len(kept) :])]) == summary
    assert list(grapheme.graphemes(summary))[: grapheme.length(kept)] == list(grapheme.graphemes(kept))


@given(summary=summaries, room=st.integers(0, 120))
@example(summary="lihat https://example.com/satu/dua", room=20)
@example(summary="&amp;" * 30, room=17)
def test_no_link_and_no_entity_is_cut_in_two(summary, room):
    fitted = fit(plain, summary, limits_of(len(plain("")) + room), has_media=False)
    end = len(kept_of(summary, fitted))
    for whole in re.finditer(r"https?://[\w./?=&#-]*[\w/=#]|&(?:#\d+|\w{2,6});", summary):
        assert not whole.start() < end < whole.end(), (whole[0], fitted.summary)


@given(words=st.lists(st.from_regex(r"[a-z]{1,12}", fullmatch=True), min_size=1, max_size=60), room=st.integers(0, 300))
def test_as_many_whole_words_as_fit_are_kept(words, room):
    summary = " ".join(words)
    fitted = fit(plain, summary, limits_of(len(plain("")) + room), has_media=False)
    if fitted.shortened:
        kept = kept_of(summary, fitted).split()
        assert kept == words[: len(kept)]
        next_try = " ".join(words[: len(kept) + 1])
        ending = "" if len(kept) + 1 == len(words) else ELLIPSIS
        assert len(next_try + ending) > room


@given(summary=summaries, short_of=st.integers(1, 40))
def test_without_room_for_title_and_link_the_fault_says_by_how_much(summary, short_of):
    needs = len(plain(""))
    assume(needs > short_of)
    with pytest.raises(CaptionTooLong, match="Title and link alone need") as caught:
        fit(plain, summary, limits_of(needs - short_of), has_media=False, label="X (Twitter)")
    assert (caught.value.needs, caught.value.limit) == (needs, needs - short_of)
    assert f"need {needs} characters on X (Twitter), but only {needs - short_of}" in str(caught.value)


def test_a_picture_changes_the_limit():
    limits = Limits(text=200, text_with_media=70, media_bytes=0, media_types=())
    assert not fit(plain, "kata " * 10, limits, has_media=False).shortened
    assert fit(plain, "kata " * 10, limits, has_media=True).limit == 70


def test_escaping_is_counted_and_its_entities_stay_whole():
    fitted = fit(marked_up, "<&>" * 3 + " ujung", limits_of(len(marked_up("")) + 40), has_media=False)
    assert fitted.summary == "<&>" * 3 + ELLIPSIS
    assert "&lt;&amp;&gt;" * 3 + ELLIPSIS in fitted.text


@pytest.mark.parametrize(
    ("summary", "wordings"),
    [
        ("Halo dunia, apa?", ["", "Halo…", "Halo dunia…", "Halo dunia, apa?"]),
        ("ke https://e.com/a. ya", ["", "ke…", "ke https://e.com/a …", "ke https://e.com/a. ya"]),
        ("最初、次", ["", "最…", "最初…", "最初、次"]),
        (f"🎰{FAMILY} x", ["", "🎰…", f"🎰{FAMILY}…", f"🎰{FAMILY} x"]),
        ("97.2% – malam", ["", "97.2%…", "97.2% – malam"]),
        ("a&amp; b", ["", "a&amp;…", "a&amp; b"]),
        ("10\u00a0000 kredit", ["", "10\u00a0000…", "10\u00a0000 kredit"]),
    ],
)
def test_the_ways_to_shorten(summary, wordings):
    assert list(Shortenings(summary)) == wordings


@pytest.mark.parametrize("piece", ["kata ", "最", "a.", "-.", "&amp;", "#", "e\u0301", FAMILY, "https://e.co/ ", "."])
def test_a_hostile_summary_costs_little(piece):
    assert costs_less(1, lambda: fit(plain, (piece * 5000)[:5000], limits_of(500), has_media=False))


@pytest.mark.parametrize("name", connectors.names())
@pytest.mark.parametrize("has_media", [False, True])
@pytest.mark.parametrize("piece", ["kata panjang ", "世界", FAMILY, "https://example.com/a?b=1&c=2 ", "<b>&amp; "])
def test_every_platform_found_gets_a_text_within_its_own_limit(name, has_media, piece):
    connector = connectors.get(name)
    render = marked_up if connector.markup == "html" else plain
    summary = piece * (connector.limits.text // len(piece) + 1)
    fitted = fit(render, summary, connector.limits, has_media=has_media, label=connector.label)
    assert connector.limits.length(fitted.text) == fitted.length <= fitted.limit
    assert LINK in fitted.text


@pytest.mark.parametrize("sign", ["#", "@", "＃", "＠"])
def test_a_tag_of_a_script_without_spaces_stays_whole(sign):
    assert list(Shortenings(f"最 {sign}世界の門 初")) == ["", "最…", f"最 {sign}世界の門…", f"最 {sign}世界の門 初"]
