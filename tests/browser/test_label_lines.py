"""The line about AI as people word it: found on the page of wordings, written, seen in the preview, and put back."""

import pytest
from django.urls import reverse

from social_queue.models import LabelLine
from tests import factories
from tests.browser.test_access import _SERIOUS, axe  # noqa: F401
from tests.browser.test_threads import PHONE, photograph

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

OURS = "Ditulis mesin, dibaca manusia"


@pytest.mark.parametrize("look", ["desktop", "phone", "dark"])
def test_a_line_is_written_and_taken_back(desk, axe, look):  # noqa: F811
    if look == "phone":
        desk.set_viewport_size(PHONE)
    if look == "dark":
        desk.emulate_media(color_scheme="dark")
        desk.add_init_script("localStorage.setItem('_x_adminTheme', '\"dark\"')")
    wordings = reverse("admin:metrics_wordings")
    desk.goto(wordings)
    desk.locator("[data-line=id] [data-act=edit-line]").click()
    assert desk.input_value("#id_line") == "Dibuat dengan AI"
    desk.fill("#id_line", OURS)
    photograph(desk, f"line-new-{look}")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.locator("#id_line").press("Enter")
    desk.wait_for_url(f"**{wordings}#label")
    assert OURS in desk.inner_text("[data-line=id]") and "changed here" in desk.inner_text("[data-line=id]")
    photograph(desk, f"wordings-{look}")
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []

    item = factories.make_item(factories.make_account("telegram", options={"language": "id"}), ai={"generated": True})
    desk.goto(f"/admin/queue/queueitem/{item.pk}/change/")
    assert OURS in desk.inner_text("[data-preview]")

    desk.goto(wordings)
    desk.locator("[data-line=id] [data-act=edit-line]").click()
    photograph(desk, f"line-{look}")
    desk.evaluate(axe)
    assert desk.evaluate(_SERIOUS) == []
    desk.click("[data-act=reset-line]")
    desk.wait_for_url(f"**{wordings}#label")
    assert "as the site has it" in desk.inner_text("[data-line=id]") and not LabelLine.objects.exists()


def test_an_empty_line_says_where_it_is_switched_off(desk):
    desk.goto(reverse("admin:queue_labelline_add") + "?language=id")
    desk.evaluate("document.querySelector('#id_line').required = false")
    desk.fill("#id_line", "  ")
    desk.locator("#id_line").press("Enter")
    desk.wait_for_selector("text=Write the line.")
    photograph(desk, "line-empty")
    assert not LabelLine.objects.exists()
