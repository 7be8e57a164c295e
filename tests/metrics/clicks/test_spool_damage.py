"""The file of waiting clicks on a disk that fills up or fails: no line keeps the others from being booked."""

import json
import resource

import pytest
from django.utils import timezone

from metrics.clicks import spool
from metrics.models import Click

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"
    return settings.CLICK_SPOOL


def click(post: int) -> Click:
    return Click(queue_item=1, post=post, platform="telegram", clicked_at=timezone.now(), agent="phone")


def test_a_click_that_fits_in_half_leaves_nothing_behind(file):
    spool.keep(click(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = file.stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        with pytest.raises(OSError, match="space"):
            spool.keep(click(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert file.stat().st_size == size
    spool.keep(click(3))
    assert spool.bring_in() == 2
    assert sorted(Click.objects.values_list("post", flat=True)) == [1, 3]


@pytest.mark.parametrize(
    "damage", ['{"post": 9, "pla', '{"post": 9}\n', '{"post": 9, "clicked_at": "soon"}\n', "[]\n", "{}\n"]
)
def test_a_damaged_line_keeps_no_other_from_being_booked(file, damage):
    spool.keep(click(1))
    with file.open("a") as spoilt:
        spoilt.write(damage)
    spool.keep(click(2))
    spool.keep(click(3))
    booked = spool.bring_in()
    assert booked == Click.objects.count() and {1, 3} <= set(Click.objects.values_list("post", flat=True))
    assert spool.waiting() == 0


#: What a line must say to be a click; each damage takes the place of a part.
GOOD = {"queue_item": 1, "post": 9, "platform": "telegram", "clicked_at": "2026-12-01T00:00:00+00:00"}
UNFIT = [
    {"queue_item": None},
    {"queue_item": -1},
    {"post": 2**64},
    {"post": float("inf")},
    {"post": "many"},
    {"platform": None},
    {"platform": "p" * 31},
    {"variant": "v" * 11},
    {"referrer_host": "r" * 191},
    {"agent": "a" * 41},
    {"agent": "a\x00b"},
    {"agent": "\ud800"},
    {"agent": ["phone"]},
    {"visitor": "f" * 33},
    {"is_robot": "perhaps"},
    {"clicked_at": "2026-12-01T00:00:00"},
    {"clicked_at": "0001-01-01T00:00:00+14:00"},
    {"clicked_at": "9999-12-31T23:59:59-12:00"},
    {"clicked_at": 5},
    {"of": "another version"},
]


def with_neighbours(file, line: bytes) -> None:
    spool.keep(click(1))
    with file.open("ab") as spoilt:
        spoilt.write(line + b"\n")
    spool.keep(click(2))


@pytest.mark.parametrize("unfit", UNFIT, ids=str)
def test_a_line_that_no_column_takes_keeps_no_other_from_being_booked(file, unfit, caplog):
    with_neighbours(file, json.dumps(GOOD | unfit).encode())
    assert spool.bring_in() == 2
    assert sorted(Click.objects.values_list("post", flat=True)) == [1, 2]
    assert spool.waiting() == 0
    assert "is no click" in caplog.text


@pytest.mark.parametrize(
    "line", [b"\xff\xfe", b'{"post": "\xe9"}', b"\x00" * 4096, b"[" * 100_000, b"9" * 5000], ids=len
)
def test_bytes_that_are_no_text_keep_no_other_from_being_booked(file, line):
    with_neighbours(file, line)
    assert spool.bring_in() == 2
    assert sorted(Click.objects.values_list("post", flat=True)) == [1, 2]
    assert spool.waiting() == 0


def test_a_line_gives_no_number_to_its_click(file):
    spool.keep(click(1))
    spool.bring_in()
    taken = Click.objects.get().pk
    with_neighbours(file, json.dumps(GOOD | {"id": taken}).encode())
    spool.bring_in()
    assert Click.objects.count() >= 3 and Click.objects.get(pk=taken).post == 1
