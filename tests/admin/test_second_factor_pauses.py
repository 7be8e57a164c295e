"""However many wrong codes somebody tried who knows the password: its owner is let in again before the hour is over."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from social_queue.access import second_factor
from tests.support.codes import app_code

pytestmark = pytest.mark.django_db
PASSWORD, LONGEST = "correct horse battery", timedelta(seconds=1024)
KINDS = {"app": (TOTPDevice, "000000"), "recovery": (StaticDevice, "a" * 16)}


@pytest.fixture
def clock():
    with time_machine.travel("2026-12-01T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def anna(django_user_model, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return django_user_model.objects.create_superuser("anna", "anna@example.com", PASSWORD)


@pytest.fixture
def right(anna, clock):
    """``right["app"]()`` is a code that counts now, and so is ``right["recovery"]()``."""
    secret = second_factor.new_secret()
    codes = second_factor.set_up(anna, secret, app_code(second_factor.typed_form(secret)))
    clock.shift(60)
    return {"app": lambda: app_code(second_factor.typed_form(secret)), "recovery": lambda: codes[0]}


def _guessed(kind: str, times: int) -> None:
    KINDS[kind][0].objects.update(throttling_failure_count=times, throttling_failure_timestamp=timezone.now())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", [11, 12, 25, 5000])
def test_the_pause_ends_after_seventeen_minutes(anna, clock, right, kind, times):
    _guessed(kind, times)
    clock.shift(LONGEST - timedelta(seconds=1))
    early = second_factor.verify(anna, right[kind]())
    assert (early.right, early.too_soon) == (False, True)
    assert early.not_before == timezone.now() + timedelta(seconds=1)
    clock.shift(1)
    assert second_factor.verify(anna, right[kind]()).right


@pytest.mark.parametrize("kind", KINDS)
def test_guessing_all_day_looks_at_less_than_a_hundred_codes(anna, clock, right, kind):
    begun, looked_at = timezone.now(), 0
    while timezone.now() - begun < timedelta(days=1):
        verdict = second_factor.verify(anna, KINDS[kind][1])
        assert not verdict.right and not verdict.too_soon
        looked_at += 1
        clock.move_to(verdict.not_before)
    assert looked_at <= 84 + 10, "while the pauses still grow, ten more"
    assert second_factor.verify(anna, right[kind]()).right


def test_wrong_codes_of_one_kind_leave_the_other_alone(anna, right):
    _guessed("app", 25)
    assert second_factor.verify(anna, right["recovery"]()).right


def test_the_page_says_when_to_come_back_and_whoever_does_is_in(client, anna, clock, right):
    _guessed("app", 9)
    clock.shift(256)
    client.post("/admin/login/", {"username": "anna", "password": PASSWORD})
    wrong = client.post("/admin/login/code/", {"code": "000000"})
    assert wrong.status_code == 200 and "The next one is looked at in 9\xa0minutes." in wrong.content.decode()
    clock.shift(300)
    early = client.post("/admin/login/code/", {"code": right["app"]()})
    assert (early.status_code, early["Retry-After"]) == (429, "212")
    assert "The next one is looked at in 4\xa0minutes." in early.content.decode(), "212 s are more than three minutes"
    clock.shift(240)
    client.post("/admin/login/", {"username": "anna", "password": PASSWORD})
    assert client.post("/admin/login/code/", {"code": right["app"]()}).status_code == 302


def test_a_pause_that_nobody_notices_is_not_spoken_of(client, anna, right):
    client.post("/admin/login/", {"username": "anna", "password": PASSWORD})
    answer = client.post("/admin/login/code/", {"code": "000000"}).content.decode()
    assert "This code is wrong" in answer and "Too many wrong codes" not in answer
