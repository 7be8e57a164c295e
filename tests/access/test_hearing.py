"""Each person hears of what they chose, in their own chat, outside of their quiet hours, and of nothing twice."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import reverse
from django.utils import translation

from autopost_site import mail
from social_queue.access import habits, hearing
from social_queue.alerts import ledger
from social_queue.models import Alert, Hearing
from tests.support.environment import NOWHERE
from tests.support.mail_server import MailServer

pytestmark = pytest.mark.django_db
CHAT = "-100555"


@pytest.fixture
def phone(sandbox, settings):
    """What the person's own chat has shown."""
    settings.TELEGRAM_ALERT_BOT_TOKEN = "4242:sandbox-alerts"
    return lambda: [posting.text for posting in sandbox.wall if posting.address == CHAT]


@pytest.fixture
def mailed(settings):
    """The site's mail server, for once a real one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailServer() as server:
        settings.MAIL_SERVER = mail.server(server.address)
        yield server


def seeing_alerts(name):
    person = User.objects.create_user(name, is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_alert"))
    return person


@pytest.fixture
def rina():
    return seeing_alerts("rina")


def keep(person, *kinds, quiet=""):
    hearing.keep(person, chat=CHAT, kinds=list(kinds) or ["shortlink"], quiet_hours=quiet)


def alert(now, about="bitly", kind="shortlink"):
    return ledger.raise_alert(kind, about=about, reason=f"{about} rests & <sleeps>.", now=now)


def later(now, **more):
    return now + timedelta(**(more or {"minutes": 1}))


def test_a_chosen_kind_is_told_once_and_others_never(phone, rina, now):
    keep(rina)
    alert(now)
    alert(now, kind="no_tick")
    assert hearing.tell_due(later(now)) == 1
    assert hearing.tell_due(later(now, minutes=2)) == 0
    assert len(phone()) == 1 and "bitly rests & <sleeps>" in phone()[0] and "dispatched" not in phone()[0]


def test_what_was_before_is_not_told(phone, rina, now):
    alert(now)
    keep(rina)
    assert hearing.tell_due(later(now)) == 0 and phone() == []


def test_quiet_hours_are_the_persons_own_and_what_came_in_them_is_told_afterwards(phone, rina, now):
    habits.keep(rina, zone="Asia/Jakarta")
    keep(rina, quiet="18:30-20:00")  # 12:00 UTC is 19:00 in Jakarta
    alert(now)
    over = alert(now, about="other")
    assert hearing.tell_due(later(now)) == 0
    Alert.objects.filter(pk=over.pk).update(resolved_at=now)
    assert hearing.tell_due(later(now, minutes=61)) == 1
    assert len(phone()) == 1 and "other" not in phone()[0]


def test_many_come_in_one_message(phone, rina, now):
    keep(rina)
    for number in range(14):
        alert(now, about=f"thing {number}")
    assert hearing.tell_due(later(now)) == 1
    assert len(phone()) == 1 and phone()[0].count("rests") == 10 and "And more" in phone()[0]


def test_what_did_not_arrive_is_told_again_and_the_page_says_so(phone, rina, now, settings, sandbox, client):
    keep(rina)
    alert(now)
    address, settings.TELEGRAM_API_URL = settings.TELEGRAM_API_URL, NOWHERE
    assert hearing.tell_due(later(now)) == 0 and Hearing.objects.get().error
    settings.TELEGRAM_API_URL = address
    assert hearing.tell_due(later(now, minutes=2)) == 1
    assert len(phone()) == 1 and not Hearing.objects.get().error


def test_mail_goes_its_own_way(phone, mailed, rina, now, settings):
    hearing.keep(rina, chat=CHAT, mail="rina@example.org", kinds=["shortlink"], quiet_hours="")
    alert(now)
    settings.TELEGRAM_API_URL = NOWHERE
    assert hearing.tell_due(later(now)) == 1
    (letter,) = mailed.taken
    assert letter["To"] == "rina@example.org" and letter["Subject"] == "Autopost: short links fall back"
    assert "bitly rests & <sleeps>" in letter.get_content()
    assert hearing.tell_due(later(now, minutes=2)) == 0 and len(mailed.taken) == 1


def test_a_mailbox_that_is_not_there_holds_up_nobody_else(mailed, rina, now):
    mailed.refuses = True
    hearing.keep(rina, mail="gone@example.org", kinds=["shortlink"], quiet_hours="")
    hearing.keep(seeing_alerts("sari"), mail="sari@example.org", kinds=["shortlink"], quiet_hours="")
    alert(now)
    assert hearing.tell_due(later(now)) == 0
    assert ["No such mailbox" in row.mail_error for row in Hearing.objects.all()] == [True, True]
    mailed.refuses = False
    assert hearing.tell_due(later(now, minutes=2)) == 2 and len(mailed.taken) == 2


def test_a_mail_server_is_one_address(monkeypatch):
    found = mail.server("smtp+tls://desk%40x:p%2Fw@mail.example.org")
    assert (found.host, found.port, found.user, found.password) == ("mail.example.org", 587, "desk@x", "p/w")
    assert found.starts_tls and not found.speaks_tls and "p/w" not in repr(found)
    for wrong in ("mail.example.org", "smtp://", "http://me:secret@mail.example.org", "smtp://me:secret@host:port"):
        with pytest.raises(ValueError, match=r"no address such as") as fault:
            mail.server(wrong)
        assert "secret@" not in str(fault.value)


def test_it_is_in_the_persons_language(phone, rina, now):
    habits.keep(rina, language="id")
    keep(rina)
    alert(now)
    hearing.tell_due(later(now))
    with translation.override("id"):
        assert str(Alert.objects.get().get_kind_display()) in phone()[0]


def test_whoever_has_gone_hears_nothing(phone, rina, now):
    keep(rina)
    alert(now)
    User.objects.update(is_active=False)
    assert hearing.tell_due(later(now)) == 0


@pytest.mark.parametrize("lost", ["right", "desk"])
def test_whoever_may_not_see_alerts_any_more_hears_of_none(phone, rina, now, lost):
    keep(rina)
    alert(now)
    if lost == "right":
        rina.user_permissions.clear()
    else:
        User.objects.update(is_staff=False)
    assert hearing.tell_due(later(now)) == 0 and phone() == []


def test_whoever_may_not_see_alerts_can_not_ask_to_be_told(phone, client, rina):
    rina.user_permissions.clear()
    client.force_login(rina)
    assert "data-hearing" not in client.get(reverse("me")).content.decode()
    wanted = {"chat": CHAT, "kinds": ["shortlink"], "quiet_hours": ""}
    assert client.post(reverse("me-hearing"), wanted).status_code == 403
    assert not Hearing.objects.exists()


def test_the_form_says_beside_the_field_what_is_wrong(client, settings, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor"))
    assert "neither a bot nor" in client.get(reverse("me")).content.decode()
    settings.TELEGRAM_ALERT_BOT_TOKEN = "4242:sandbox-alerts"
    wrong = {"chat": "@rina", "kinds": ["nonsense"], "quiet_hours": "at night"}
    answer = client.post(reverse("me-hearing"), wrong)
    assert set(answer.context["hearing"].errors) == {"chat", "kinds", "quiet_hours"} and not Hearing.objects.exists()
    good = {"chat": CHAT, "kinds": ["shortlink", "undecided"], "quiet_hours": "22:00 - 07:00"}
    assert client.post(reverse("me-hearing"), good).status_code == 302
    row = Hearing.objects.get()
    assert (row.chat, row.kinds, row.quiet_hours) == (CHAT, ["shortlink", "undecided"], "22:00-07:00")


def test_one_that_a_clock_raised_that_ran_ahead_is_told(phone, rina, now):
    keep(rina)
    alert(now + timedelta(hours=2))
    assert hearing.tell_due(now) == 1 and len(phone()) == 1
    assert hearing.tell_due(later(now)) == 0


def test_one_of_a_host_whose_clock_is_a_little_ahead_is_passed_by_by_none(phone, rina, now):
    keep(rina)
    alert(now + timedelta(seconds=30), about="first")
    alert(now, about="second")
    hearing.tell_due(now + timedelta(seconds=15))
    hearing.tell_due(later(now))
    assert "first" in "".join(phone()) and "second" in "".join(phone())
