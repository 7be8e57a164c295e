"""Wording, rules, alerts, the first page, and the two languages."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import timezone

import connectors
from social_queue.alerts import ledger
from social_queue.models import Alert, CaptionTemplate, CooldownRule, Post
from social_queue.workings import heartbeat
from tests import factories

pytestmark = pytest.mark.django_db


EMPTY = {
    "post": "No post yet",
    "attempt": "Nothing was tried yet.",
    "alert": "No alert. Good.",
    "webhooklog": "Nothing was delivered yet.",
    "failedlogin": "Nobody has mistyped a password. Good.",
}


@pytest.mark.parametrize("model", EMPTY)
def test_an_empty_list_does_not_ask_for_rows_that_nobody_can_add(desk, model):
    page = desk.list(model)
    assert EMPTY[model] in page and "Create a new item" not in page and "Reset filters" not in page
    asked = desk.list(model, q="7")
    assert "Reset filters" in asked and "Nothing fits what you asked for." in asked


@pytest.mark.parametrize(
    ("model", "query", "said"),
    [
        ("post", {"status__exact": "failed"}, "Nothing has failed. Good."),
        ("post", {"status__exact": "unknown"}, "Nothing is undecided. Good."),
        ("queueitem", {"status__exact": "draft"}, "No draft waits for approval."),
        ("alert", {"open": "1"}, "Nothing is open. Good."),
        ("post", {"status__exact": "failed", "q": "7"}, "Nothing fits what you asked for."),
    ],
)
def test_an_empty_list_says_whether_that_is_good(desk, model, query, said):
    assert said in desk.list(model, **query)


TEMPLATES = "/admin/queue/captiontemplate/"


def test_a_template_with_a_fault_is_refused_with_its_line(desk):
    typed = {"platform": "telegram", "variant": "B", "body": "{{ title }}\n{% if %}", "active": "on"}
    assert "Line 2" in desk.text(desk.client.post(f"{TEMPLATES}add/", typed))
    assert not CaptionTemplate.objects.exists()
    desk.client.post(f"{TEMPLATES}add/", typed | {"body": "{{ title }}\n{{ link }}"})
    assert CaptionTemplate.objects.get().variant == "B"


def test_a_template_for_a_variant_that_is_never_used_is_refused(desk):
    typed = {"platform": "telegram", "variant": "C", "body": "{{ title }}", "active": "on"}
    desk.client.post(f"{TEMPLATES}add/", typed)
    assert not CaptionTemplate.objects.exists()


@pytest.mark.parametrize("platform", connectors.names())
def test_a_wording_nobody_has_saved_is_shown_on_sample_data(desk, platform):
    page = desk.text(desk.client.post(f"{TEMPLATES}preview/", {"platform": platform, "body": "So: {{ game }}"}))
    assert "So: Gates of Olympus" in page
    page = desk.text(desk.client.post(f"{TEMPLATES}preview/", {"platform": platform, "body": "{% if %}"}))
    assert "fault in line 1" in page


def test_a_cooldown_rule_is_written_in_words(desk):
    typed = {"name": "Hourly", "fields_named": "game, window", "sources_named": "", "minutes": 60, "active": "on"}
    desk.client.post("/admin/queue/cooldownrule/add/", typed)
    rule = CooldownRule.objects.get()
    assert (rule.fields, rule.sources, rule.active) == (["game", "window"], [], True)
    assert 'value="game, window"' in desk.client.get(f"/admin/queue/cooldownrule/{rule.pk}/change/").content.decode()
    page = desk.text(desk.client.post("/admin/queue/cooldownrule/add/", typed | {"name": "No", "fields_named": ""}))
    assert "required" in page and CooldownRule.objects.count() == 1


def test_open_alerts_come_first_with_their_sentence(desk, post_factory):
    over = ledger.raise_for_post("rejected", post_factory(), reason="first", now=factories.NOW)
    ledger.raise_alert("shortlink", about="bitly", reason="Bitly rests.", now=factories.NOW)
    ledger.resolve_post(over.post, now=timezone.now())
    page = desk.list("alert")
    assert page.index("Bitly rests.") < page.index("was refused")
    assert "Bitly rests." not in desk.list("alert", open="0")


def test_the_first_page_of_an_empty_desk_says_how_to_begin(desk):
    page = desk.text(desk.client.get("/admin/"))
    assert "There is no account yet" in page and "No worker has run here yet" in page
    assert "Nothing. Everything is in order." in page


def test_the_first_page_names_what_needs_a_human_what_comes_and_what_went(desk, item_factory, facebook_account):
    heartbeat.beat("tick", now=timezone.now())
    statuses = {"Broken": "failed", "Unsure": "unknown", "Soon": "pending", "Gone": "published"}
    for title, status in statuses.items():
        item = item_factory(facebook_account, title=title, publish_at=timezone.now())
        out = {"external_id": "1", "published_at": timezone.now()} if status == "published" else {}
        Post.objects.filter(item=item).update(status=status, **out)
    page = desk.text(desk.client.get("/admin/"))
    needs, rest = page.split("Needs you now")[1].split("Coming next")
    coming, gone = rest.split("Went out today")
    assert "Broken" in needs and "Unsure" in needs and "Soon" in coming and "Gone" in gone
    assert "worker" not in page


def test_the_first_page_costs_a_fixed_number_of_queries(desk, facebook_account, django_assert_max_num_queries):
    for _ in range(20):
        factories.make_item(facebook_account)
    with django_assert_max_num_queries(45):
        desk.client.get("/admin/")


def test_the_menu_counts_what_waits_for_somebody(desk, post_factory):
    for _ in range(2):
        post_factory(status="failed")
    assert "Failed 2" in desk.list("post")


def test_what_is_registered_is_listed_where_somebody_asks_for_it(desk):
    assert "Queue items" in desk.text(desk.client.get("/admin/queue/"))
    assert desk.client.get("/admin/nothing/").status_code == 404


@pytest.mark.parametrize("path", ["", "queue/queueitem/", "queue/queueitem/add/", "queue/post/", "queue/apikey/add/"])
def test_the_pages_speak_indonesian(desk, path):
    english = desk.text(desk.client.get(f"/admin/{path}"))
    desk.client.cookies["django_language"] = "id"
    indonesian = desk.text(desk.client.get(f"/admin/{path}"))
    assert "Hari ini" in indonesian and "Kunci API" in indonesian
    assert "Queue items" in english and "Queue items" not in indonesian


@pytest.mark.parametrize(
    "model",
    ["queueitem", "post", "attempt", "platformaccount", "alert", "apikey", "webhooksource", "webhooklog"]
    + ["captiontemplate", "cooldownrule"],
)
def test_every_table_has_a_list_that_can_be_searched(desk, model):
    assert desk.list(model) and desk.list(model, q="7")


def test_the_machinery_s_own_rows_have_no_page(desk):
    for model in ("lock", "heartbeat", "variantcounter"):
        assert desk.client.get(f"/admin/queue/{model}/").status_code == 404


def test_alerts_can_be_read_one_by_one(desk, post_factory):
    alert = ledger.raise_for_post("rejected", post_factory(), reason="Too small.", now=factories.NOW)
    assert "Too small." in desk.page(Alert.objects.get(pk=alert.pk))


def test_a_history_has_its_headings_once_on_a_wide_screen(desk, item_factory, telegram_account):
    item = item_factory(telegram_account)
    desk.press(item, "reschedule", publish_at_0="2031-01-02", publish_at_1="03:04")
    page = desk.client.get(f"/admin/queue/queueitem/{item.pk}/history/").content.decode()
    cells = re.findall(r'<t[hd] class="([^"]*)" data-label=', page)
    sheet = Path(finders.find("autopost/admin.css")).read_text()
    wide = "".join(re.findall(r"@media \(min-width: 1024px\) \{(.*?\}) \}", sheet))
    hidden = re.findall(r'\[class\*="([^"]*)"\]::before \{ display: none \}', wide)
    assert cells and "autopost/admin" in page
    assert all("lg:before:hidden" in cell.split() or any(part in cell for part in hidden) for cell in cells)
