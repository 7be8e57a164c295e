"""A field map that leads nowhere, in a real browser: said beside it, saved with a tick, by thumb and in the dark."""

import json

import pytest

from social_queue.models import WebhookLog, WebhookSource
from tests import factories
from tests.browser.test_access import _SERIOUS, _SMALL, PHONE, axe  # noqa: F401 - a fixture by its name
from tests.support.browser import in_both_looks, speak

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_BODY = {"name": "Gates", "url": "https://e.example/", "game": {"title": "Gates of Olympus", "rtp": 96.5}}


@pytest.fixture
def shop():
    """A source that has sent something, refused as it was."""
    source = WebhookSource.objects.create(slug="shop", field_map={"title": "name", "link": "url"})
    body = json.dumps(_BODY).encode()
    WebhookLog.objects.create(received_at=factories.NOW, source="shop", signature_ok=True, body=body)
    return source


@in_both_looks
def test_what_leads_nowhere_is_said_beside_the_map_and_a_tick_saves_it(
    desk,
    shop,
    axe,  # noqa: F811 - the fixture
    theme,
    language,
):
    speak(desk, language)
    desk.emulate_media(color_scheme=theme)
    if theme == "dark":
        desk.set_viewport_size(PHONE)
    desk.goto(f"/admin/queue/webhooksource/{shop.pk}/change/")
    assert desk.locator("#id_save_unmatched").count() == 0
    desk.locator("#id_field_map").fill('{"title": "titel", "link": "url", "summary": "text"}')
    desk.locator("[name=_save]").click()
    tick = desk.locator("#id_save_unmatched")
    tick.wait_for()
    field = desk.locator(".field-field_map")
    assert "“titel”" in field.inner_text() and "“game.title”" in field.inner_text() and "“text”" in field.inner_text()
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    assert desk.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert theme == "light" or desk.evaluate(_SMALL, 24) == []
    tick.check()
    desk.locator("[name=_save]").click()
    desk.wait_for_url("**/webhooksource/")
    shop.refresh_from_db()
    assert shop.field_map["title"] == "titel"


def test_the_sample_of_the_tester_is_what_a_new_map_is_tried_on(desk):
    factories.make_account("telegram")
    desk.goto("/admin/queue/webhooksource/add/")
    desk.locator("#id_slug").fill("fresh")
    desk.locator("#id_field_map").fill('{"title": "headline", "link": "url"}')
    desk.locator("[name=sample]").fill(json.dumps(_BODY))
    desk.locator("[data-act=try]").click()
    desk.locator("#ap-trial .ap-preview").wait_for()
    assert "“headline”" in desk.locator("#ap-trial").inner_text()
    desk.locator("[name=_save]").click()
    desk.locator("#id_save_unmatched").wait_for()
    assert json.loads(desk.locator("[name=sample]").input_value()) == _BODY
    assert "“headline”" in desk.locator(".field-field_map").inner_text()
    desk.locator("#id_field_map").fill('{"title": "name", "link": "url"}')
    desk.locator("[name=_save]").click()
    desk.locator("#ap-secret").wait_for()
    assert WebhookSource.objects.get().field_map["title"] == "name"
