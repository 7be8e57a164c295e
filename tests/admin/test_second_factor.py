"""The second factor: set up by its owner, asked for at the log-in, used once a code."""

import html
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from axes.models import AccessAttempt
from django.test import Client
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from social_queue.access import second_factor
from social_queue.models import FailedLogIn
from tests.support.codes import app_code

pytestmark = pytest.mark.django_db
PASSWORD, SET_UP = "correct horse battery", "/admin/me/second-factor/"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def clock():
    """Stands still, so that a code stays the one of this half minute."""
    with time_machine.travel("2026-12-01T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_superuser("anna", "anna@example.com", PASSWORD)


@pytest.fixture
def inside(client, anna):
    client.force_login(anna)
    return client


def secret_on(page) -> str:
    return re.search(r"data-secret>([^<]+)<", page.content.decode())[1]


def set_up(client, *, steps=0):
    """Go through the page as a person would. The secret and the recovery codes."""
    secret = secret_on(client.get(SET_UP))
    answer = client.post(SET_UP, {"code": app_code(secret, steps=steps), "password": PASSWORD})
    return secret, re.findall(r"data-code>([^<]+)<", answer.content.decode())


def password_step(client):
    return client.post("/admin/login/", {"username": "anna", "password": PASSWORD})


def code_step(client, code, **more):
    return client.post("/admin/login/code/", {"code": code}, **more)


def test_a_person_sets_it_up_and_is_shown_ten_recovery_codes_once(inside, anna):
    page = inside.get(SET_UP)
    address = html.unescape(re.search(r'href="(otpauth:[^"]+)"', page.content.decode())[1])
    assert unquote(urlsplit(address).path) == "/Autopost:anna"
    assert parse_qs(urlsplit(address).query)["secret"] == [secret_on(page).replace(" ", "")]
    assert "<svg" in page.content.decode() and "no-store" in page["Cache-Control"]
    assert secret_on(inside.get(SET_UP)) == secret_on(page)
    _secret, codes = set_up(inside)
    assert len(set(codes)) == 10 and all(re.fullmatch(r"([a-z2-7]{4} ?){4}", code) for code in codes)
    assert second_factor.is_set_up(anna)
    later = inside.get("/admin/me/").content.decode()
    assert 'data-second-factor="on"' in later and not any(code in later for code in codes)


def test_recovery_codes_are_kept_as_hashes(inside):
    _secret, codes = set_up(inside)
    kept = set(StaticToken.objects.values_list("token", flat=True))
    assert len(kept) == 10 and not kept & {code.replace(" ", "") for code in codes}


@pytest.mark.parametrize(
    "typed", [{"code": "000000"}, {"password": "wrong"}, {"code": ""}, {"password": ""}, {"code": "x" * 4000}]
)
def test_it_is_not_set_up_without_a_right_code_and_the_password(inside, anna, typed):
    secret = secret_on(inside.get(SET_UP))
    answer = inside.post(SET_UP, {"code": app_code(secret), "password": PASSWORD} | typed)
    assert answer.status_code == 200 and "data-code" not in answer.content.decode()
    assert not second_factor.is_set_up(anna) and not TOTPDevice.objects.exists()


def test_the_log_in_asks_for_the_code_and_nobody_is_in_before(inside, clock):
    secret, _codes = set_up(inside)
    clock.shift(60)
    other = Client()
    answer = password_step(other)
    assert answer["Location"] == "/admin/login/code/"
    assert "_auth_user_id" not in other.session
    assert other.get("/admin/")["Location"].startswith("/admin/login/")
    assert "anna" in other.get("/admin/login/code/").content.decode()
    assert code_step(other, app_code(secret))["Location"] == "/admin/"
    assert other.get("/admin/me/").status_code == 200


def test_the_log_in_leads_on_to_where_one_wanted_to_go(inside, clock):
    secret, _codes = set_up(inside)
    clock.shift(60)
    for wanted, to in (("/admin/queue/post/?a=1", "/admin/queue/post/?a=1"), ("//evil.example/", "/admin/")):
        other = Client()
        other.post("/admin/login/", {"username": "anna", "password": PASSWORD, "next": wanted})
        assert code_step(other, app_code(secret))["Location"] == to
        clock.shift(60)


def test_a_code_is_taken_as_people_type_it_and_only_once(inside, clock):
    secret, _codes = set_up(inside)
    other = Client()
    password_step(other)
    assert code_step(other, app_code(secret)).status_code == 200, "the code of the set-up was used already"
    clock.shift(60)
    code = app_code(secret)
    assert code_step(other, f" {code[:3]} {code[3:]}").status_code == 302
    again = Client()
    password_step(again)
    assert code_step(again, code).status_code == 200


def test_a_recovery_code_lets_in_once(inside, anna):
    _secret, codes = set_up(inside)
    for typed in (codes[0], codes[1].upper().replace(" ", "-")):
        other = Client()
        password_step(other)
        assert code_step(other, typed)["Location"] == "/admin/"
    assert second_factor.codes_left(anna) == 8
    other = Client()
    password_step(other)
    assert code_step(other, codes[0]).status_code == 200


def test_after_a_wrong_code_the_next_must_wait_longer_and_longer(inside, clock):
    secret, _codes = set_up(inside)
    clock.shift(60)
    other = Client()
    password_step(other)
    assert code_step(other, "000000").status_code == 200
    early = code_step(other, app_code(secret), REMOTE_ADDR="198.51.100.7")
    assert early.status_code == 429 and "The next one is looked at in 1 s." in early.content.decode()
    clock.shift(2)
    assert code_step(other, "000000").status_code == 200
    clock.shift(1)
    assert code_step(other, app_code(secret)).status_code == 429
    clock.shift(2)
    assert code_step(other, app_code(secret)).status_code == 302


def test_five_wrong_codes_make_the_name_rest_as_wrong_passwords_do(inside, clock):
    secret, _codes = set_up(inside)
    other = Client()
    password_step(other)
    answers = []
    for _ in range(5):
        clock.shift(30)
        password_step(other)
        answers.append(code_step(other, "000000"))
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    clock.shift(60)
    assert code_step(other, app_code(secret)).status_code == 429
    assert "Too many wrong tries" in password_step(other).content.decode()


def test_what_was_typed_as_a_code_or_password_is_kept_nowhere(inside):
    _secret, codes = set_up(inside)
    other = Client()
    password_step(other)
    code_step(other, f"{codes[0]} oops")
    inside.post(f"{SET_UP}codes/", {"password": "nearly right"})
    kept = str(list(AccessAttempt.objects.values())) + str(list(FailedLogIn.objects.values()))
    assert "anna" in kept and "oops" not in kept and codes[0] not in kept and "nearly" not in kept


def test_a_right_password_waits_ten_minutes_for_its_code(inside, clock):
    secret, _codes = set_up(inside)
    other = Client()
    password_step(other)
    clock.shift(601)
    assert code_step(other, app_code(secret))["Location"] == "/admin/login/"


def test_a_password_that_was_changed_meanwhile_does_not_count(inside, anna, clock):
    secret, _codes = set_up(inside)
    other = Client()
    password_step(other)
    anna.set_password("another horse battery")
    anna.save()
    clock.shift(60)
    assert code_step(other, app_code(secret))["Location"] == "/admin/login/"


def test_nobody_reaches_the_second_step_without_the_first(client, anna):
    assert client.get("/admin/login/code/")["Location"] == "/admin/login/"
    assert code_step(client, "123456")["Location"] == "/admin/login/"


def test_setting_it_up_ends_the_sessions_that_came_in_without(inside, anna):
    other = Client()
    other.force_login(anna)
    set_up(inside)
    assert other.get("/admin/me/").status_code == 302 and inside.get("/admin/me/").status_code == 200


def test_a_replaced_app_stops_working(inside, anna, clock):
    old, old_codes = set_up(inside)
    new, _codes = set_up(inside)
    assert old != new and TOTPDevice.objects.count() == 1
    clock.shift(60)
    other = Client()
    password_step(other)
    assert code_step(other, app_code(old)).status_code == 200
    clock.shift(30)
    assert code_step(other, old_codes[0]).status_code == 200
    clock.shift(30)
    assert code_step(other, app_code(new)).status_code == 302


def test_new_recovery_codes_end_the_old_ones_and_need_the_password(inside, anna):
    _secret, old = set_up(inside)
    refused = inside.post(f"{SET_UP}codes/", {"password": "wrong"})
    assert "This is not your password." in refused.content.decode() and second_factor.verify(anna, old[0]).right
    answer = inside.post(f"{SET_UP}codes/", {"password": PASSWORD})
    new = re.findall(r"data-code>([^<]+)<", answer.content.decode())
    assert len(new) == 10 and not set(new) & set(old)
    assert second_factor.verify(anna, new[0]).right and not second_factor.verify(anna, old[1]).right


def test_it_is_removed_by_whoever_knows_the_password(inside, anna):
    set_up(inside)
    inside.post(f"{SET_UP}remove/", {"password": "wrong"})
    assert second_factor.is_set_up(anna)
    inside.post(f"{SET_UP}remove/", {"password": PASSWORD})
    assert not second_factor.is_set_up(anna) and second_factor.codes_left(anna) == 0
    assert password_step(Client())["Location"] == "/admin/"


def test_passwords_tried_from_an_open_session_count_as_at_the_log_in(inside):
    set_up(inside)
    answers = [inside.post(f"{SET_UP}codes/", {"password": "wrong"}) for _ in range(5)]
    assert answers[-1].status_code == 429 and password_step(Client()).status_code == 429


def test_the_secret_is_on_no_other_page(inside, anna):
    secret, _codes = set_up(inside)
    hidden = {secret.replace(" ", ""), TOTPDevice.objects.get().key}
    hidden |= set(StaticToken.objects.values_list("token", flat=True))
    for path in ("/admin/", "/admin/me/", f"/admin/auth/user/{anna.pk}/change/", "/admin/queue/failedlogin/"):
        page = inside.get(path).content.decode()
        assert not [text for text in hidden if text in page], path
