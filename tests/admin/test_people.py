"""Who may change whom, and how little somebody without rights sees."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import FieldDoesNotExist
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django_otp.plugins.otp_totp.models import TOTPDevice

from social_queue.access import roles, second_factor
from social_queue.alerts import ledger
from social_queue.workings import heartbeat
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def helper(django_user_model, grant):
    """Somebody who looks after people, and no more."""
    helper = django_user_model.objects.create_user("helper", is_staff=True)
    grant(
        helper, *(f"auth.{verb}_{table}" for verb in ("add", "change", "delete", "view") for table in ("user", "group"))
    )
    return helper


@pytest.fixture
def theirs(client, helper):
    client.force_login(helper)
    return client


def page_of(user, *, end="change/"):
    return f"/admin/auth/user/{user.pk}/{end}"


def ticked(user, **more):
    """A whole form, as the page would send it with every box ticked."""
    tables = ContentType.objects.get_for_models(*admin.site._registry, for_concrete_models=False)
    apps = ("queue", "metrics", "auth")
    ours = Permission.objects.filter(content_type__in=tables.values(), content_type__app_label__in=apps)
    everything = [str(pk) for pk in ours.values_list("pk", flat=True)]
    typed = {"username": user.username, "is_active": "on", "is_staff": "on", "is_superuser": "on"}
    return typed | {"user_permissions": everything, "date_joined_0": "2026-01-01", "date_joined_1": "10:00"} | more


def test_whoever_may_change_people_does_not_make_superusers(theirs, helper, django_user_model):
    group = Group.objects.create(name="All")
    group.permissions.set(Permission.objects.all())
    other = django_user_model.objects.create_user("other", is_staff=True)
    for user in (helper, other):
        before = set(user.user_permissions.all())
        answer = theirs.post(page_of(user), ticked(user, groups=[group.pk], first_name="Changed"))
        assert answer.status_code == 302, answer.content.decode()[:3000]
        user = django_user_model.objects.get(pk=user.pk)
        assert user.first_name == "Changed" and not user.is_superuser
        assert set(user.user_permissions.all()) == before and not user.groups.exists()


def test_groups_are_called_as_where_people_are_invited(desk, django_user_model):
    user = django_user_model.objects.create_user("reader", is_staff=True)
    Group.objects.create(name="Newsroom")
    address = page_of(user)
    page = desk.client.get(address, headers={"Accept-Language": "id"})
    with translation.override("id"):
        said = {str(roles.LABELS.get(name, name)) for name in Group.objects.values_list("name", flat=True)}
    assert {"Newsroom", "Penyetuju"} <= said and "Approver" not in said
    assert {label for _value, label in page.context["adminform"].form.fields["groups"].choices} == said
    listed = desk.client.get("/admin/auth/user/", headers={"Accept-Language": "id"}).content.decode()
    assert "Penyetuju" in listed and "Approver" not in listed


def test_whoever_is_added_can_log_in(theirs, django_user_model):
    """The box for it stood on the next page, unticked."""
    password = "Gates-of-77-olympus"
    form = {"username": "anna", "usable_password": "true", "password1": password, "password2": password}
    assert theirs.post("/admin/auth/user/add/", form).status_code == 302
    anna = django_user_model.objects.get(username="anna")
    hers = Client()
    hers.post("/admin/login/", {"username": "anna", "password": password})
    assert hers.get("/admin/").status_code == 200 and not anna.is_superuser
    theirs.post(page_of(anna), ticked(anna, is_staff=""))
    anna.refresh_from_db()
    assert not anna.is_staff


def test_whoever_may_change_groups_gives_them_no_rights(theirs):
    Group.objects.all().delete()
    group = Group.objects.create(name="Editors")
    everything = [str(pk) for pk in Permission.objects.values_list("pk", flat=True)]
    theirs.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Writers", "permissions": everything})
    theirs.post("/admin/auth/group/add/", {"name": "New", "permissions": everything})
    assert sorted(Group.objects.values_list("name", flat=True)) == ["New", "Writers"]
    assert not Group.objects.filter(permissions__isnull=False).exists()


@pytest.mark.parametrize("active", [True, False])
@pytest.mark.parametrize("kind", ["superuser", "editor"])
def test_nobody_takes_over_somebody_with_more_rights(theirs, django_user_model, grant, kind, active):
    other = django_user_model.objects.create_user("other", password="x", is_staff=True, is_active=active)
    if kind == "superuser":
        django_user_model.objects.filter(pk=other.pk).update(is_superuser=True)
    else:
        grant(other, "queue.change_post")
    typed = {"password1": "correct horse battery", "password2": "correct horse battery", "usable_password": "true"}
    assert theirs.post(page_of(other, end="password/"), typed).status_code == 403
    assert theirs.post(page_of(other), ticked(other)).status_code == 403
    assert theirs.post(page_of(other, end="delete/"), {"post": "yes"}).status_code == 403
    theirs.post(
        "/admin/auth/user/", {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes", "index": "0"}
    )
    other.refresh_from_db()
    assert other.check_password("x") and other.is_active is active


def test_those_with_fewer_rights_are_looked_after_as_before(theirs, django_user_model):
    other = django_user_model.objects.create_user("other", is_staff=True)
    typed = {"password1": "correct horse battery", "password2": "correct horse battery", "usable_password": "true"}
    assert theirs.post(page_of(other, end="password/"), typed).status_code == 302
    other.refresh_from_db()
    assert other.check_password("correct horse battery")


def test_nobody_but_a_superuser_gets_round_the_own_old_password(theirs, helper):
    """Whoever sits at an open session does not know it, and has no more rights than it gives."""
    helper.set_password("as it was before")
    helper.save()
    theirs.force_login(helper)
    typed = {"password1": "correct horse battery", "password2": "correct horse battery", "usable_password": "true"}
    for answer in (theirs.get(page_of(helper, end="password/")), theirs.post(page_of(helper, end="password/"), typed)):
        assert (answer.status_code, answer["Location"]) == (302, "/admin/password_change/")
    helper.refresh_from_db()
    assert helper.check_password("as it was before")


def test_a_superuser_ticks_what_it_likes(desk, django_user_model):
    other = django_user_model.objects.create_user("other", is_staff=True)
    assert desk.client.post(page_of(other), ticked(other)).status_code == 302
    assert django_user_model.objects.get(username="other").is_superuser


def test_a_superuser_ends_somebody_s_sessions(desk, django_user_model):
    other = django_user_model.objects.create_user("other", is_staff=True)
    theirs = Client()
    theirs.force_login(other)
    assert desk.client.post(page_of(other, end="press/log-out/")).status_code == 302
    assert theirs.get("/admin/me/").status_code == 302 and desk.client.get("/admin/me/").status_code == 200


@pytest.mark.parametrize("button", ["log-out", "reset-second-factor"])
def test_a_superuser_who_ends_all_of_the_own_sessions_is_led_to_the_log_in(desk, django_user_model, button):
    """Where the session was also to be written in the same request, the answer was a bare 400."""
    editor = django_user_model.objects.get()
    TOTPDevice.objects.create(user=editor, confirmed=True)
    elsewhere = Client()
    elsewhere.force_login(editor)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        answer = desk.client.post(page_of(editor, end=f"press/{button}/"))
        assert (answer.status_code, answer["Location"]) == (302, page_of(editor))
        led = desk.client.get(answer["Location"])
        assert led["Location"].startswith("/admin/login/")
        assert ": done." in desk.client.get(led["Location"]).content.decode()
        assert elsewhere.get("/admin/me/").status_code == 302
    assert second_factor.is_set_up(editor) is (button == "log-out")


@pytest.fixture
def busy(facebook_account, item_factory):
    """A desk with something in every part of the first page; all of it carries the word Hush."""
    for status in ("failed", "unknown", "pending"):
        item = item_factory(facebook_account, title=f"Hush {status}", publish_at=timezone.now())
        item.posts.update(status=status)
    facebook_account.status, facebook_account.last_error = "needs_token", "Hush token"
    facebook_account.save()
    stopped = factories.make_account("telegram", slug="hush-hush")
    ledger.raise_for_account("token_expiring", stopped, reason="Hush alert", now=timezone.now())
    return facebook_account


def first_page(client):
    page = client.get("/admin/")
    assert page.status_code == 200
    return page.content.decode().split('id="main"', 1)[-1]


def test_the_first_page_shows_nothing_to_somebody_without_rights(client, django_user_model, busy):
    client.force_login(django_user_model.objects.create_user("new", is_staff=True))
    page = first_page(client)
    assert "Hush" not in page and "fb-page" not in page and "ap-tile " not in page and "/admin/queue/" not in page
    assert "Whoever runs this site can give you rights." in page


@pytest.mark.parametrize(
    ("permission", "seen", "hidden"),
    [
        ("queue.view_post", ["Hush failed", "Hush pending", "Coming next"], ["Hush alert", "Hush token"]),
        ("queue.view_alert", ["Hush alert"], ["Hush failed", "Hush pending", "Coming next"]),
        ("queue.view_platformaccount", ["Hush token"], ["Hush failed", "Hush alert", "Coming next"]),
        ("queue.view_queueitem", ["drafts to approve"], ["Hush", "Coming next"]),
    ],
)
def test_the_first_page_shows_of_each_table_what_its_list_would(
    client, django_user_model, grant, busy, permission, seen, hidden
):
    somebody = django_user_model.objects.create_user("somebody", is_staff=True)
    grant(somebody, permission)
    client.force_login(somebody)
    page = first_page(client)
    assert [words for words in seen if words not in page] == []
    assert [words for words in hidden if words in page] == []


@pytest.mark.parametrize(("permission", "told"), [("queue.view_post", True), ("queue.view_alert", False)])
def test_whether_anybody_publishes_is_told_to_whoever_may_see_posts(client, django_user_model, grant, permission, told):
    somebody = django_user_model.objects.create_user("somebody", is_staff=True)
    grant(somebody, permission)
    client.force_login(somebody)
    assert ("No worker has run here yet" in first_page(client)) is told
    heartbeat.beat("tick", now=timezone.now())
    assert ("Last sign of life" in first_page(client)) is told


def every_list():
    return [pytest.param(model, id=model._meta.label_lower) for model in admin.site._registry]


@pytest.mark.parametrize("model", every_list())
def test_no_list_answers_questions_about_columns_it_does_not_filter_by(desk, rf, model):
    """Also those that it shows: what is declared is the whole of what may be asked."""
    asked = rf.get("/")
    asked.user = desk.client.get("/admin/").wsgi_request.user
    filters = admin.site._registry[model].get_list_filter(asked)
    columns = {one[0] if isinstance(one, tuple) else one for one in filters if isinstance(one, str | tuple)}
    parameters = {one.parameter_name for one in filters if hasattr(one, "parameter_name")}
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    others = {field.name for field in model._meta.concrete_fields} | {"pk"}
    asked = [f"{column}{end}" for column in others - columns for end in ("", "__startswith", "__gt", "__isnull")]
    answers = {lookup: desk.client.get(address, {lookup: "1"}).status_code for lookup in set(asked) - parameters}
    assert {lookup: code for lookup, code in answers.items() if code != 400} == {}


@pytest.mark.parametrize("model", every_list())
def test_every_declared_filter_still_works(desk, rf, model):
    asked = rf.get("/")
    asked.user = desk.client.get("/admin/").wsgi_request.user
    address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for one in admin.site._registry[model].get_list_filter(asked):
        names = [one.parameter_name] if hasattr(one, "parameter_name") else _parameters(model, one)
        for name in names:
            answer = desk.client.get(address, {name: "1"})
            assert answer.status_code in (200, 302), (address, name)


def _parameters(model, declared):
    name, kind = declared if isinstance(declared, tuple) else (declared, None)
    if kind is not None and "from" in kind.__name__.lower():
        return [f"{name}_from", f"{name}_to"]
    try:
        return [f"{name}__exact"] if not model._meta.get_field(name).is_relation else [f"{name}__id__exact"]
    except FieldDoesNotExist:
        return [name]
