"""Picture cards as files: same input, same file; written whole; pruned when nobody needs them."""

import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from social_queue.media import cards
from social_queue.media.card_design import BadCard, card, draw, fonts
from tests.media.card_pictures import changed, photo

DATA = {
    "game": "Gates of Olympus",
    "rtp": 97.2,
    "window": "19:00-21:00",
    "jam": "19:15",
    "pattern": "Turbo",
    "other": [1],
}


@pytest.fixture(autouse=True)
def _own_settings(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_URL = "/media/"
    settings.PUBLIC_BASE_URL = "https://desk.example"
    settings.CARD_THEME, settings.CARD_BRAND, settings.CARD_COLOUR = "paper", "Kabar", ""
    settings.CARD_BACKGROUND = ""


def path_of(made: cards.CardFile) -> Path:
    return Path(default_storage.path(made.name))


def _files(settings) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def _age(path: Path, now, *, days: float) -> None:
    moment = (now - timedelta(days=days)).timestamp()
    os.utime(path, (moment, moment))


def test_a_card_is_a_png_under_its_public_address():
    made = cards.card_for("Zeus", DATA)
    assert (made.width, made.height, made.media_type) == (1080, 1080, "image/png")
    assert made.url == f"https://desk.example/media/cards/{path_of(made).stem[:2]}/{path_of(made).name}"
    with Image.open(path_of(made)) as image:
        assert (image.format, image.size, image.mode) == ("PNG", (1080, 1080), "RGB")


def test_a_card_can_be_a_jpeg_of_the_same_picture():
    drawn, pressed = (Image.open(path_of(cards.card_for("Zeus", DATA, as_jpeg=way))) for way in (False, True))
    assert pressed.format == "JPEG"
    assert changed(drawn, pressed.convert("RGB"), least=90).getbbox() is None


def test_the_web_server_may_read_a_card():
    assert path_of(cards.card_for("Zeus", DATA)).stat().st_mode & 0o044 == 0o044


def test_the_same_input_is_the_same_file_and_is_drawn_once(settings):
    first = cards.card_for("Zeus", DATA)
    before = path_of(first).stat().st_ino
    assert cards.card_for("  Zeus ", dict(reversed(DATA.items()))) == first
    assert path_of(first).stat().st_ino == before
    assert _files(settings) == [path_of(first)] and first.name == cards.name_for("Zeus", DATA)


def test_drawing_twice_gives_the_same_bytes():
    made = cards.card_for("Zeus", DATA)
    bytes_before = path_of(made).read_bytes()
    path_of(made).unlink()
    assert path_of(cards.card_for("Zeus", DATA)).read_bytes() == bytes_before


@pytest.mark.parametrize(
    "change",
    [
        {"data": DATA | {"rtp": 97.3}},
        {"data": DATA | {"jam": "20:00"}},
        {"data": {}},
        {"theme": "sunset"},
        {"brand": "Other"},
        {"colour": "#123456"},
        {"language": "id"},
        {"footer": "18+"},
        {"background": photo((1, 2, 3))},
    ],
    ids=str,
)
def test_another_input_is_another_file(change):
    assert cards.name_for("Zeus", **{"data": DATA} | change) != cards.name_for("Zeus", DATA)
    assert cards.name_for("Hera", DATA) != cards.name_for("Zeus", DATA)


@pytest.mark.parametrize("name", ["CARD_THEME", "CARD_BRAND", "CARD_COLOUR", "CARD_BACKGROUND"])
def test_the_settings_decide_the_look(settings, tmp_path, name):
    picture = tmp_path / "back.jpg"
    picture.write_bytes(photo((0, 120, 0)))
    before = cards.name_for("Zeus", DATA)
    other = {"CARD_THEME": "midnight", "CARD_BRAND": "B", "CARD_COLOUR": "teal", "CARD_BACKGROUND": str(picture)}
    setattr(settings, name, other[name])
    assert cards.name_for("Zeus", DATA) != before


def test_a_new_design_is_a_new_file(monkeypatch):
    before = cards.name_for("Zeus", DATA)
    monkeypatch.setattr(cards, "DESIGN_VERSION", 10**6)
    assert cards.name_for("Zeus", DATA) != before


def test_the_themes_have_their_painters():
    for theme in card.THEMES:
        assert draw(cards.card_of("Zeus", DATA, theme=theme)).size == (1080, 1080)


@pytest.mark.parametrize("rtp", [97.2, "97.2", "97,2", "97.2%", " 97,2 % ", Decimal("97.2")])
def test_an_rtp_is_read_as_generators_write_it(rtp):
    assert cards.card_of("Zeus", {"rtp": rtp}).rtp == 97.2


@pytest.mark.parametrize("rtp", [None, "", "  "])
def test_an_empty_rtp_is_none(rtp):
    assert cards.card_of("Zeus", {"rtp": rtp}).rtp is None


def test_numbers_and_lists_are_shown_as_text():
    made = cards.card_of("Zeus", {"jam": 19, "pattern": ["10x", "20x"], "window": None, "game": 77})
    assert (made.jam, made.pattern, made.window, made.game) == ("19", "10x, 20x", "", "77")


@pytest.mark.parametrize(
    ("field", "title", "data", "look"),
    [
        ("title", "", {}, {}),
        ("rtp", "Zeus", {"rtp": "high"}, {}),
        ("rtp", "Zeus", {"rtp": "nan"}, {}),
        ("rtp", "Zeus", {"rtp": 101}, {}),
        ("window", "Zeus", {"window": {"from": 1}}, {}),
        ("data", "Zeus", ["rtp"], {}),
        ("theme", "Zeus", {}, {"theme": "vapour"}),
        ("colour", "Zeus", {}, {"colour": "bluish"}),
        ("background", "Zeus", {}, {"background": "/nowhere/at/all.jpg"}),
        ("background", "Zeus", {}, {"background": b"no picture"}),
    ],
)
def test_bad_input_is_named_and_leaves_no_file(settings, field, title, data, look):
    with pytest.raises(BadCard) as caught:
        cards.card_for(title, data, **look)
    assert list(caught.value.fields) == [field]
    assert _files(settings) == []


def test_a_broken_setting_is_reported_by_its_name(settings):
    assert cards.problems() == []
    settings.CARD_THEME, settings.CARD_COLOUR = "vapour", "bluish"
    assert [problem.partition(":")[0] for problem in cards.problems()] == ["CARD_THEME", "CARD_COLOUR"]


def test_missing_fribidi_is_reported(monkeypatch):
    monkeypatch.setattr(fonts, "SHAPED", False)
    monkeypatch.setattr(cards, "draw", lambda card: None)
    assert any("libfribidi0" in problem for problem in cards.problems())


def test_many_drawing_the_same_card_at_once_leave_one_whole_file(settings):
    together = threading.Barrier(6)

    def ask(_):
        together.wait(30)
        made = cards.card_for("Zeus 🔥", DATA, theme="midnight")
        return path_of(made).read_bytes()

    with ThreadPoolExecutor(6) as pool:
        seen = set(pool.map(ask, range(6)))
    assert len(seen) == 1
    assert len(_files(settings)) == 1
    Image.open(io.BytesIO(seen.pop())).load()


def test_different_cards_drawn_at_once_do_not_mix():
    titles = [f"Zeus nomor {number} 🔥" for number in range(6)]
    with ThreadPoolExecutor(6) as pool:
        together = [path_of(made).read_bytes() for made in pool.map(lambda title: cards.card_for(title, DATA), titles)]
    for title, found in zip(titles, together, strict=True):
        Path(default_storage.path(cards.name_for(title, DATA))).unlink()
        assert path_of(cards.card_for(title, DATA)).read_bytes() == found


def test_an_empty_file_left_by_a_power_cut_is_drawn_again():
    made = cards.card_for("Zeus", DATA)
    path_of(made).write_bytes(b"")
    assert path_of(cards.card_for("Zeus", DATA)).stat().st_size > 1000


def test_pruning_takes_old_cards_and_keeps_those_in_use(settings, now):
    made = {title: cards.card_for(title) for title in ("old", "named", "by address", "by path", "young")}
    for title, file in made.items():
        _age(path_of(file), now, days=5 if title == "young" else 31)
    in_use = {path_of(made["named"]).stem, made["by address"].url, str(path_of(made["by path"]))}
    assert cards.prune(now, older_than_days=30, in_use=in_use) == 1
    assert set(_files(settings)) == {path_of(file) for title, file in made.items() if title != "old"}


def test_a_card_asked_for_again_is_young_again(now):
    made = cards.card_for("Zeus")
    _age(path_of(made), now, days=3650)
    cards.card_for("Zeus")
    assert cards.prune(now - timedelta(days=365), older_than_days=30, in_use=set()) == 0
    assert path_of(made).exists()


def test_a_pruned_card_is_drawn_again(now):
    made = cards.card_for("Zeus")
    _age(path_of(made), now, days=31)
    assert cards.prune(now, older_than_days=30, in_use=set()) == 1
    assert path_of(cards.card_for("Zeus")).exists()


def test_what_an_unfinished_write_left_is_swept_but_not_counted(settings, now):
    made = cards.card_for("Zeus")
    _age(path_of(made), now, days=1)
    leftovers = [path_of(made).with_name(name) for name in (".old", ".fresh")]
    for leftover, days in zip(leftovers, (2, 0.5), strict=True):
        leftover.write_bytes(b"half")
        _age(leftover, now, days=days)
    assert cards.prune(now, older_than_days=30, in_use=set()) == 0
    assert set(_files(settings)) == {path_of(made), leftovers[1]}


def test_pruning_where_no_card_was_ever_drawn_removes_nothing(now):
    assert cards.prune(now, older_than_days=30, in_use=set()) == 0
