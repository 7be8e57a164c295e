"""The file of waiting clicks on a disk that fills up: no click keeps the others from being booked."""

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
