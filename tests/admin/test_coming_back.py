"""Whoever was logged out in the middle of something comes back to where it was, by a page that says what to press."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from social_queue.models import ItemStatus
from tests import factories

pytestmark = pytest.mark.django_db
LOG_IN, REVIEW = "/admin/login/", "/admin/queue/review/"


@pytest.fixture
def draft(account_factory):
    return factories.make_item(account_factory(), status=ItemStatus.DRAFT)


def test_a_part_of_a_page_is_never_the_log_in(client, draft):
    """It was drawn inside the page, and led to an address that takes presses only."""
    part = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{REVIEW}?at={draft.pk}"}
    answer = client.post(f"{REVIEW}{draft.pk}/send-back/", {"reason": "Wrong"}, **part)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["HX-Redirect"] == f"{LOG_IN}?next=%2Fadmin%2Fqueue%2Freview%2F%3Fat%3D{draft.pk}"
    draft.refresh_from_db()
    assert draft.status == ItemStatus.DRAFT and not draft.sent_back_reason


@pytest.mark.parametrize(
    "told", ["", "https://evil.example/", "//evil.example/admin/", "http://testserver:1@evil.example/"]
)
def test_the_page_around_is_one_of_ours(client, draft, told):
    part = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": told}
    assert client.get(REVIEW, **part).headers["HX-Redirect"] == f"{LOG_IN}?next=%2Fadmin%2F"


def test_a_whole_page_is_led_there_as_ever(client, draft):
    answer = client.get(REVIEW)
    assert (answer.status_code, answer.url) == (302, f"{LOG_IN}?next={REVIEW}")


def test_an_address_that_takes_presses_leads_to_its_page_and_does_nothing(desk, draft):
    for address, page in (
        (f"/admin/queue/queueitem/{draft.pk}/press/approve/", f"/admin/queue/queueitem/{draft.pk}/change/"),
        (f"{REVIEW}{draft.pk}/approve/", f"{REVIEW}?at={draft.pk}"),
    ):
        answer = desk.client.get(address)
        assert (answer.status_code, answer.url) == (302, page)
        assert desk.client.get(page).status_code == 200
    draft.refresh_from_db()
    assert draft.status == ItemStatus.DRAFT


def test_a_press_of_nobody_leads_back_to_the_page_it_was_made_on(client):
    """The address that it was sent to takes presses only, and answered 405 after the log-in."""
    page = f"http://testserver{reverse('calendar')}?view=list"
    answer = client.post(reverse("calendar-move"), {"item": 1}, HTTP_REFERER=page)
    assert answer.url == f"{LOG_IN}?next=%2Fadmin%2Fqueue%2Fcalendar%2F%3Fview%3Dlist&unsent=1"
    assert "your last press did nothing" in client.get(answer.url).content.decode()
    elsewhere = client.post(REVIEW, HTTP_REFERER="https://evil.example/admin/")
    assert elsewhere.url == f"{LOG_IN}?next=%2Fadmin%2Fqueue%2Freview%2F&unsent=1"


def test_whoever_has_logged_in_in_another_tab_goes_on_to_the_page_he_wanted(desk):
    assert desk.client.get(f"{LOG_IN}?next={REVIEW}").url == REVIEW
    assert desk.client.get(f"{LOG_IN}?next=https://evil.example/").url == "/admin/"


@pytest.fixture
def strict(admin_user):
    """A browser whose page is from before its last log-in."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    return client


def test_a_page_that_is_older_than_the_log_in_says_so_and_leads_back(strict, draft):
    page = reverse("admin:queue_queueitem_change", args=[draft.pk])
    answer = strict.post(page, {"title": "New"}, HTTP_REFERER=f"http://testserver{page}")
    shown = answer.content.decode()
    assert answer.status_code == 403 and "opened before you logged in again" in shown
    assert f'data-act="anew" href="http://testserver{page}"' in shown
    draft.refresh_from_db()
    assert draft.title != "New"


def test_it_leads_to_no_page_of_somebody_else(strict, draft):
    page = reverse("admin:queue_queueitem_change", args=[draft.pk])
    answer = strict.post(page, {"title": "New"}, HTTP_REFERER="https://evil.example/")
    assert answer.status_code == 403 and f'data-act="anew" href="{reverse("admin:index")}"' in answer.content.decode()


@pytest.mark.parametrize("opened", [LOG_IN + "?next=/admin/queue/post/", "/admin/queue/post/"])
def test_without_a_log_in_it_says_so_as_well(db, opened):
    """The log-in's own form in an old tab, or a page whose session has ended."""
    browser = Client(enforce_csrf_checks=True, HTTP_REFERER=f"http://testserver{opened}")
    answer = browser.post(opened, {"username": "anna", "password": "x"})
    assert answer.status_code == 403
    assert f'data-act="anew" href="http://testserver{opened}"' in answer.content.decode()


def test_a_page_says_whose_it_is_in_a_word_that_nobody_else_knows(settings, django_user_model):
    """By it the browser tells the texts of those who share it apart."""

    def word(person):
        browser = Client()
        browser.force_login(person)
        return re.search('data-whose="([^"]*)"', browser.get("/admin/me/").content.decode())[1]

    anna, budi = (django_user_model.objects.create_superuser(name) for name in ("anna", "budi"))
    annas = word(anna)
    anna.set_password("another horse battery")
    anna.save()
    assert re.fullmatch("[0-9a-f]{32}", annas) and word(anna) == annas != word(budi)
    assert "data-whose" not in Client().get(LOG_IN).content.decode()
    settings.SECRET_KEY = "of another site"
    assert word(anna) != annas
