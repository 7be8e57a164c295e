"""Links by which people make their own log-in, the zone and language they choose, and what they did."""

import html
import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from social_queue.access import invitations
from social_queue.models import Activity, Habits, Invitation
from tests import factories

pytestmark = pytest.mark.django_db
PASSWORD = "correct horse battery"
TYPED = {"username": "rina", "first_name": "Rina", "password": PASSWORD, "again": PASSWORD}


@pytest.fixture
def link(desk):
    """``link(role)``: the address that a superuser got for it."""

    def make(role="Editor"):
        sent = {"role": Group.objects.get(name=role).pk, "note": "Rina"}
        page = desk.client.post(reverse("invitations"), sent).content.decode()
        return html.unescape(re.search(r"data-invitation>([^<]+)<", page)[1])

    return make


@pytest.mark.parametrize("role", ["Viewer", "Editor", "Approver", "Operator"])
def test_a_link_makes_one_person_with_its_role_and_then_nobody(link, role):
    address, guest = link(role), Client()
    assert guest.get(address).status_code == 200
    answer = guest.post(address, TYPED, follow=True)
    assert answer.redirect_chain[-1][0] == "/admin/" and answer.status_code == 200
    made = User.objects.get(username="rina")
    assert [group.name for group in made.groups.all()] == [role]
    assert (made.is_staff, made.is_superuser, made.first_name) == (True, False, "Rina")
    assert made.check_password(PASSWORD)
    assert Client().get(address).status_code == 410
    assert Client().post(address, TYPED | {"username": "second"}).status_code == 410
    assert not User.objects.filter(username="second").exists()


def test_a_link_ends_after_a_day_and_when_it_is_revoked(link, desk, monkeypatch):
    old, revoked = link(), link()
    row = Invitation.objects.order_by("pk").first()
    Invitation.objects.filter(pk=row.pk).update(ends_at=timezone.now() - timedelta(seconds=1))
    assert Client().get(old).status_code == 410
    desk.client.post(reverse("invitation-revoke", args=[Invitation.objects.order_by("pk").last().pk]))
    assert Client().get(revoked).status_code == 410
    assert row.ends_at - row.made_at == timedelta(hours=24)


def test_a_link_can_not_be_made_up_or_changed(link):
    address = link()
    for wrong in (address[:-3] + "aa/", re.sub(r"invitation/[^/]+", "invitation/x", address)):
        assert Client().get(wrong).status_code == 410
    assert address.rstrip("/").rpartition("/")[2] not in str(list(Invitation.objects.values()))


def test_a_link_gives_away_nothing_that_its_maker_has_lost(link, django_user_model):
    address = link()
    django_user_model.objects.filter(username="editor").update(is_active=False)
    assert Client().get(address).status_code == 410


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "rinarinarina", "again": "rinarinarina"}, "password"),
        ({"again": "another password"}, "again"),
        ({"username": "editor"}, "username"),
        ({"username": ""}, "username"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_uses_up_nothing(link, change, field):
    address, guest = link(), Client()
    answer = guest.post(address, TYPED | change)
    assert answer.status_code == 200 and field in answer.context["form"].errors
    assert guest.post(address, TYPED).status_code == 302


def test_only_two_at_once_make_one(link, now):
    row = invitations.standing(timezone.now()).get() if link() else None
    invitations.accept(row, User(username="first"), now=timezone.now())
    with pytest.raises(invitations.Over):
        invitations.accept(row, User(username="second"), now=timezone.now())
    assert not User.objects.filter(username="second").exists()


def test_nobody_invites_to_more_than_he_may_himself(client, django_user_model, grant):
    helper = django_user_model.objects.create_user("helper", is_staff=True)
    client.force_login(helper)
    assert client.get(reverse("invitations")).status_code == 403
    grant(helper, "auth.add_user")
    helper.groups.add(Group.objects.get(name="Editor"))
    client.force_login(User.objects.get(pk=helper.pk))
    page = client.get(reverse("invitations"))
    assert [label for _pk, label in page.context["form"].fields["role"].choices] == ["Editor", "Viewer"]
    client.post(reverse("invitations"), {"role": Group.objects.get(name="Operator").pk})
    assert not Invitation.objects.exists()


def test_every_time_is_in_the_zone_that_a_person_chose(desk, now):
    post = factories.make_post()
    assert "12:00 UTC" in desk.list("post")
    answer = desk.client.post(reverse("me-habits"), {"zone": "asia/jakarta", "language": ""}, follow=True)
    assert "WIB" in desk.text(answer)
    assert "19:00 WIB" in desk.list("post") and "19:00 WIB" in desk.page(post.item)
    desk.client.post(reverse("me-habits"), {"zone": "Asia/Makassar", "language": ""})
    assert "20:00 WITA" in desk.list("post")
    assert timezone.get_current_timezone_name() == "UTC"


def test_what_is_typed_is_in_that_zone_too(desk):
    item = factories.make_item(publish_at=timezone.now() + timedelta(days=3))
    desk.client.post(reverse("me-habits"), {"zone": "Asia/Jakarta"})
    page = desk.client.get(reverse("admin:queue_queueitem_change", args=[item.pk])).content.decode()
    local = timezone.localtime(item.publish_at, timezone.zoneinfo.ZoneInfo("Asia/Jakarta"))
    assert f'value="{local:%H:%M}"' in page and 'class="ap-zone">WIB<' in page


def test_pages_are_in_the_language_that_a_person_chose_whatever_the_browser_asks(desk):
    desk.client.post(reverse("me-habits"), {"zone": "", "language": "id"})
    answer = desk.client.get("/admin/", headers={"accept-language": "en"})
    assert '<html lang="id"' in answer.content.decode() and answer.headers["Content-Language"] == "id"
    desk.client.post(reverse("set_language"), {"language": "en", "next": "/admin/"})
    assert '<html lang="en"' in desk.client.get("/admin/").content.decode()
    assert Habits.objects.get().language == "en"


def test_a_zone_that_there_is_not_is_said_beside_the_field(desk):
    answer = desk.client.post(reverse("me-habits"), {"zone": "Asia/Jakart", "language": "xx"})
    assert "did you mean Asia/Jakarta?" in desk.text(answer)
    assert set(answer.context["habits"].errors) == {"zone", "language"} and not Habits.objects.exists()


def test_a_zone_that_the_machine_forgot_is_the_sites(desk, django_user_model):
    Habits.objects.create(person=django_user_model.objects.get(), zone="Mars/Base", language="xx")
    assert "UTC" in desk.page(factories.make_item()) and desk.client.get(reverse("me")).status_code == 200


@pytest.fixture
def done(desk, django_user_model):
    """Two people's doings on two days."""
    other = django_user_model.objects.create_user("rina", is_staff=True)
    item, account = factories.make_item(title="Gates"), factories.make_account(slug="fb-page")
    LogEntry.objects.log_actions(other.pk, [item], CHANGE, "Approve")
    LogEntry.objects.update(action_time=timezone.now() - timedelta(days=3))
    LogEntry.objects.log_actions(django_user_model.objects.get(username="editor").pk, [account], CHANGE, "Pause")
    return other


def rows(answer) -> list[str]:
    return [row.object_repr for row in answer.context["cl"].result_list]


def test_activity_is_filtered_by_person_kind_and_day(desk, done):
    address = reverse("admin:queue_activity_changelist")
    everything = rows(desk.client.get(address))
    assert len(everything) == 2
    item, account = everything[1], everything[0]
    assert rows(desk.client.get(address, {"person": done.pk})) == [item]
    kind = LogEntry.objects.get(change_message="Pause").content_type_id
    assert rows(desk.client.get(address, {"kind": kind})) == [account]
    today = timezone.localdate()
    assert rows(desk.client.get(address, {"action_time_from": today})) == [account]
    assert rows(desk.client.get(address, {"action_time_to": today - timedelta(days=1)})) == [item]
    then = today - timedelta(days=3)
    assert rows(desk.client.get(address, {"action_time_from": then, "action_time_to": then})) == [item]
    assert rows(desk.client.get(address, {"action_time_from": today + timedelta(days=2)})) == []


def test_activity_is_in_the_readers_language_whoever_pressed(desk, done):
    assert "Setujui" in desk.text(
        desk.client.get(reverse("admin:queue_activity_changelist"), headers={"accept-language": "id"})
    )


def test_what_an_indonesian_pressed_is_kept_in_english(client, django_user_model):
    client.force_login(django_user_model.objects.create_superuser("editor"))
    account = factories.make_account()
    address = reverse("admin:queue_platformaccount_press", args=[account.pk, "pause"])
    client.post(address, headers={"accept-language": "id"})
    kept = list(LogEntry.objects.values_list("change_message", flat=True))
    assert kept == ["Pause"]


def test_a_day_is_found_without_reading_all_that_was_done(desk, done, django_assert_max_num_queries):
    LogEntry.objects.bulk_create(
        LogEntry(user=done, action_flag=CHANGE, object_repr=f"Row {number}", change_message="Approve")
        for number in range(2000)
    )
    with django_assert_max_num_queries(60):
        desk.client.get(reverse("admin:queue_activity_changelist"), {"action_time_to": timezone.localdate()})


def test_activity_is_for_those_who_may_see_it(client, django_user_model, grant):
    person = django_user_model.objects.create_user("viewer", is_staff=True)
    client.force_login(person)
    assert client.get(reverse("admin:queue_activity_changelist")).status_code == 403
    grant(person, "queue.view_activity")
    assert client.get(reverse("admin:queue_activity_changelist")).status_code == 200
    assert Activity.objects.count() == 0
