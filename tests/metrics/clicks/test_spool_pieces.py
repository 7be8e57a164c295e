"""The file of waiting clicks after a long outage: booked piece by piece, each click once."""

import contextlib
from datetime import timedelta

import pytest
from django.db import OperationalError

from metrics import watermarks
from metrics.clicks import spool
from metrics.models import Click
from social_queue.workings import clearing

pytestmark = pytest.mark.django_db
CLICKS = 40


@pytest.fixture(autouse=True)
def file(settings, tmp_path):
    settings.CLICK_SPOOL = tmp_path / "clicks.jsonl"
    return settings.CLICK_SPOOL


@pytest.fixture
def pieces(monkeypatch) -> list[int]:
    """How many clicks were booked at a time, in pieces of a few lines."""
    monkeypatch.setattr(spool, "_PIECE", 1000)
    sizes, create = [], Click.objects.bulk_create

    def counted(clicks, **given):
        sizes.append(len(clicks))
        return create(clicks, **given)

    monkeypatch.setattr(Click.objects, "bulk_create", counted)
    return sizes


def keep(now, numbers=range(CLICKS)) -> None:
    for number in numbers:
        moment = now + timedelta(minutes=number)
        spool.keep(Click(queue_item=1, post=number, platform="telegram", clicked_at=moment, agent="phone"))


def booked() -> list[int]:
    return sorted(Click.objects.values_list("post", flat=True))


def test_no_more_than_a_piece_is_held_at_a_time_and_others_get_their_turn(now, pieces, monkeypatch):
    pauses = []

    @contextlib.contextmanager
    def group():
        yield
        pauses.append(Click.objects.count())

    monkeypatch.setattr(clearing, "group", group)
    keep(now)
    assert spool.bring_in() == CLICKS
    assert booked() == list(range(CLICKS)) and spool.waiting() == 0
    assert sum(pieces) == CLICKS and max(pieces) < 8
    assert pauses == [sum(pieces[: place + 1]) for place in range(len(pieces))]


def test_after_a_failure_in_the_middle_the_rest_is_booked_and_nothing_twice(now, pieces, monkeypatch):
    keep(now)
    create = Click.objects.bulk_create

    def failing(clicks, **given):
        if len(pieces) == 3:
            raise OperationalError("the database went away")
        return create(clicks, **given)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Click.objects, "bulk_create", failing)
        with pytest.raises(OperationalError):
            spool.bring_in()
    assert 0 < len(booked()) == sum(pieces) < CLICKS
    keep(now, [CLICKS])
    spool.bring_in()
    assert booked() == list(range(CLICKS + 1))


@pytest.mark.parametrize("order", [1, -1])
def test_the_sums_look_again_from_the_oldest_click_of_all_pieces(now, pieces, order):
    watermarks.lay("clicks")
    watermarks.move(watermarks.hold("clicks"), now + timedelta(days=1))
    keep(now, range(CLICKS)[::order])
    spool.bring_in()
    assert len(pieces) > 1 and watermarks.hold("clicks").added_until == now


@pytest.mark.parametrize("length", [300, 999, 1000, 1001, 5000])
@pytest.mark.parametrize("end", [b"", b"\n"], ids=["open", "ended"])
def test_a_line_longer_than_a_piece_takes_no_other_with_it(now, file, pieces, length, end):
    keep(now, range(5))
    with file.open("ab") as spoilt:
        spoilt.write(b"x" * length + b"\n")
    keep(now, range(5, 10))
    with file.open("ab") as spoilt:
        spoilt.write(b"y" * length + end)
    assert spool.bring_in() == 10
    assert booked() == list(range(10)) and spool.waiting() == 0


def test_pieces_end_wherever_they_may(now, file, monkeypatch):
    keep(now, range(3))
    lines = file.read_bytes()
    for size in range(len(lines) // 3, len(lines) + 2, 7):
        monkeypatch.setattr(spool, "_PIECE", size)
        file.write_bytes(lines)
        assert spool.bring_in() == 3
