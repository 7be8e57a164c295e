"""Text on a picture card: graphemes stay whole, lines fit, every script finds a font."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_queue.media.card_design import fonts, text
from social_queue.media.card_design.text import Style, graphemes, segments, tidy, width
from social_queue.media.card_design.typeset import Area, fit, one_line

FAMILY = "👨‍👩‍👧‍👦"
SHIPPED = sorted(path.name for path in fonts.FOLDER.glob("*.ttf"))


@pytest.fixture
def unshaped(monkeypatch):
    """A machine whose Pillow finds no FriBiDi."""
    caches = (fonts.load, text.segments, text.em_width)
    monkeypatch.setattr(fonts, "SHAPED", False)
    for cache in caches:
        cache.cache_clear()
    yield
    for cache in caches:
        cache.cache_clear()


def _letters(line: str) -> list[str]:
    """Graphemes without spaces; a lone accent clings to the space before it."""
    return [letter.strip() for letter in graphemes(line) if letter.strip()]


@settings(deadline=None)
@given(
    st.text(alphabet=st.sampled_from("ab é\u0301麻了🔥👨\u200d👩🇮🇩ไทย。ﷺ\u0000\u202e"), min_size=1, max_size=120),
    st.integers(240, 900),
)
def test_setting_text_loses_breaks_and_widens_nothing(given_text, room):
    words = tidy(given_text)
    block = fit(words, fonts.HEAVY, area=Area(room, 100_000), sizes=(60, 20))
    style = Style(fonts.HEAVY, block.size)
    assert "".join("".join(block.lines).split()) == "".join(words.split())
    assert [letter for line in block.lines for letter in _letters(line)] == _letters(words)
    assert all(width(line, style) <= room for line in block.lines)


@settings(deadline=None)
@given(st.integers(100, 900), st.integers(30, 400))
def test_what_can_not_fit_ends_in_an_ellipsis_inside_its_box(room, height):
    block = fit((FAMILY * 3 + " keluarga ") * 200, fonts.SERIF, area=Area(room, height), sizes=(60, 20))
    assert block.lines[-1].endswith("…")
    assert len(block.lines) == 1 or block.height <= height
    assert all(width(line, Style(fonts.SERIF, block.size)) <= room for line in block.lines)
    assert {letter for line in block.lines for letter in graphemes(line) if "👨" in letter} <= {FAMILY}


def test_text_that_fits_is_not_shortened():
    style = Style(fonts.PLAIN, 30)
    assert (
        one_line("Bermainlah dengan bijak", style, room=width("Bermainlah dengan bijak", style))
        == "Bermainlah dengan bijak"
    )
    assert one_line("Bermainlah dengan bijak", style, room=200).endswith("…")


def test_words_are_kept_whole_while_they_fit():
    block = fit("pertanggungjawaban kesejahteraan", fonts.NEON, area=Area(700, 400), sizes=(120, 30))
    assert block.lines == ("pertanggungjawaban", "kesejahteraan")


def test_chinese_breaks_anywhere_but_before_a_full_stop():
    block = fit("麻将胡了今晚火热。" * 4, fonts.HEAVY, area=Area(330, 2000), sizes=(60, 60))
    assert len(block.lines) > 4
    assert not any(line.startswith("。") for line in block.lines)


@pytest.mark.parametrize(
    ("letter", "file"),
    [
        ("A", fonts.SERIF),
        ("é", fonts.SERIF),
        ("ọ̀", "NotoSans-Bold.ttf"),
        ("Ж", "NotoSans-Bold.ttf"),
        ("न", "NotoSans-Bold.ttf"),
        ("ส", "NotoSansThai-Bold.ttf"),
        ("★", "DejaVuSans-Bold.ttf"),
        ("م", "DejaVuSans-Bold.ttf"),
        ("麻", fonts.CJK),
        ("한", fonts.CJK),
        ("あ", fonts.CJK),
        ("🔥", fonts.EMOJI),
        ("❤️", fonts.EMOJI),
        ("1️⃣", fonts.EMOJI),
        ("🇮🇩", fonts.EMOJI),
        ("👍🏽", fonts.EMOJI),
        (FAMILY, fonts.EMOJI),
    ],
)
def test_every_script_finds_its_font(letter, file):
    assert [(part.text, part.file) for part in segments(tidy(letter), fonts.SERIF)] == [(tidy(letter), file)]


@pytest.mark.parametrize("sequence", [FAMILY, "🇮🇩", "🏴‍☠️", "1️⃣", "👍🏽"])
def test_an_emoji_sequence_is_one_picture(sequence):
    style = Style(fonts.HEAVY, 100)
    assert width(sequence, style) == pytest.approx(width("🔥", style))


@pytest.mark.usefixtures("unshaped")
def test_without_shaping_a_sequence_becomes_its_first_emoji():
    style = Style(fonts.HEAVY, 100)
    assert width(FAMILY, style) == pytest.approx(width("👨", style))


def test_dressed_up_letters_are_plain_ones_and_unknown_ones_are_left_out():
    assert tidy("𝗚𝗮𝗰𝗼𝗿  𝟳\u202e\n!") == "Gacor 7 !"
    assert "".join(part.text for part in segments("a\U00012000b", fonts.HEAVY)) == "ab"


def test_accents_count_the_same_however_they_are_written():
    assert tidy("e\u0301lan") == tidy("élan") == "élan"


@pytest.mark.parametrize("file", SHIPPED)
def test_a_font_covers_what_it_really_draws(file):
    font = fonts.load(file, 40)
    missing = bytes(font.getmask("\U0010fffd"))
    for letter in "AzéḀЖनส★م麻한あ🔥":
        drawn = bytes(font.getmask(letter))
        assert (ord(letter) in fonts.covered(file)) is (drawn != missing), letter


@pytest.mark.parametrize("file", SHIPPED)
def test_a_font_is_shipped_with_its_licence(file):
    name = file.removesuffix(".ttf").partition("-")[0]
    licence = (fonts.FOLDER / f"LICENSE-{name}.txt").read_text()
    assert any(kind in licence for kind in ("SIL OPEN FONT LICENSE", "Apache License", "Bitstream Vera"))
    assert file in (fonts.FOLDER / "README.md").read_text()
