"""Somebody who leaves: what they did stays readable with their name, so they are put away and not deleted."""

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.utils import timezone

from social_queue.models import Approval
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/auth/user/"
SAID = "What somebody did stays readable"


@pytest.fixture
def budi(django_user_model):
    return django_user_model.objects.create_user("budi", is_staff=True)


def pressed(person):
    LogEntry.objects.create(user=person, action_flag=CHANGE, object_repr="Gates", change_message="Approve")


def approved(person):
    item = factories.make_item()
    Approval.objects.create(item=item, person=person, approved_at=timezone.now(), fingerprint="x")


@pytest.mark.parametrize("did", [pressed, approved])
def test_whoever_has_done_something_is_not_deleted(desk, budi, did):
    did(budi)
    page = desk.client.get(f"{LIST}{budi.pk}/change/").content.decode()
    assert SAID in page and f"{LIST}{budi.pk}/delete/" not in page
    assert desk.client.post(f"{LIST}{budi.pk}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [budi.pk], "post": "yes", "index": "0"}
    told = desk.client.post(LIST, chosen, follow=True).content.decode()
    assert "budi" in told and SAID in told
    budi.refresh_from_db()
    assert LogEntry.objects.filter(user=budi).exists() or Approval.objects.get().person == budi


def test_whoever_has_done_nothing_is_deleted_alone_or_with_others(desk, budi, django_user_model):
    other = django_user_model.objects.create_user("other", is_staff=True)
    page = desk.client.get(f"{LIST}{budi.pk}/change/").content.decode()
    assert SAID not in page and f"{LIST}{budi.pk}/delete/" in page
    assert desk.client.post(f"{LIST}{budi.pk}/delete/", {"post": "yes"}).status_code == 302
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes", "index": "0"}
    assert desk.client.post(LIST, chosen).status_code == 302
    assert list(django_user_model.objects.values_list("username", flat=True)) == ["editor"]
