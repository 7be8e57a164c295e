"""What is done while the page's own scripts are still on their way: nothing of it is lost once they are there."""

import re

import pytest

from social_queue.models import QueueItem
from tests import factories
from tests.browser.test_composer import ADD, LINK, drawn, picture
from tests.browser.test_importing import HEADER

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def early(desk):
    """Open an address, and choose a file there before the scripts have come."""

    def choose(address, field, file):
        # The composer begins when the last script that is "defer" has run; the file of items is read by such a one.
        late: list = []
        desk.route(re.compile(r"/(autopost/drop|alpine/alpine)(\.\w+)?\.js"), lambda script: late.append(script))
        desk.set_default_timeout(20_000)
        desk.goto(address, wait_until="commit")
        desk.set_input_files(field, file)
        assert late, "The scripts were there first."
        for script in late:
            script.continue_()
        desk.unroute_all()

    return choose


@pytest.fixture
def sheet(tmp_path):
    """A file of one row."""
    factories.make_account("telegram", slug="tg-news")
    file = tmp_path / "items.csv"
    file.write_text(HEADER + "Item,https://example.com/1,tg-news\n")
    return file


def test_a_file_of_items_is_read(desk, early, sheet):
    early("/admin/queue/import/", "input[type=file]", sheet)
    desk.locator('[data-verdict="good"]').wait_for()


def test_on_the_way_back_a_file_is_not_read_again_and_can_be_chosen_anew(desk, sheet):
    desk.goto("/admin/queue/import/")
    desk.set_input_files("input[type=file]", sheet)
    desk.locator('[data-verdict="good"]').wait_for()
    desk.go_back()
    desk.wait_for_load_state("networkidle")
    assert not desk.locator("[data-verdict]").count()
    desk.set_input_files("input[type=file]", sheet)
    desk.locator('[data-verdict="good"]').wait_for()


def test_a_picture_is_kept_and_shown(desk, early, four):
    early(ADD, "#id_image", picture())
    desk.locator("[data-shown]:not([hidden])").wait_for()
    desk.fill("#id_title", "Gates")
    desk.fill("#id_link", LINK)
    drawn(desk)
    desk.locator('[data-act="save-draft"]').click()
    desk.wait_for_url("**/change/")
    assert QueueItem.objects.get().image


def test_pictures_of_an_album_are_taken(desk, early, four):
    early(ADD, "[data-album-file]", [picture(), picture("tomato")])
    desk.wait_for_function("document.querySelectorAll('[data-album-list] li').length === 2")


NEW_LINE = "/admin/queue/labelline/add/?language=id"


def test_whoever_types_already_stays_in_that_field(desk):
    late: list = []
    desk.route(re.compile(r"/(change_form|first_field)(\.\w+)?\.js"), lambda script: late.append(script))
    desk.goto(NEW_LINE, wait_until="commit")
    desk.locator("#id_line").fill("Half of ")
    while not late:
        desk.wait_for_timeout(50)
    for script in late:
        script.continue_()
    desk.wait_for_load_state("load")
    desk.keyboard.type("a line")
    assert desk.input_value("#id_line") == "Half of a line"


def test_nobody_else_has_to_press_into_the_first_field(desk):
    desk.goto(NEW_LINE)
    desk.wait_for_function("document.activeElement.id === 'id_language'")


@pytest.mark.parametrize("model", ["webhooksource", "feed"])
def test_where_the_script_that_asks_is_missing_trying_it_takes_nothing_away(desk, model):
    desk.route(re.compile(r"/htmx(\.\w+)*\.js"), lambda script: script.abort())
    address = f"/admin/queue/{model}/add/"
    desk.goto(address)
    desk.locator("#id_slug").fill("fresh")
    desk.get_by_role("button", name="Try it; nothing is stored").click()
    desk.wait_for_timeout(500)
    assert desk.url.endswith(address) and desk.input_value("#id_slug") == "fresh"
