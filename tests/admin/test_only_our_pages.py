"""The admin holds the desk's own pages and no others: what a library registers for itself is taken out again."""

import pytest
from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django_q.models import Schedule

from social_queue.access import keys
from social_queue.admin.pieces import looks
from tests import factories

pytestmark = pytest.mark.django_db
#: Apps whose tables have pages. A library's table gets one only by a page of ours, under one of these.
OURS = {"queue", "metrics", "auth"}


def test_only_tables_of_the_desk_have_pages():
    assert {model._meta.label for model in admin.site._registry if model._meta.app_label not in OURS} == set()


@pytest.mark.parametrize("model", ["schedule", "ormq", "success", "failure"])
def test_no_table_of_the_clock_has_an_address(desk, model):
    for page in ("changelist", "add"):
        with pytest.raises(NoReverseMatch):
            reverse(f"admin:django_q_{model}_{page}")
    for path in ("", f"{model}/", f"{model}/add/"):
        assert desk.client.get(f"/admin/django_q/{path}").status_code == 404


def test_no_form_has_the_frameworks_fields_for_a_moment_which_name_no_zone(desk, admin_user):
    addresses = [
        reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")
        for model, its_admin in admin.site._registry.items()
        if its_admin.has_add_permission(desk.client.get("/admin/").wsgi_request)
    ]
    key, _text = keys.issue("shop")
    item = factories.make_item(factories.make_account("telegram"))
    addresses += [looks.address(row) for row in (key, item, admin_user)]
    pages = {address: desk.client.get(address).content.decode() for address in addresses}
    assert len(pages) > 6 and not [address for address, page in pages.items() if "vTimeField" in page]


def test_a_session_of_a_superuser_can_not_have_the_worker_run_a_function(desk):
    before = set(Schedule.objects.values_list("pk", flat=True))
    run_me = {"name": "x", "func": "os.system", "args": "'id'", "schedule_type": "O", "repeats": "-1"}
    desk.client.post("/admin/django_q/schedule/add/", run_me | {"next_run_0": "2026-01-01", "next_run_1": "00:00:00"})
    assert set(Schedule.objects.values_list("pk", flat=True)) == before
