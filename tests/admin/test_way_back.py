"""Whoever must begin the log-in anew is told why, and comes to the page that he wanted all the same."""

import base64
import html
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from social_queue.access import invitations, second_factor
from tests.support.codes import app_code

pytestmark = pytest.mark.django_db
PASSWORD, CODE = "correct horse battery", "/admin/login/code/"
WANTED = "/admin/queue/post/?a=1&b=2"
LOG_IN = f"/admin/login/?{urlencode({'next': WANTED})}"


@pytest.fixture
def clock():
    """Stands still, so that a code stays the one of this half minute."""
    with time_machine.travel("2026-12-01T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def secret(settings, django_user_model, clock):
    """What the app of anna knows, as it is typed into it; a minute later, so that a code can be used."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    anna = django_user_model.objects.create_superuser("anna", password=PASSWORD)
    kept = second_factor.new_secret()
    typed = base64.b32encode(bytes.fromhex(kept)).decode()
    assert second_factor.set_up(anna, kept, app_code(typed))
    clock.shift(60)
    return typed


def come_half(address=LOG_IN):
    """A browser in which the password was right."""
    browser = Client()
    assert browser.post(address, {"username": "anna", "password": PASSWORD})["Location"] == CODE
    return browser


def link_back(answer):
    return html.unescape(re.search(r'href="(/admin/login/[^"]*)"', answer.content.decode())[1])


@pytest.mark.parametrize("how", ["typed", "opened anew"])
def test_a_code_that_comes_too_late_is_told_so_and_one_still_gets_where_one_wanted(secret, clock, how):
    browser = come_half()
    clock.shift(601)
    answer = browser.post(CODE, {"code": app_code(secret)}) if how == "typed" else browser.get(CODE)
    assert "_auth_user_id" not in browser.session
    page = browser.get(answer["Location"]).content.decode()
    assert "More than 10 minutes have passed since your password" in page
    assert "More than 10 minutes" not in browser.get(answer["Location"]).content.decode(), "it is said once"
    anew = come_half(html.unescape(re.search(r'<form action="([^"]+)"', page)[1]))
    assert anew.post(CODE, {"code": app_code(secret)})["Location"] == WANTED


def leave_for_another_name(browser, clock, user):
    return link_back(browser.get(CODE))


def rest(browser, clock, user):
    for _ in range(5):
        clock.shift(30)
        answer = browser.post(CODE, {"code": "000000"})
    assert answer.status_code == 429
    return link_back(answer)


def change_the_password(browser, clock, user):
    user.set_password("another horse battery")
    user.save()
    return browser.post(CODE, {"code": "1"})["Location"]


def end_the_session(browser, clock, user):
    sent = re.findall(r'type="hidden" name="(next)" value="([^"]*)"', browser.get(CODE).content.decode())
    browser.cookies.clear()
    return browser.post(CODE, {"code": "1"} | {name: html.unescape(value) for name, value in sent})["Location"]


@pytest.mark.parametrize("how", [leave_for_another_name, rest, change_the_password, end_the_session])
def test_whatever_else_leads_back_to_the_log_in_keeps_where_one_wanted(secret, clock, django_user_model, how):
    back = how(come_half(), clock, django_user_model.objects.get())
    assert parse_qs(urlsplit(back).query) == {"next": [WANTED]}


def test_the_way_back_leads_to_no_page_of_somebody_else(client):
    answer = client.post(CODE, {"code": "1", "next": "https://evil.example/"})
    assert answer["Location"] == "/admin/login/"


def test_whoever_lost_the_desk_meanwhile_is_shown_the_log_in(settings, client, django_user_model):
    """Where a second factor is demanded, the log-in and the page to set one up led to each other for ever."""
    settings.REQUIRE_2FA = True
    client.force_login(django_user_model.objects.create_user("budi"))
    landed = client.get("/admin/queue/post/", follow=True)
    assert landed.status_code == 200 and 'id="login-form"' in landed.content.decode()
    django_user_model.objects.create_superuser("anna", password=PASSWORD)
    assert client.post(LOG_IN, {"username": "anna", "password": PASSWORD})["Location"] == WANTED


def test_an_invitation_is_opened_beside_a_log_in_without_a_second_factor(settings, client, admin_user):
    settings.REQUIRE_2FA = True
    client.force_login(admin_user)
    group = Group.objects.create(name="Guests")
    _row, token = invitations.invite(group, note="", by=admin_user, now=timezone.now())
    assert client.get(f"/admin/invitation/{token}/").status_code == 200
