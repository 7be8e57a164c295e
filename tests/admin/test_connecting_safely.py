"""A log-in at a platform belongs to one session, is answered once, and leaves its tokens nowhere."""

import logging
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import F
from django.test import Client

from social_queue.models import LoginAttempt, PlatformAccount, credentials_of
from tests.support.connecting import BASE, FOUND, HARIAN, LAMA, OLAHRAGA, Person, found, trouble, words

pytestmark = pytest.mark.django_db


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

    def test_another_session_s_is_refused_and_stays_good_for_its_own(self, person_at, django_user_model):
        back = person_at.away("facebook")
        stranger = Client()
        stranger.force_login(django_user_model.objects.create_superuser("stranger"))
        assert trouble(Person(stranger).back(back)) == ["state"]
        assert found(person_at.back(back)) == [HARIAN, OLAHRAGA, LAMA]

    def test_the_same_person_elsewhere_is_another_session(self, person_at, django_user_model):
        back = person_at.away("facebook")
        elsewhere = Client()
        elsewhere.force_login(django_user_model.objects.get(username="editor"))
        assert trouble(Person(elsewhere).back(back)) == ["state"]

    def test_another_platform_s_is_refused(self, person_at):
        back = person_at.away("instagram")
        assert trouble(person_at.back(back.replace("/instagram/", "/facebook/"))) == ["state"]

    @pytest.mark.parametrize("platform", ["facebook", "twitter"])
    def test_one_of_ten_minutes_ago_is_refused(self, person_at, platform):
        back = person_at.away(platform)
        LoginAttempt.objects.update(made_at=F("made_at") - timedelta(minutes=10))
        assert trouble(person_at.back(back)) == ["state"]


@pytest.mark.parametrize("number", ["²", "", "x", "9" * 30])
def test_a_number_that_nobody_was_given_is_no_log_in(person_at, number):
    found(person_at.back(person_at.away("facebook")))
    page = person_at.client.post(f"{BASE}/facebook/callback", {"number": number, "place": [OLAHRAGA]}, follow=True)
    assert trouble(page) == ["state"] and not PlatformAccount.objects.exists()


def test_two_people_at_once_do_not_meet(person_at, django_user_model):
    other = Client()
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
