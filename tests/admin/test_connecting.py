"""Connecting accounts by a log-in: what is found, ticked and stored, and where each wrong turn ends."""

import html
import re

import pytest

from connectors.sandbox.stage import person
from social_queue.models import LoginAttempt, PlatformAccount, credentials_of
from tests.support.logging_in import decide

pytestmark = pytest.mark.django_db
BASE = "/admin/connect"
HARIAN, OLAHRAGA, LAMA = person.PAGES
GRAM = "17841400000000101"


@pytest.fixture
def site(settings, sandbox, apps):
    """The desk at an address of this machine, with the sandbox' apps."""
    settings.PUBLIC_BASE_URL = "http://127.0.0.1:8000"
    settings.CALL_TIMEOUT = (2, 1)
    return settings


@pytest.fixture
def person_at(desk, site):
    """A logged-in editor who can go to a platform and come back."""
    return Person(desk.client)


class Person:
    """One browser: goes to the platform, presses there, comes back."""

    def __init__(self, client) -> None:
        self.client = client

    def away(self, platform, choice="allow", /, way="", **fields):
        """The address that the platform sends this person back to."""
        gone = self.client.get(f"{BASE}/{platform}/start", {"way": way} if way else {})
        assert gone.status_code == 302, gone.content.decode()
        return decide(gone["Location"], choice, **fields).removeprefix("http://127.0.0.1:8000")

    def back(self, address):
        """The page behind a callback, once its address is clean."""
        answer = self.client.get(address)
        assert answer.status_code == 302 and "?" not in answer["Location"]
        return self.client.get(answer["Location"])

    def find(self, platform, choice="allow", /, **fields):
        if platform == "telegram":
            data = {"bot_token": "4242:sandbox-bot", **fields}
            return self.client.post(f"{BASE}/telegram/start", data, follow=True)
        return self.back(self.away(platform, choice, **fields))

    def connect(self, page, *addresses):
        """Tick and press; the page that says what became of it."""
        platform = page.wsgi_request.path.split("/")[3]
        number = re.search(r'name="number" value="(\d+)"', page.content.decode())[1]
        data = {"number": number, "place": addresses}
        return self.client.post(f"{BASE}/{platform}/callback", data, follow=True)


def found(page):
    return re.findall(r'data-found="([^"]+)"', page.content.decode())


def trouble(page):
    return re.findall(r'data-trouble="([^"]+)"', page.content.decode())


def words(page):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_there_is_a_button_for_each_platform_that_has_a_log_in(person_at):
    page = person_at.client.get(f"{BASE}/").content.decode()
    assert re.findall(r'data-connect="(\w+)"', page) == ["facebook", "instagram", "telegram", "twitter"]


FOUND = {
    "facebook": ([HARIAN, OLAHRAGA, LAMA], HARIAN),
    "instagram": ([GRAM], GRAM),
    "telegram": (["-1001000000001", "-1001000000002"], "-1001000000001"),
    "twitter": (["kabarharian"], "kabarharian"),
}


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
    assert 'data-act="again"' in page.content.decode()
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


class TestState:
    def test_a_forged_one_is_refused(self, person_at):
        person_at.away("facebook")
        page = person_at.back(f"{BASE}/facebook/callback?code=AQx&state=forged")
        assert trouble(page) == ["state"] and "Nothing was changed" in words(page)

    def test_none_at_all_is_refused(self, person_at):
        assert trouble(person_at.back(f"{BASE}/facebook/callback?code=AQx")) == ["state"]

    def test_an_answer_is_read_once(self, person_at):
        back = person_at.away("facebook")
        assert found(person_at.back(back))
        assert trouble(person_at.back(back)) == ["state"]

    def test_another_session_s_is_refused_and_stays_good_for_its_own(self, person_at, django_user_model, client_class):
        back = person_at.away("facebook")
        stranger = client_class()
        stranger.force_login(django_user_model.objects.create_superuser("stranger"))
        assert trouble(Person(stranger).back(back)) == ["state"]
        assert found(person_at.back(back)) == [HARIAN, OLAHRAGA, LAMA]

    def test_the_same_person_elsewhere_is_another_session(self, person_at, django_user_model, client_class):
        back = person_at.away("facebook")
        elsewhere = client_class()
        elsewhere.force_login(django_user_model.objects.get(username="editor"))
        assert trouble(Person(elsewhere).back(back)) == ["state"]

    def test_another_platform_s_is_refused(self, person_at):
        back = person_at.away("instagram")
        assert trouble(person_at.back(back.replace("/instagram/", "/facebook/"))) == ["state"]

    @pytest.mark.parametrize("platform", ["facebook", "twitter"])
    def test_one_of_ten_minutes_ago_is_refused(self, person_at, platform):
        from datetime import timedelta

        from django.db.models import F

        back = person_at.away(platform)
        LoginAttempt.objects.update(made_at=F("made_at") - timedelta(minutes=10))
        assert trouble(person_at.back(back)) == ["state"]


@pytest.fixture
def client_class():
    from django.test import Client

    return Client


def test_two_people_at_once_do_not_meet(person_at, django_user_model, client_class):
    other = client_class()
    other.force_login(django_user_model.objects.create_superuser("other"))
    other = Person(other)
    backs = [person_at.away("facebook", page=HARIAN), other.away("facebook", page=OLAHRAGA)]
    pages = [person_at.back(backs[0]), other.back(backs[1])]
    assert [found(page) for page in pages] == [[HARIAN], [OLAHRAGA]]
    # Nor by ticking what stands in the other's list.
    number = re.search(r'name="number" value="(\d+)"', pages[1].content.decode())[1]
    stolen = person_at.client.post(f"{BASE}/facebook/callback", {"number": number, "place": [OLAHRAGA]}, follow=True)
    assert trouble(stolen) == ["state"] and not PlatformAccount.objects.exists()
    other.connect(pages[1], OLAHRAGA)
    assert PlatformAccount.objects.get().address == OLAHRAGA


def test_tokens_are_in_no_page_address_log_or_history(person_at, caplog):
    import logging

    from django.contrib.admin.models import LogEntry

    caplog.set_level(logging.DEBUG)
    seen = []
    for platform, (_all, ticked) in FOUND.items():
        page = person_at.find(platform)
        done = person_at.connect(page, ticked)
        seen += [page.content.decode(), done.content.decode(), str(done.redirect_chain)]
    account_pages = [
        person_at.client.get(f"/admin/queue/platformaccount/{account.pk}/{part}/").content.decode()
        for account in PlatformAccount.objects.all()
        for part in ("change", "history")
    ]
    secrets = {value for account in PlatformAccount.objects.all() for value in credentials_of(account).values()}
    told = "\n".join([*seen, *account_pages, caplog.text, *(entry.change_message for entry in LogEntry.objects.all())])
    assert len(secrets) == 7 and LogEntry.objects.count() == 4
    # X's token is its handle in the sandbox; only its secret tells.
    assert not [one for one in secrets if one in told and not one.startswith(("sandbox-kabar", "sandbox-key"))]


def test_what_lies_between_log_in_and_list_is_sealed(person_at):
    person_at.find("facebook")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM login_attempts")
        row = " ".join(map(str, cursor.fetchone()))
    assert "sandbox-page" not in row and "Kabar" not in row


def test_whoever_is_logged_out_meanwhile_leaves_the_code_behind(person_at):
    back = person_at.away("facebook")
    person_at.client.logout()
    answer = person_at.client.get(back)
    assert answer.status_code == 302 and answer["Location"] == "/admin/login/?next=/admin/connect/"


def test_only_people_with_the_permission_may(client, django_user_model, site, grant):
    user = django_user_model.objects.create_user("reader", is_staff=True)
    client.force_login(user)
    for path in ("", "facebook/", "facebook/start", "facebook/callback?code=a&state=b", "done"):
        assert client.get(f"{BASE}/{path}").status_code == 403
    grant(user, "queue.add_platformaccount")
    assert client.get(f"{BASE}/").status_code == 200


def test_a_platform_without_a_log_in_has_no_page(desk, site):
    for path in ("mastodon/", "mastodon/start", "mastodon/callback"):
        assert desk.client.get(f"{BASE}/{path}").status_code == 404


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
