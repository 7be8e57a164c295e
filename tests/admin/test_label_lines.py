"""The line about AI in the desk: written there it stands below the text, and the site's own comes back."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import LabelLine
from social_queue.operations import previews
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

ADD = "/admin/queue/labelline/add/"
OURS = "Ditulis mesin, dibaca manusia"


def cards(desk):
    """The languages of the page, as it draws them."""
    page = desk.client.get(reverse("admin:metrics_wordings"))
    return {card["language"]: card for card in page.context["lines"]}


def test_the_page_shows_the_line_of_each_language_and_whose_it_is(desk):
    LabelLine.objects.create(language="id", line=OURS)
    LabelLine.objects.create(language="th", line="สร้างด้วย AI")
    found = cards(desk)
    assert [(code, card["line"], card["own"]) for code, card in found.items()] == [
        ("en", "Made with AI", False), ("id", OURS, True), ("th", "สร้างด้วย AI", True),
    ]  # fmt: skip
    text = desk.text(desk.client.get(reverse("admin:metrics_wordings")))
    assert "Bahasa Indonesia" in text and "the site has “Dibuat dengan AI”" in text
    assert "Facebook Page, Telegram" in text or "Facebook, Telegram" in text


def test_what_is_written_here_stands_below_the_text_in_the_preview_and_on_the_wall(desk, sandbox, media_root):
    page = desk.client.get(ADD, {"language": "id"})
    assert page.context["adminform"].form.initial["line"] == "Dibuat dengan AI"
    answer = desk.client.post(ADD, {"language": "id", "line": f"  {OURS} "})
    assert answer.status_code == 302 and answer.url == reverse("admin:metrics_wordings") + "#label"
    assert LogEntry.objects.get().get_change_message() == "Added."

    account = factories.make_account("telegram", options={"language": "id"})
    item = factories.make_item(publish_at=timezone.now(), ai={"generated": True})
    factories.make_post(item, account)
    [row] = previews.of_item(item)
    assert row["caption"].endswith(f"\n\n{OURS}")
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    assert sandbox.wall[-1].text.endswith(f"\n\n{OURS}")


def test_the_line_of_the_site_comes_back_by_one_press(desk):
    row = LabelLine.objects.create(language="id", line=OURS)
    page = desk.client.get(f"/admin/queue/labelline/{row.pk}/change/").content.decode()
    assert 'data-act="reset-line"' in page and "Back to the line of the site" in page
    address = f"/admin/queue/labelline/{row.pk}/reset/"
    assert desk.client.get(address).status_code == 405
    assert desk.client.post(address).status_code == 302
    assert cards(desk)["id"]["line"] == "Dibuat dengan AI" and not LabelLine.objects.exists()
    assert LogEntry.objects.get().object_repr == OURS
    assert desk.client.post(address).status_code == 302


@pytest.mark.parametrize(
    ("line", "why"),
    [("", "switch off “Say in a line when a machine made it”"), ("  ", "Write the line."), ("x" * 201, "200"),
     ("Made\u200bwith AI", "a letter in it that nobody sees")],
)  # fmt: skip
def test_what_can_be_no_line_is_said_beside_the_field(desk, line, why):
    page = desk.client.post(ADD, {"language": "id", "line": line})
    assert page.status_code == 200 and why in str(page.context["adminform"].form.errors["line"])
    assert not LabelLine.objects.exists()


def test_a_language_has_one_line_and_one_for_all_only_where_the_site_has_it(desk, settings):
    LabelLine.objects.create(language="id", line=OURS)
    for language in ("id", "", "not-a-language"):
        page = desk.client.post(ADD, {"language": language, "line": "Again"})
        assert page.status_code == 200 and page.context["adminform"].form.errors["language"]
    settings.AI_LINE = {"": "Made with AI"}
    assert desk.client.post(ADD, {"language": "", "line": "Ours"}).status_code == 302
    assert cards(desk)[""]["line"] == "Ours" and cards(desk)[""]["name"] == "any language"


def test_the_second_of_two_editors_sees_both_lines(desk):
    row = LabelLine.objects.create(language="id", line=OURS)
    address = f"/admin/queue/labelline/{row.pk}/change/"
    form = desk.client.get(address).context["adminform"].form
    seen = form["seen"].value()
    assert desk.client.post(address, {"line": "First", "seen": seen}).status_code == 302
    answer = desk.client.post(address, {"line": "Second", "seen": seen})
    row.refresh_from_db()
    assert answer.status_code == 409 and (row.line, row.language) == ("First", "id")


def test_it_is_for_those_who_may_change_wordings(client, django_user_model):
    row = LabelLine.objects.create(language="id", line=OURS)
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert client.get(ADD).status_code == 403
    assert client.post(f"/admin/queue/labelline/{row.pk}/reset/").status_code == 403
    assert LabelLine.objects.exists()
