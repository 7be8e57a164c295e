"""What `migrate` makes of roles: once, and never over what a site changed."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core.management import call_command

from social_queue.access import roles

pytestmark = pytest.mark.django_db


def permission(name):
    app, _dot, codename = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=codename)


def held(name):
    rows = Group.objects.get(name=name).permissions.select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}" for row in rows}


@pytest.fixture
def before_roles():
    """A site of the release before: no roles, and approving is part of changing."""
    Group.objects.all().delete()
    permission(roles.APPROVE).delete()


def test_a_new_site_has_four_roles_each_with_more_than_the_one_before():
    viewer, editor, approver, operator = map(held, roles.LABELS)
    assert viewer < editor < approver < operator
    assert {name.split(".")[1].split("_")[0] for name in viewer} == {"view"}
    assert approver - editor == {"queue.approve_queueitem", "queue.export_approval"}
    assert {"queue.change_platformaccount", "queue.add_apikey", "queue.change_webhooksource"} <= operator - approver
    assert not any(name.startswith(("auth.", "django_q.", "otp_")) for name in operator)
    assert not {"queue.view_apikey", "queue.view_webhooklog", "queue.view_failedlogin"} & approver


def test_whoever_could_approve_before_still_can(before_roles):
    editor, reader = User.objects.create_user("editor"), User.objects.create_user("reader")
    editor.user_permissions.add(permission("queue.change_queueitem"))
    reader.user_permissions.add(permission("queue.view_queueitem"))
    writers = Group.objects.create(name="Writers")
    writers.permissions.add(permission("queue.change_queueitem"))
    call_command("migrate", verbosity=0)
    assert User.objects.get(pk=editor.pk).has_perm(roles.APPROVE)
    assert not User.objects.get(pk=reader.pk).has_perm(roles.APPROVE)
    assert held("Writers") == {"queue.change_queueitem", roles.APPROVE}
    assert roles.APPROVE not in held("Editor") and roles.APPROVE in held("Approver")


def test_what_a_site_made_of_its_roles_stays():
    Group.objects.get(name="Editor").permissions.set([permission("queue.view_post")])
    Group.objects.get(name="Approver").permissions.clear()
    Group.objects.get(name="Viewer").delete()
    Group.objects.filter(name="Operator").update(name="Chief")
    call_command("migrate", verbosity=0)
    assert held("Editor") == {"queue.view_post"} and held("Approver") == set()
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Approver", "Chief", "Editor"]


def test_a_group_that_had_a_role_s_name_already_keeps_its_meaning(before_roles):
    Group.objects.create(name="Editor").permissions.add(permission("queue.view_alert"))
    call_command("migrate", verbosity=0)
    assert held("Editor") == {"queue.view_alert"} and held("Viewer")


def test_a_permission_of_a_later_release_finds_its_roles():
    for name in ("queue.view_cooldownrule", "queue.change_cooldownrule"):
        permission(name).delete()
    Group.objects.get(name="Approver").delete()
    call_command("migrate", verbosity=0)
    assert "queue.view_cooldownrule" in held("Viewer") and "queue.change_cooldownrule" not in held("Editor")
    assert {"queue.view_cooldownrule", "queue.change_cooldownrule"} <= held("Operator")
    assert not Group.objects.filter(name="Approver").exists()
