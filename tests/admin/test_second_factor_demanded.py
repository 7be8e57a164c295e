"""Where a site demands a second factor of everybody: what is open without one, and where setting it up leads."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from social_queue.access import second_factor
from tests.admin.test_second_factor import PASSWORD, SET_UP, code_step, password_step, secret_on, set_up
from tests.support.codes import app_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(django_user_model):
    return django_user_model.objects.create_superuser("anna", "anna@example.com", PASSWORD)


@pytest.fixture
def desk(client, boss):
    """Where somebody is logged in who has no second factor."""
    client.force_login(boss)
    return client


def led_to(address):
    """The page of an address, and what it is told."""
    parts = urlsplit(address)
    return parts.path, {name: value for name, (value,) in parse_qs(parts.query).items()}


def test_a_site_can_demand_it_of_everybody(settings, desk, boss):
    settings.REQUIRE_2FA = True
    for path in ("/admin/", "/admin/queue/post/?status=failed", "/admin/me/", "/admin/queue/post/1/press/retry/"):
        assert led_to(desk.get(path)["Location"]) == (SET_UP, {"next": path})
    add = "/admin/queue/queueitem/add/"
    assert led_to(desk.post(add, {"title": "x"})["Location"]) == (SET_UP, {"next": add, "unsent": "1"})
    assert "demands a second factor" in desk.get(SET_UP).content.decode()
    secret, codes = set_up(desk)
    assert len(codes) == 10 and desk.get("/admin/").status_code == 200
    desk.post(f"{SET_UP}remove/", {"password": PASSWORD})
    assert second_factor.is_set_up(boss) and 'data-act="remove"' not in desk.get("/admin/me/").content.decode()
    # In a half minute in which no code was used yet.
    with time_machine.travel(timezone.now() + timedelta(minutes=1), tick=False):
        other = Client()
        password_step(other)
        assert code_step(other, app_code(secret))["Location"] == "/admin/"


def test_whoever_has_to_set_it_up_first_comes_to_the_page_that_was_wanted(settings, desk):
    settings.REQUIRE_2FA = True
    wanted = "/admin/queue/post/?status=failed"
    page = desk.get(wanted)["Location"]
    data = {"code": app_code(secret_on(desk.get(page))), "password": PASSWORD}
    assert f'href="{wanted}"' in desk.post(page, data).content.decode()


@pytest.mark.parametrize("told", ["", "?next=", "?next=https://elsewhere.example/", "?next=//elsewhere.example/"])
def test_setting_it_up_leads_to_no_other_site(desk, told):
    data = {"code": app_code(secret_on(desk.get(SET_UP))), "password": PASSWORD}
    page = desk.post(f"{SET_UP}{told}", data).content.decode()
    assert "elsewhere" not in page and 'href="/admin/me/" data-act="have-them"' in page


def test_a_part_of_a_page_is_not_filled_with_the_demand(settings, desk):
    settings.REQUIRE_2FA = True
    around = "http://testserver/admin/queue/queueitem/?status=draft"
    answer = desk.post("/admin/queue/queueitem/", headers={"HX-Request": "true", "HX-Current-URL": around})
    wanted = {"next": "/admin/queue/queueitem/?status=draft"}
    assert (answer.status_code, led_to(answer["HX-Redirect"])) == (204, (SET_UP, wanted))


def test_a_site_that_demands_it_lets_people_log_out_and_lets_programs_in(settings, desk):
    settings.REQUIRE_2FA = True
    assert desk.post("/admin/logout/").status_code == 200
    assert desk.get("/health?ready").status_code == 200
