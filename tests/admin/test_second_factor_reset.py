"""A second factor whose phone is gone: a superuser takes it away, or a command, and nobody else."""

import base64
import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from social_queue.access import second_factor
from tests.support.codes import app_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(django_user_model):
    """``person("name", **fields)``: somebody with a second factor, and a browser in which they are logged in."""

    def make(name, **fields):
        user = django_user_model.objects.create_user(name, is_staff=True, **fields)
        secret = second_factor.new_secret()
        assert second_factor.set_up(user, secret, app_code(base64.b32encode(bytes.fromhex(secret)).decode()))
        browser = Client()
        browser.force_login(user)
        return user, browser

    return make


def press(user):
    return f"/admin/auth/user/{user.pk}/press/reset-second-factor/"


def test_a_superuser_takes_it_away_and_whoever_has_the_phone_is_logged_out(desk, person):
    budi, theirs = person("budi")
    assert press(budi) in desk.client.get(f"/admin/auth/user/{budi.pk}/change/").content.decode()
    desk.client.post(press(budi))
    assert not second_factor.is_set_up(budi) and second_factor.codes_left(budi) == 0
    assert theirs.get("/admin/me/").status_code == 302
    assert press(budi) not in desk.client.get(f"/admin/auth/user/{budi.pk}/change/").content.decode()


def test_nobody_but_a_superuser_takes_it_away(person, client, django_user_model, grant):
    budi, _theirs = person("budi")
    helper = django_user_model.objects.create_user("helper", is_staff=True)
    grant(helper, "auth.change_user", "auth.view_user")
    client.force_login(helper)
    assert client.post(press(budi)).status_code == 403
    assert press(budi) not in client.get(f"/admin/auth/user/{budi.pk}/change/").content.decode()
    assert second_factor.is_set_up(budi)


def test_a_command_takes_it_away_when_nobody_is_left_to_press(person):
    budi, theirs = person("budi", is_superuser=True)
    told = io.StringIO()
    call_command("reset_second_factor", "budi", stdout=told)
    assert "budi logs in by the password alone. Sessions that were ended: 1." in told.getvalue()
    assert not second_factor.is_set_up(budi) and theirs.get("/admin/me/").status_code == 302
    call_command("reset_second_factor", "budi", stdout=told)
    assert "nothing to remove" in told.getvalue()
    with pytest.raises(CommandError, match="nobody named 'nobody'"):
        call_command("reset_second_factor", "nobody")
