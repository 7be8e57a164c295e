"""A search for words looks at the newest rows, says how far it looked, and looks further when somebody asks."""

import re

import pytest

from social_queue.admin import reach
from social_queue.models import QueueItem
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def near(monkeypatch):
    """A search looks at five rows, then at ten, then at all, and lists three, four, fifty."""
    monkeypatch.setattr(reach, "_STEPS", ((5, 3), (10, 4), (None, 50)))


def _look(desk, model="queueitem", **query):
    answer = desk.client.get(f"/admin/queue/{model}/", query)
    body = answer.content.decode()
    further = re.search(r'href="([^"]*)" data-act="look-further"', body)
    told = re.search(r"data-looked>([^<]*)", body)
    rows = answer.context["cl"].result_list
    titles = {row.title if model == "queueitem" else row.item.title for row in rows}
    return titles, told[1].strip() if told else "", further[1].replace("&amp;", "&") if further else ""


def test_it_looks_at_the_newest_and_further_when_asked(desk, near):
    for number in range(12):
        factories.make_item(title="Rare find" if number in (0, 4) else f"Item {number}")
    titles, told, further = _look(desk, q="rare find")
    assert titles == set() and told.startswith("Looked at the newest 5, back to") and "far=1" in further
    titles, told, further = _look(desk, q="rare find", far="1")
    assert titles == {"Rare find"} and "newest 10" in told and "far=2" in further
    shown = desk.client.get("/admin/queue/queueitem/" + further).context["cl"]
    assert len(shown.result_list) == 2 and (shown.looked, shown.further) == ("", "")


def test_it_says_when_more_match_than_are_listed(desk, near):
    for number in range(5):
        factories.make_item(title=f"Item {number}")
    titles, told, _further = _look(desk, q="item")
    assert titles == {"Item 2", "Item 3", "Item 4"} and told == "More match: these are the newest 3."
    assert _look(desk, q="item 4") == ({"Item 4"}, "", "")


def test_the_posts_of_items_are_found_in_the_same_way(desk, near):
    telegram = factories.make_account("telegram")
    for number in range(7):
        factories.make_item(telegram, title=f"Item {number}")
    titles, told, further = _look(desk, "post", q="Item 6")
    assert titles == {"Item 6"} and told.startswith("Looked at the newest 5") and further


def test_a_filter_stays_and_the_way_back_forgets_how_far_it_was(desk, near):
    for number in range(7):
        factories.make_item(title="Same", status="ready" if number else "draft")
    query = {"q": "same", "status__exact": "draft", "far": "2"}
    answer = desk.client.get("/admin/queue/queueitem/", query)
    assert [row.status for row in answer.context["cl"].result_list] == ["draft"]
    body = answer.content.decode()
    form = body.split('id="changelist-search"', 1)[1].split("</form>", 1)[0]
    assert 'name="far"' not in form and 'name="status__exact"' in form
    assert 'href="?status__exact=draft" data-asked' in body


@pytest.mark.parametrize("far", ["x", "-1", "99999999999", "7", "²"])
def test_what_makes_no_sense_looks_as_far_as_it_may(desk, near, far):
    QueueItem.objects.all().delete()
    factories.make_item(title="Only one")
    assert _look(desk, q="only", far=far) == ({"Only one"}, "", "")
