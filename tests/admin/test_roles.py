"""Who may press what, and what is shown to whom."""

import html
import re

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from social_queue.access import roles
from social_queue.models import QueueItem
from tests import factories
from tests.admin.conftest import Desk

pytestmark = pytest.mark.django_db

EDITS, APPROVES = {"Editor", "Approver", "Operator"}, {"Approver", "Operator"}
#: (what the row is, the button, what its list calls it, who may press it)
BUTTONS = (
    ("draft", "approve", "approve", APPROVES),
    ("skipped", "send-anyway", "send_anyway", APPROVES),
    ("ready", "requeue", "requeue_now", EDITS),
    ("ready", "cancel", "cancel_items", EDITS),
    ("draft", "reschedule", "reschedule", EDITS),
    ("failed", "retry", "retry_failed", EDITS),
)


@pytest.fixture
def desk_of(django_user_model):
    """``desk_of("Editor")``: the desk of somebody with that role, and no other rights."""

    def open_(role: str) -> Desk:
        person = django_user_model.objects.create_user(role.lower(), is_staff=True)
        person.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(person)
        return Desk(client)

    return open_


def item_of(status: str) -> QueueItem:
    account = factories.make_account("telegram", slug="tg-news")
    accounts = [] if status in ("draft", "skipped") else [account]
    item = factories.make_item(*accounts, status=status, publish_at=timezone.now() + timezone.timedelta(hours=2))
    if status == "failed":
        item.posts.update(status="failed", attempts_made=1)
    return item


@pytest.mark.parametrize("role", roles.LABELS)
@pytest.mark.parametrize(("status", "button", "action", "whose"), BUTTONS)
def test_a_button_is_shown_to_those_who_may_press_it_and_refused_to_all_others(
    desk_of, role, status, button, action, whose
):
    item, desk = item_of(status), desk_of(role)
    page = desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()
    # Where the item may be changed, its form has the button; and the time, instead of one to move it by.
    hooks = {"requeue": 'data-act="send-now"', "reschedule": 'name="publish_at_0"'}
    assert any(hook in page for hook in (f"/press/{button}/", hooks.get(button, f'data-act="{button}"'))) is (
        role in whose
    )
    listed = desk.client.get("/admin/queue/queueitem/").content.decode()
    assert (f'value="{action}"' in listed) is (role in whose)
    names = {"requeue": "send-now"}
    acted = desk.client.post(f"/admin/queue/queueitem/act/{names.get(button, button)}/", {"rows": str(item.pk)})
    assert (acted.status_code == 403) is (role not in whose)
    pressed = desk.client.post(f"/admin/queue/queueitem/{item.pk}/press/{button}/")
    assert (pressed.status_code == 403) is (role not in whose)
    item.refresh_from_db()
    if role not in whose:
        assert item.status == status


def test_what_somebody_writes_who_may_not_approve_waits(desk_of):
    factories.make_account("telegram", slug="tg-news")
    typed = {"title": "Jam gacor", "link": "https://example.com/1"}
    desk_of("Editor").client.post("/admin/queue/queueitem/add/", typed)
    desk_of("Approver").client.post("/admin/queue/queueitem/add/", typed | {"title": "Lain"})
    assert dict(QueueItem.objects.values_list("title", "status")) == {"Jam gacor": "draft", "Lain": "ready"}


@pytest.mark.parametrize("act", ["approve", "send-now", "duplicate", "schedule", "retry", "send-anyway", "cancel"])
def test_no_press_made_by_hand_in_a_draft_s_form_approves_it_for_who_may_not(desk_of, act):
    account = factories.make_account("telegram", slug="tg-news")
    item, desk = factories.make_item(status="draft", channels=[account.slug]), desk_of("Editor")
    path = f"/admin/queue/queueitem/{item.pk}/change/"
    form = desk.client.get(path).context["adminform"].form
    apart = ("image", "publish_at", "expires_at")
    shown = {field.html_name: field.value() for field in form if field.name not in apart}
    typed = {name: value for name, value in shown.items() if value not in (None, "")}
    when = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00"}
    rest = {"composed": "1", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0", "act": act}
    assert desk.client.post(path, typed | when | rest).status_code == 302
    item.refresh_from_db()
    assert (item.status, item.approved_as, item.posts.count(), item.approvals.count()) == ("draft", "", 0, 0)


def test_an_approver_takes_an_approval_back(desk_of):
    item, desk = item_of("draft"), desk_of("Approver")
    desk.undo(desk.push(item, "approve"))
    item.refresh_from_db()
    assert item.status == "draft"


@pytest.mark.parametrize("role", roles.LABELS)
def test_everything_that_the_first_page_and_the_menu_lead_to_opens(desk_of, role):
    item_of("failed")
    desk = desk_of(role)
    page = desk.client.get("/admin/").content.decode()
    links = {link for link in re.findall(r'href="(/admin/[^"#]*)"', page) if "logout" not in link}
    assert len(links) > 8
    assert {link: code for link in links if (code := desk.client.get(html.unescape(link)).status_code) != 200} == {}


def test_a_refusal_says_whom_to_ask_in_the_desk_s_dress(desk_of, django_user_model):
    django_user_model.objects.create_superuser("ayu", first_name="Ayu", last_name="Lestari")
    answer = desk_of("Viewer").client.get("/admin/queue/apikey/")
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Your role here: Viewer." in page and "Ayu Lestari" in page
    assert 'id="nav-sidebar"' in page and "/admin/queue/apikey/" not in page.split("data-refused")[0]


@pytest.mark.parametrize(("role", "buttons"), [("Viewer", 0), ("Editor", 0), ("Approver", 1), ("Operator", 2)])
def test_today_offers_what_the_reader_may_do_and_tells_of_the_rest(desk_of, role, buttons):
    item_of("draft")
    factories.make_account("facebook", slug="fb-page", status="needs_token")
    page = desk_of(role).client.get("/admin/").content.decode()
    causes = page.partition("data-causes")[2].partition("</section>")[0]
    assert causes.count("data-cause=") == 2 and causes.count('data-act="mend"') == buttons


@pytest.mark.parametrize(("role", "said"), [("Editor", "1 waits for an approver."), ("Approver", "1 waits for you.")])
def test_review_says_for_whom_a_draft_waits(desk_of, role, said):
    item_of("draft")
    desk = desk_of(role)
    assert said in desk.text(desk.client.get("/admin/queue/review/"))
