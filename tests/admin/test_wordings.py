"""All wordings on one page, and what stands beside one while it is written."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

import connectors
from metrics.models import ClickTotal
from social_queue.models import CaptionTemplate
from tests import factories
from tests.metrics.made_clicks import published

pytestmark = pytest.mark.django_db
ADD = "admin:queue_captiontemplate_add"


def test_every_platform_has_its_two_cards(desk):
    page = desk.client.get(reverse("admin:metrics_wordings")).content.decode()
    for platform in connectors.names():
        for variant in "AB":
            assert f'data-wording="{platform}-{variant}"' in page
    assert "as shipped" in page and "changed here" not in page


@pytest.mark.parametrize(
    ("role", "leads"), [("Viewer", False), ("Editor", False), ("Approver", False), ("Operator", True)]
)
def test_only_whom_it_leads_anywhere_is_offered_to_change_one(client, django_user_model, role, leads):
    person = django_user_model.objects.create_user(role.lower(), is_staff=True)
    person.groups.add(Group.objects.get(name=role))
    client.force_login(person)
    shown = client.get(reverse("admin:metrics_wordings")).content.decode()
    assert ('data-act="edit-wording"' in shown) is leads
    assert (client.get(reverse(ADD)).status_code == 200) is leads


def test_a_card_says_whose_text_is_in_force_and_its_share(desk):
    CaptionTemplate.objects.create(platform="telegram", variant="B", body="Ours: {{ title }}")
    account = factories.make_account("telegram", slug="tg-news")
    for variant in ("A", "B", "B", "B"):
        factories.make_post(factories.make_item(publish_at=timezone.now()), account, variant=variant)
    groups = desk.client.get(reverse("admin:metrics_wordings")).context["groups"]
    cards = {card["variant"]: card for group in groups if group["platform"] == "telegram" for card in group["cards"]}
    assert (cards["A"]["own"], cards["B"]["own"]) == (False, True)
    assert cards["B"]["text"] == "Ours: {{ title }}" and (cards["A"]["share"], cards["B"]["share"]) == (25, 75)


@pytest.mark.parametrize(
    ("clicks", "leads"), [({"A": 3, "B": 9}, ["B"]), ({"A": 0, "B": 0}, []), ({"A": 30, "B": 30}, [])]
)
def test_a_wording_leads_only_where_the_sentence_says_so(desk, clicks, leads):
    account, at = factories.make_account("telegram", slug="tg-news"), timezone.now() - timedelta(days=3)
    for variant in ("A", "B"):
        for _ in range(60):
            post = published(account, at=at, variant=variant)
            told = {"post": post.pk, "queue_item": post.item_id, "account": account.pk, "platform": "telegram"}
            ClickTotal.objects.create(**told, variant=variant, hour_at=at, humans=clicks[variant])
    groups = desk.client.get(reverse("admin:metrics_wordings")).context["groups"]
    (group,) = [group for group in groups if group["platform"] == "telegram"]
    assert [card["variant"] for card in group["cards"] if card["leads"]] == leads
    assert bool(leads) is ("B is better" in group["sentence"])


def test_each_way_to_a_wording_is_called_otherwise(desk):
    """Whoever goes from link to link heard “Change” ten times."""
    shown = desk.client.get(reverse("admin:metrics_wordings")).content.decode()
    ways = re.findall(r'data-act="edit-(?:wording|line)"[^>]*>(.*?)</a>', shown)
    assert len(ways) == len(set(ways)) >= 10


def test_a_new_wording_begins_with_the_shipped_text(desk):
    answer = desk.client.get(reverse(ADD), {"platform": "telegram", "variant": "B"})
    form = answer.context["adminform"].form
    assert "{{ title" in form.initial["body"] and form.initial["variant"] == "B"
    assert answer.context["beside"]["shipped"] == form.initial["body"]
    assert desk.client.get(reverse(ADD), {"platform": "nowhere", "variant": "Z"}).status_code == 200


def test_names_of_recent_items_are_there_to_be_pressed(desk):
    factories.make_item(data={"bonus": "X1", "game": "Gates"})
    page = desk.client.get(reverse(ADD)).content.decode()
    for name in ("title", "hashtags", "data.game", "data.bonus"):
        assert f'data-insert="{{{{ {name} }}}}"' in page


def test_it_is_tried_on_any_of_the_newest_items(desk):
    items = [factories.make_item(title=f"Number {number}") for number in range(22)]
    answer = desk.client.get(reverse(ADD))
    assert [pk for pk, _title in answer.context["beside"]["items"]] == [item.pk for item in items[:-21:-1]]
    sent = {"platform": "telegram", "body": "Now: {{ title }}", "item": items[3].pk}
    address = reverse("admin:queue_captiontemplate_preview")
    assert "Now: Number 3" in desk.text(desk.client.post(address, sent))
    assert "Now: Gates of Olympus" in desk.text(desk.client.post(address, sent | {"item": "x"}))


def test_what_a_new_text_replaces_can_be_taken_up_again(desk):
    row = CaptionTemplate.objects.create(platform="telegram", variant="B", body="First: {{ title }}")
    address = reverse("admin:queue_captiontemplate_change", args=[row.pk])
    for body in ("Second: {{ title }}", "Second: {{ title }}", "Third: {{ title }}"):
        form = desk.client.get(address).context["adminform"].form
        kept = {bound.name: bound.value() or "" for bound in form}
        assert desk.client.post(address, kept | {"body": body, "active": "on"}).status_code == 302
    assert [one.body for one in row.earlier.all()] == ["Second: {{ title }}", "First: {{ title }}"]
    page = desk.client.get(address).content.decode()
    assert page.count('data-act="take-up"') == 2 and row.earlier.first().replaced_by.username == "editor"


def test_the_page_is_for_those_who_may_see_wordings(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("nobody", is_staff=True))
    assert client.get(reverse("admin:metrics_wordings")).status_code == 403
