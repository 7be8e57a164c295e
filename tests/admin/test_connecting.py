"""Connecting accounts by a log-in: what is found, ticked and stored, and where each wrong turn ends."""

import html
import re

import pytest

from connectors.sandbox.stage import person
from social_queue.models import LoginAttempt, PlatformAccount
from tests.support.connecting import BASE, FOUND, GRAM, LAMA, OLAHRAGA, found, trouble, words
from tests.support.logging_in import decide

pytestmark = pytest.mark.django_db


def test_there_is_a_button_for_each_platform_that_has_a_log_in(person_at):
    page = person_at.client.get(f"{BASE}/").content.decode()
    assert re.findall(r'data-connect="(\w+)"', page) == ["facebook", "instagram", "telegram", "twitter"]


@pytest.mark.parametrize("platform", FOUND)
def test_what_was_ticked_is_connected_and_nothing_else(person_at, platform):
    expected, ticked = FOUND[platform]
    page = person_at.find(platform)
    assert found(page) == expected and not PlatformAccount.objects.exists()
    done = person_at.connect(page, ticked)
    [account] = PlatformAccount.objects.all()
    assert (account.platform, account.address, account.status) == (platform, ticked, "active")
    assert account.token_checked_at is not None and account.name
    assert f'data-connected="{ticked}"' in done.content.decode()
    assert not LoginAttempt.objects.exists()


def test_instagram_s_own_log_in_is_another_way(person_at):
    page = person_at.find("instagram", way="instagram")
    assert found(page) == [GRAM]
    person_at.connect(page, GRAM)
    account = PlatformAccount.objects.get()
    assert account.options["login"] == "instagram" and account.name == "kabar.harian"
    # So that it is refreshed in time: of this token nobody can be asked when it ends.
    assert 58 <= (account.token_expires_at - account.token_checked_at).days <= 59


@pytest.mark.parametrize("comments", [True, False])
def test_the_right_to_comment_is_remembered_of_instagram_s_own_log_in(person_at, comments):
    rights = ["instagram_business_basic", "instagram_business_content_publish"]
    rights += ["instagram_business_manage_comments"] * comments
    person_at.connect(person_at.find("instagram", way="instagram", scope=rights), GRAM)
    assert PlatformAccount.objects.get().may_follow_up is comments


def test_a_page_on_which_the_person_may_not_publish_can_not_be_ticked(person_at):
    page = person_at.find("facebook")
    row = re.search(rf'data-found="{LAMA}".*?</li>', page.content.decode(), re.DOTALL)[0]
    assert "disabled" in row and "Your role on this Page may not publish" in row
    again = person_at.connect(page, LAMA)
    assert "Tick at least one." in words(again) and not PlatformAccount.objects.exists()


WRONG_TURNS = {
    "refused at Facebook": ("facebook", "refuse", {}, "denied", "You did not allow everything at Facebook."),
    "refused at X": ("twitter", "refuse", {}, "denied", "You did not allow everything at X."),
    "a right left out": ("facebook", "leave_out", {}, "scopes", "the right to publish on your Page"),
    "no Page ticked": ("facebook", "allow", {"page": None}, "nothing_found", "press “Edit settings”"),
    "nothing linked": (
        "instagram",
        "allow",
        {"page": OLAHRAGA},
        "not_professional",
        "linked to these Pages: Kabar Olah",
    ),
    "a personal account": (
        "instagram",
        "allow",
        {"way": "instagram", "gram": person.PERSONAL},
        "not_professional",
        "This Instagram account is personal",
    ),
    "a code used twice": ("facebook", "allow", {"trouble": "code_used"}, "code", "This log-in was used already."),
    "a code too old": ("facebook", "allow", {"trouble": "code_old"}, "code", "This log-in is too old by now."),
    "an exchange that breaks": (
        "facebook",
        "allow",
        {"trouble": "server_error"},
        "unreachable",
        "Facebook does not an",
    ),
    "an exchange that hangs": ("twitter", "allow", {"trouble": "slow"}, "unreachable", "X does not answer"),
    "a bot nobody knows": ("telegram", "", {"bot_token": "4242:wrong"}, "code", "Telegram does not accept this token."),
    "a bot with a webhook": ("telegram", "", {"bot_token": "42:sandbox-hooked"}, "nothing_found", "it has a webhook"),
    "a bot without chats": (
        "telegram",
        "",
        {"bot_token": "42:sandbox-lonely"},
        "nothing_found",
        "administrator nowhere",
    ),
}


@pytest.mark.parametrize("turn", WRONG_TURNS)
def test_each_wrong_turn_ends_in_the_sentence_that_helps(person_at, turn):
    platform, choice, fields, code, said = WRONG_TURNS[turn]
    page = person_at.find(platform, choice, **fields)
    assert trouble(page) == [code] and said in words(page)
    # What is typed in here is typed again right there; everything else begins anew.
    typed_again = turn == "a bot nobody knows"
    way_on = 'name="bot_token"' if typed_again else 'data-act="again"'
    assert way_on in page.content.decode() and "4242:wrong" not in page.content.decode()
    assert not PlatformAccount.objects.exists()


def test_a_wrong_app_secret_names_the_settings(person_at, site):
    site.META_APP_SECRET = "wrong"
    page = person_at.find("facebook")
    assert trouble(page) == ["code"] and "check META_APP_ID / META_APP_SECRET" in words(page)


def test_the_wrong_page_is_found_and_says_why_it_can_not_be_ticked(person_at):
    page = person_at.find("facebook", "wrong_page")
    assert found(page) == [LAMA] and 'data-act="connect"' not in page.content.decode()


def test_a_log_in_that_is_not_set_up_leads_to_what_it_needs(desk, site):
    site.X_API_KEY = ""
    page = desk.client.get(f"{BASE}/twitter/start", follow=True)
    assert page.redirect_chain == [(f"{BASE}/twitter/", 302)] and "Not set yet: X_API_KEY." in desk.text(page)


def test_x_without_an_address_that_it_knows_goes_by_digits(person_at, site):
    site.PUBLIC_BASE_URL = "http://localhost:8000"
    page = person_at.client.get(f"{BASE}/twitter/start", follow=True)
    text = page.content.decode()
    assert "http://localhost:8000/admin/connect/twitter/callback" in text and 'name="pin"' in text
    away = html.unescape(re.search(r'data-act="open" href="([^"]+)"', text)[1])
    digits = re.search(r"data-pin>(\d+)<", decide(away))[1]
    page = person_at.client.post(f"{BASE}/twitter/pin", {"pin": digits}, follow=True)
    assert found(page) == ["kabarharian"]
    person_at.connect(page, "kabarharian")
    assert PlatformAccount.objects.get().status == "active"


def test_an_app_that_may_only_read_is_not_connected(person_at):
    page = person_at.find("twitter", read_only="1")
    done = person_at.connect(page, "kabarharian")
    assert trouble(done) == ["scopes"] and "may only read" in words(done)
    assert not PlatformAccount.objects.exists()


def test_what_the_app_needs_can_be_tried(desk, site):
    page = desk.client.get(f"{BASE}/twitter/?check=1").content.decode()
    assert "The app&#x27;s id and secret work." in page and "The app knows our address." in page
    site.META_APP_SECRET = "wrong"
    page = desk.client.get(f"{BASE}/facebook/?check=1").content.decode()
    assert 'data-check="bad"' in page and "Error validating client secret" in page


def test_whoever_starts_again_goes_the_way_that_was_begun(person_at):
    page = person_at.find("instagram", "refuse", way="instagram")
    assert trouble(page) == ["denied"]
    again = re.search(r'data-act="again" href="([^"]+)"', page.content.decode())[1]
    assert again == "/admin/connect/instagram/start?way=instagram"
    assert 'href="/admin/connect/instagram/?way=instagram"' in page.content.decode()
    listed = person_at.find("instagram", way="instagram").content.decode()
    assert re.search(r'data-act="again" href="([^"]+)"', listed)[1] == again


def test_an_account_is_reconnected_the_way_it_was_connected(person_at):
    person_at.connect(person_at.find("instagram", way="instagram"), GRAM)
    page = person_at.client.get(f"/admin/queue/platformaccount/{PlatformAccount.objects.get().pk}/change/")
    there = html.unescape(re.search(r'data-act="reconnect" href="([^"]+)"', page.content.decode())[1])
    start = re.search(r'data-act="start" href="([^"]+)"', person_at.client.get(there).content.decode())[1]
    assert start.endswith("?way=instagram")
