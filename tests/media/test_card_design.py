"""How a picture card looks, measured on the picture."""

import itertools

import pytest
from PIL import Image

from social_queue.media.card_design import LANGUAGES, SIZE, THEMES, BadCard, Card, compose, dial, draw
from tests.media.card_pictures import (
    CARDS,
    FULL,
    LONG,
    SAFE,
    both,
    changed,
    lit_degrees,
    photo,
    saturated,
    text_pixels,
    worst_contrast,
)

themes = pytest.mark.parametrize("theme", THEMES)
cards = pytest.mark.parametrize("fields", CARDS.values(), ids=CARDS)


@themes
def test_a_card_is_an_rgb_picture_of_1080_pixels_either_way(theme):
    image = draw(Card("Starlight Princess", theme=theme))
    assert (image.mode, image.size) == ("RGB", (1080, 1080)) == ("RGB", (SIZE, SIZE))


@themes
@cards
def test_no_text_leaves_the_safe_area(theme, fields):
    left, top, right, bottom = text_pixels(Card(theme=theme, **fields)).getbbox()
    assert min(left, top) >= SAFE
    assert max(right, bottom) <= SIZE - SAFE


@themes
@cards
def test_no_line_of_text_lies_on_another(theme, fields):
    lines = [line for line in both(Card(theme=theme, **fields))[0].written if line.text]
    for first, second in itertools.combinations(lines, 2):
        apart = (
            first.box[2] <= second.box[0]
            or second.box[2] <= first.box[0]
            or first.box[3] <= second.box[1]
            or second.box[3] <= first.box[1]
        )
        assert apart, (first, second)


@themes
@cards
def test_every_text_has_a_contrast_of_at_least_4_5(theme, fields):
    ratio, text = worst_contrast(Card(theme=theme, **fields))
    assert ratio >= 4.5, text


@themes
@pytest.mark.parametrize("colour", ["#ffe600", "#001f5b", "#ffffff", "#000000", "#808080", "#22c55e", "#ff0000"])
def test_the_contrast_holds_whatever_the_brands_colour(theme, colour):
    ratio, text = worst_contrast(Card(theme=theme, colour=colour, **CARDS["full"]))
    assert ratio >= 4.5, text


@themes
@pytest.mark.parametrize(
    "colour", [(255, 255, 255), (0, 0, 0), (255, 230, 0), None], ids=["white", "black", "yellow", "both"]
)
def test_the_contrast_holds_whatever_the_background_picture(theme, colour):
    ratio, text = worst_contrast(Card(theme=theme, background=photo(colour), footer="18+", **CARDS["full"]))
    assert ratio >= 4.5, text


@themes
def test_a_background_picture_shows(theme):
    plain, pictured = (
        draw(Card("Zeus", theme=theme, background=given)) for given in (photo((0, 0, 0)), photo((0, 200, 0)))
    )
    shown = changed(plain, pictured, least=10).histogram()[255]
    assert shown > SIZE * SIZE / 20


@themes
def test_a_title_of_300_characters_is_shown_to_its_last_word(theme):
    written = " ".join(line.text for line in compose(Card(LONG, theme=theme, **FULL)).written)
    assert len(LONG) == 300
    assert LONG in written


@themes
def test_a_short_title_is_set_large_and_a_long_one_smaller(theme):
    sizes = [max(line.style.size for line in compose(Card(title, theme=theme)).written) for title in ("Zeus", LONG)]
    assert sizes[0] >= 110
    assert sizes[1] <= 80


@themes
@pytest.mark.parametrize(("title", "coloured"), [("🔥🔥🔥", True), ("Api", False)])
def test_emoji_are_drawn_in_colour(theme, title, coloured):
    canvas = compose(Card(title, theme=theme, brand="B"))
    box = next(line.box for line in canvas.written if line.text == title)
    assert (saturated(canvas.image, box) > 3000) is coloured


@themes
@pytest.mark.parametrize("percent", [0, 50, 97.2, 100])
def test_the_gauge_is_lit_as_far_as_the_rtp_says(theme, percent):
    empty, some, whole = (
        compose(Card("Zeus", rtp=rtp, window="19:00", theme=theme), lettering=False).image for rtp in (0, percent, 100)
    )
    ring = changed(empty, whole, least=60).getbbox()
    all_of_it = lit_degrees(changed(empty, whole, least=60), ring)
    assert all_of_it > 170
    # The round ends count too, hence the few degrees.
    assert lit_degrees(changed(empty, some, least=60), ring) == pytest.approx(all_of_it * percent / 100, abs=9)


@pytest.mark.parametrize("percent", [0, 25, 50, 75, 100])
def test_a_dial_ends_where_its_angle_is(percent):
    image = Image.new("RGB", (400, 400), "black")
    shape = dial.Dial((200, 200), 150, 20)
    dial.paint(image, shape, percent=percent, colours=((255, 0, 0), (255, 0, 0)), track=(0, 0, 255))
    lit = [value for value in range(101) if image.getpixel(tuple(map(round, shape.point(value))))[0] > 128]
    assert shape.angle(percent) == 135 + 270 * percent / 100
    assert len(lit) == pytest.approx(percent, abs=3)
    assert lit == list(range(len(lit)))


@pytest.mark.parametrize(
    ("language", "rtp", "shown"), [("en", 97.2, "97.2%"), ("id", 97.2, "97,2%"), ("id", 96, "96%")]
)
def test_the_rtp_is_written_as_the_language_writes_it(language, rtp, shown):
    written = [line.text for line in compose(Card("Zeus", rtp=rtp, language=language)).written]
    assert shown in written


@themes
@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_known_is_on_the_card(theme, language):
    card = Card(**CARDS["full"] | {"pattern": "Turbo"}, theme=theme, language=language, footer="18+", brand="Kabar")
    written = " ".join(line.text for line in compose(card).written).casefold()
    for text in ("gates of olympus 1000", "19:00–21:00", "19:15", "turbo", "18+", "kabar", "rtp"):
        assert text in written


def test_a_game_that_the_title_already_names_is_not_said_twice():
    written = [
        line.text for line in compose(Card("Starlight Princess", game="starlight princess", theme="sunset")).written
    ]
    assert " ".join(written).casefold().count("princess") == 1


def test_the_themes_look_different():
    pictures = [draw(Card(theme=theme, **CARDS["full"])) for theme in THEMES]
    for first, second in itertools.combinations(pictures, 2):
        assert changed(first, second, least=60).histogram()[255] > SIZE * SIZE / 4


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("title", {"title": " \u200b\n"}),
        ("title", {"title": "x" * 301}),
        ("title", {"title": "half \ud83d"}),
        ("title", {"title": 7}),
        ("rtp", {"rtp": 100.1}),
        ("rtp", {"rtp": -1}),
        ("rtp", {"rtp": "viel"}),
        ("rtp", {"rtp": True}),
        ("rtp", {"rtp": float("nan")}),
        ("theme", {"theme": "vapour"}),
        ("language", {"language": "de"}),
        ("colour", {"colour": "bluish"}),
        ("pattern", {"pattern": {"a": 1}}),
        ("background", {"background": b"no picture"}),
        ("background", {"background": photo()[:2000]}),
        # Drawn when it is needed, not by everybody who collects tests.
        ("background", {"background": lambda: photo((9, 9, 9), size=(9000, 6000), kind="PNG")}),
    ],
)
def test_what_is_wrong_is_named_in_a_sentence(field, fields):
    fields = {name: value() if callable(value) else value for name, value in fields.items()}
    with pytest.raises(BadCard) as caught:
        draw(Card(**{"title": "Zeus"} | fields))
    assert list(caught.value.fields) == [field]
    assert caught.value.fields[field][0].endswith(".")
    assert isinstance(caught.value, ValueError)
    assert field in str(caught.value)


def test_everything_that_is_wrong_is_named_at_once():
    with pytest.raises(BadCard) as caught:
        Card("", rtp=101, theme="vapour")
    assert set(caught.value.fields) == {"title", "rtp", "theme"}
