"""The focus point of a picture: a field from the door to the picture that a platform gets."""

import io

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from connectors.instagram import Instagram
from connectors.media import fitting, inspect
from social_queue import approvals
from social_queue.delivery import dispatch
from social_queue.models import QueueItem
from tests import factories
from tests.support.clock import Clock

BODY = {"title": "Gates", "link": "https://example.com/p", "publish_at": "2030-01-01"}


def tall(colours=("red", "lime", "blue")):
    """A strip of three squares, one below the other: no platform's shape."""
    drawn, out = Image.new("RGB", (600, 1800)), io.BytesIO()
    for place, colour in enumerate(colours):
        drawn.paste(colour, (0, 600 * place, 600, 600 * place + 600))
    drawn.save(out, "PNG")
    return out.getvalue()


def colour_at(content, part):
    with Image.open(io.BytesIO(content)) as seen:
        return seen.convert("RGB").getpixel((seen.width // 2, round((seen.height - 1) * part)))


def test_it_comes_in_is_shown_changed_emptied_and_judged(bot):
    made = bot.post("ingest", BODY | {"focus": " 50, 0 "}).json()
    assert bot.get(f"queue/{made['id']}").json()["focus"] == "50,0"
    assert bot.patch(f"queue/{made['id']}", {"focus": "100,7"}).status_code == 200
    assert bot.patch(f"queue/{made['id']}", {"focus": None}).status_code == 200
    assert QueueItem.objects.get().focus == ""
    for wrong in ("101,5", "5", "-1,5", "5.5,5", "5,5,5", "٥,٥"):
        answer = bot.post("ingest", BODY | {"focus": wrong})
        said = "must be two whole numbers from 0 to 100, across and down, such as 50,30."
        assert answer.json()["error"]["fields"] == {"focus": [said]}, wrong


@pytest.mark.parametrize(("focus", "middle"), [((0.5, 0.0), "top"), ((0.5, 1.0), "bottom"), ((0.5, 0.5), "middle")])
def test_the_picture_is_cut_around_it(focus, middle):
    made = fitting.fitting(inspect.inspect(tall()), Instagram.limits, how="crop", focus=focus)[0]
    seen = [max(range(3), key=colour_at(made, part).__getitem__) for part in (0.02, 0.98)]
    assert seen == {"top": [0, 1], "middle": [0, 2], "bottom": [1, 2]}[middle]


@pytest.mark.django_db(transaction=True)
def test_what_goes_out_is_cut_where_a_point_is_set_and_bordered_where_not(sandbox, media_root, settings):
    settings.PUBLIC_BASE_URL, clock = sandbox.url, Clock()
    account = factories.make_account("instagram")
    for focus in ("50,0", ""):
        item = factories.make_item(account, publish_at=clock(), focus=focus)
        item.image.save("a.png", ContentFile(tall()))
    dispatch.drain(clock=clock)
    shapes: set[int] = set()
    for name in (media_root / "fitted").rglob("*.jpg"):
        with Image.open(name) as seen:
            shapes.add(seen.width)
    assert shapes == {600, 1440}


@pytest.mark.django_db
def test_an_approval_knows_it_and_those_from_before_stay(telegram_account):
    item = factories.make_item(telegram_account)
    before = approvals.fingerprint(item)
    assert "focus" not in approvals.content(item)
    item.focus = "1,1"
    assert approvals.fingerprint(item) != before
