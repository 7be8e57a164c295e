"""An account's page says when: zone, slots, quiet hours, what was missed."""

from datetime import UTC, datetime

import pytest

from social_queue.models import PlatformAccount, Post
from tests.factories import make_account, make_item, make_post

pytestmark = pytest.mark.django_db
NOON = datetime(2036, 12, 1, 5, 0, tzinfo=UTC)
GOOD = {
    "name": "Our page",
    "slug": "fb-page",
    "address": "1029384756",
    "include_link": "on",
    "link_mode": "",
    "min_interval_s": "0",
    "zone": "Asia/Jakarta",
    "slots": "mon,tue 9:00",
    "quiet_hours": "22:00-7:00",
    "late_policy": "spread",
    "late_after": "90",
    "_save": "1",
}


@pytest.fixture
def page(admin_client):
    account = make_account("facebook", slug="fb-page", address="1029384756")
    return lambda **more: admin_client.post(f"/admin/queue/platformaccount/{account.pk}/change/", GOOD | more)


def test_what_is_typed_is_kept_in_its_shortest_form(page):
    assert page().status_code == 302
    account = PlatformAccount.objects.get()
    assert (account.zone, account.slots, account.quiet_hours) == ("Asia/Jakarta", "mon-tue 09:00", "22:00-07:00")
    assert (account.late_policy, account.late_after) == ("spread", 90)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("zone", "Asia/Djakarta", "did you mean Asia/Jakarta?"),
        ("slots", "mon 9:00; moon 10:00", "“moon” is no day"),
        ("slots", "mon 23:00", "Every slot falls into the quiet hours 22:00-07:00."),
        ("quiet_hours", "at night", "is no span of the day such as 22:00-07:00."),
        ("late_after", "0", "Must be a number of minutes"),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field(page, field, typed, said):
    answer = page(**{field: typed})
    assert answer.status_code == 200
    assert any(said in sentence for sentence in answer.context["adminform"].form.errors[field])
    assert PlatformAccount.objects.get().zone == ""


def test_a_posts_page_says_that_it_waits_for_quiet_hours_or_its_slot(admin_client):
    account = make_account("telegram", zone="Asia/Jakarta", quiet_hours="22:00-07:00")
    night = datetime(2036, 12, 1, 16, 0, tzinfo=UTC)
    quiet, slotted = make_post(make_item(publish_at=night), account), make_post(make_item(publish_at=NOON), account)
    Post.objects.filter(pk=slotted.pk).update(slot_at=NOON)
    assert "quiet hours until" in admin_client.get(f"/admin/queue/post/{quiet.pk}/change/").content.decode()
    assert "It has the slot of" in admin_client.get(f"/admin/queue/post/{slotted.pk}/change/").content.decode()
