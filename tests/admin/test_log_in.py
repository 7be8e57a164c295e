"""The log-in: five wrong passwords and a rest, weak passwords refused, and who came in or not is written down."""

import io
import logging
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as in_force
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils import timezone

from social_queue.access import callers
from social_queue.models import FailedLogIn
from social_queue.upkeep import prune

pytestmark = pytest.mark.django_db
LOG_IN, PASSWORD = "/admin/login/", "correct horse battery"
NEW = "/admin/password_change/"


@pytest.fixture(autouse=True)
def quick_hashes(settings):
    """The real ones take longer than the tests."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def anna(django_user_model):
    return django_user_model.objects.create_superuser("anna", "anna@example.com", PASSWORD)


@pytest.fixture
def log_in(client, anna):
    """``log_in("a password", name="anna", **headers)``: one try."""

    def attempt(password, *, name="anna", **more):
        return client.post(LOG_IN, {"username": name, "password": password}, **more)

    return attempt


def test_a_bare_log_in_lands_on_the_desk(client, log_in):
    assert client.get(LOG_IN).status_code == 200
    answer = log_in(PASSWORD)
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    assert client.get(LOG_IN)["Location"] == "/admin/"


def test_a_log_in_leads_where_one_wanted_to_go_and_nowhere_else(client, log_in):
    wanted = "/admin/queue/post/?status__exact=failed"
    assert client.get(wanted)["Location"].startswith(LOG_IN)
    typed = {"username": "anna", "password": PASSWORD}
    assert client.post(LOG_IN, typed | {"next": wanted})["Location"] == wanted
    client.logout()
    assert client.post(LOG_IN, typed | {"next": "https://evil.example/"})["Location"] == "/admin/"


def test_the_log_in_that_answers_is_the_one_with_the_second_step():
    assert resolve(LOG_IN).view_name == "log-in"


@time_machine.travel("2026-12-01T12:07:30Z", tick=False)
def test_after_five_wrong_passwords_the_right_one_must_rest_too(client, log_in):
    assert [log_in(f"wrong {number}").status_code for number in range(5)] == [200, 200, 200, 200, 429]
    answer = log_in(PASSWORD)
    assert answer.status_code == 429 and "_auth_user_id" not in client.session
    assert answer["Retry-After"] == "900"
    said = answer.content.decode()
    assert "Too many wrong tries" in said and "Try again from 12:23 UTC on." in said and "autopost/admin.css" in said


def test_the_rest_is_over_after_a_quarter_of_an_hour_however_often_one_tried_meanwhile(log_in):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for number in range(5):
            log_in(f"wrong {number}")
        for _ in range(14):
            clock.shift(60)
            assert log_in("wrong again").status_code == 429
        clock.shift(61)
        assert log_in(PASSWORD)["Location"] == "/admin/"


def test_a_rest_is_for_one_name_from_one_address(log_in, django_user_model):
    django_user_model.objects.create_superuser("budi", password=PASSWORD)
    for _ in range(5):
        log_in("wrong")
    assert log_in(PASSWORD, name="budi").status_code == 302
    assert log_in(PASSWORD, REMOTE_ADDR="198.51.100.7").status_code == 302
    assert log_in(PASSWORD).status_code == 429


def test_a_name_that_nobody_has_is_answered_alike(log_in):
    tries = [log_in("wrong", name="nobody") for _ in range(6)]
    assert [answer.status_code for answer in tries] == [200, 200, 200, 200, 429, 429]


def test_a_right_password_in_time_begins_the_count_anew(client, log_in):
    for _ in range(3):
        for _ in range(4):
            assert log_in("wrong").status_code == 200
        assert log_in(PASSWORD).status_code == 302
        client.logout()


def test_a_made_up_address_does_not_help(log_in):
    tries = [log_in("wrong", HTTP_X_REAL_IP=f"203.0.113.{n}", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}") for n in range(6)]
    assert tries[-1].status_code == 429


def test_behind_a_web_server_of_ours_its_callers_are_told_apart(settings, log_in):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    tries = [log_in("wrong", HTTP_X_REAL_IP="203.0.113.1") for _ in range(5)]
    assert tries[-1].status_code == 429
    assert log_in(PASSWORD, HTTP_X_REAL_IP="203.0.113.2").status_code == 302


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", "0.0.0.0"),
        ("nonsense", "0.0.0.0"),
    ],
)
def test_whoever_has_one_address_of_ipv6_has_all_beside_it(rf, address, counted):
    assert callers.counted_as(rf.get("/", REMOTE_ADDR=address)) == counted


def test_the_page_of_the_rest_speaks_indonesian(log_in):
    tries = [log_in("wrong", HTTP_ACCEPT_LANGUAGE="id") for _ in range(6)]
    assert 'lang="id"' in tries[-1].content.decode()


def test_who_did_not_come_in_is_logged_and_listed(log_in, caplog, desk):
    with caplog.at_level(logging.INFO):
        for _ in range(6):
            log_in("hunter2 hunter2", name="anna\nroot")
        log_in(PASSWORD)
    lines = [record.getMessage() for record in caplog.records if record.name == "social_queue.access.log_ins"]
    tried = r"log-in of 'anna\nroot' from 127.0.0.1"
    assert lines.count(f"{tried} failed: wrong password") == 5
    assert lines.count(f"{tried} rests for 15 minutes: too many failed") == 2
    assert lines[-1] == "log-in of 'anna' from 127.0.0.1"
    assert "hunter2" not in caplog.text
    page = desk.list("failedlogin")
    assert page.count("127.0.0.1") == 5 and "hunter2" not in page


def test_the_list_of_failed_log_ins_can_only_be_read(log_in, desk):
    log_in("wrong")
    row = FailedLogIn.objects.get()
    # The library's own name of a row is a sentence with a moment to the microsecond.
    assert str(row) == "anna (127.0.0.1)" and "Failed access" not in desk.page(row)
    assert "127.0.0.1" in desk.page(row)
    for page in ("add/", f"{row.pk}/delete/"):
        assert desk.client.get(f"/admin/queue/failedlogin/{page}").status_code == 403
    desk.client.post(f"/admin/queue/failedlogin/{row.pk}/change/", {"username": "x"})
    assert FailedLogIn.objects.get().username == "anna"


def test_the_list_of_failed_log_ins_says_how_a_rest_is_ended(desk):
    shown = desk.client.get("/admin/queue/failedlogin/").content.decode()
    assert "autopost axes_reset_username" in shown and "must rest for 15 minutes" in shown


def test_old_failed_log_ins_and_ended_sessions_are_pruned(client, log_in, media_root):
    log_in("wrong")
    log_in(PASSWORD)
    now = timezone.now()
    assert prune.prune(now + timedelta(hours=1))["failed_log_ins"] == 0
    later = prune.prune(now + timedelta(days=in_force.KEEP_LOGS_DAYS + 1))
    assert (later["failed_log_ins"], later["sessions"]) == (1, 1)


@pytest.mark.parametrize(
    "weak", ["short one", "password1234", "123456789012345", "anna@example", "aaaaaaaaaaaa", "annaANNAanna"]
)
def test_weak_passwords_are_refused(client, anna, weak):
    client.force_login(anna)
    told = client.post(
        "/admin/password_change/", {"old_password": PASSWORD, "new_password1": weak, "new_password2": weak}
    )
    anna.refresh_from_db()
    assert told.status_code == 200 and anna.check_password(PASSWORD)


def test_whoever_sits_at_an_open_session_may_not_guess_the_old_password_for_ever(client, anna):
    client.force_login(anna)
    new = "another horse battery"
    for number in range(5):
        told = client.post(NEW, {"old_password": f"guess {number}", "new_password1": new, "new_password2": new})
    assert told.status_code == 429
    told = client.post(NEW, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    anna.refresh_from_db()
    assert told.status_code == 429 and anna.check_password(PASSWORD)
    assert FailedLogIn.objects.filter(username="anna").count() == 5
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        told = client.post(NEW, {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    anna.refresh_from_db()
    assert told["Location"] == "/admin/password_change/done/" and anna.check_password(new)


def test_a_superuser_can_be_made_without_questions(monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "demo")
    call_command("createsuperuser", "--noinput", username="admin", email="a@example.com", stdout=io.StringIO())
    assert get_user_model().objects.get(username="admin").check_password("demo")


def test_a_session_ends_twelve_hours_after_the_last_press(client, log_in):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        log_in(PASSWORD)
        for _ in range(3):
            clock.shift(timedelta(hours=11))
            assert client.get("/admin/me/").status_code == 200
        clock.shift(timedelta(hours=12, seconds=1))
        assert client.get("/admin/me/").status_code == 302


def test_a_page_that_renews_itself_keeps_nobody_logged_in(client, log_in):
    """It asks three times a minute as long as it is shown, on a computer that everybody has left."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        log_in(PASSWORD)
        for _ in range(2):
            clock.shift(timedelta(hours=5))
            assert client.get("/admin/queue/post/", headers={"X-Live": "-"}).status_code == 200
        clock.shift(timedelta(hours=2, seconds=1))
        assert client.get("/admin/queue/post/", headers={"X-Live": "-"}).status_code == 302
        assert client.get("/admin/queue/post/").status_code == 302


def test_presses_in_a_row_do_not_write_the_session_each_time(client, log_in):
    log_in(PASSWORD)
    client.get("/admin/me/")
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/me/")
    about = [query["sql"] for query in asked.captured_queries if "django_session" in query["sql"]]
    assert about and all(sql.startswith("SELECT") for sql in about)


def test_somebody_lost_a_phone_and_ends_every_other_session(client, anna, django_user_model):
    others = [Client() for _ in range(3)]
    for other in (client, *others[:2]):
        other.force_login(anna)
    others[2].force_login(django_user_model.objects.create_superuser("budi"))
    assert client.post("/admin/me/log-out-elsewhere/").status_code == 302
    assert [other.get("/admin/me/").status_code for other in (client, *others)] == [200, 302, 302, 200]


def test_whoever_has_forgotten_the_password_reads_whom_to_ask(client, log_in):
    told = "Forgotten your password? Whoever runs this site can set a new one for your name."
    assert told in client.get(LOG_IN).content.decode()
    for _try in range(5):
        answer = log_in("wrong")
    assert answer.status_code == 429 and told in answer.content.decode()
