"""The page on which approvals are taken along as a file: its days, its file, and who may have it."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.models import Approval
from social_queue.operations import items
from social_queue.operations.pressing import Pressing
from tests import factories

pytestmark = pytest.mark.django_db
AT = "/admin/queue/approvals/"


@pytest.fixture
def approved(admin_user):
    """One approved today, one forty days ago."""
    factories.make_account("facebook", slug="fb-page")
    now = timezone.now()
    found = []
    for days in (0, 40):
        item = factories.make_item(status="draft", channels=["fb-page"], title=f"Of {days} days ago")
        items.approve(item, now=now, press=Pressing(now, person=admin_user.pk))
        Approval.objects.filter(item=item).update(approved_at=now - timedelta(days=days))
        found.append(item)
    return found


def rows(answer) -> list[dict]:
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_the_last_thirty_days_are_counted_and_any_days_are_a_file(desk, approved):
    page = desk.client.get(AT)
    assert "1 approval in these days." in desk.text(page)
    day = timezone.localdate() - timedelta(days=40)
    span = {"since": f"{day}", "until": f"{timezone.localdate()}"}
    assert "2 approvals in these days." in desk.text(desk.client.get(AT, span))
    answer = desk.client.get(AT, span | {"file": "csv"})
    assert f"approvals-{day}-to-" in answer.headers["Content-Disposition"]
    assert [row["title"] for row in rows(answer)] == ["Of 40 days ago", "Of 0 days ago"]
    assert [row["title"] for row in rows(desk.client.get(AT, {"since": day, "until": day, "file": "csv"}))] == [
        "Of 40 days ago"
    ]


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [("2026-02-02", "2026-02-01", "before the first"), ("soon", "2026-02-01", "valid date"), ("2026-02-01", "", "req")],
)  # fmt: skip
def test_days_that_make_no_span_are_said_at_their_field_and_give_no_file(desk, since, until, said):
    answer = desk.client.get(AT, {"since": since, "until": until, "file": "csv"})
    assert not answer.streaming and said in desk.text(answer)


def test_it_takes_a_permission_of_its_own(client, django_user_model, grant, approved):
    person = django_user_model.objects.create_user("approver", is_staff=True)
    grant(person, "queue.view_queueitem", "queue.approve_queueitem")
    client.force_login(person)
    assert client.get(AT).status_code == 403
    assert AT not in client.get("/admin/").content.decode()
    grant(person, "queue.export_approval")
    client.force_login(django_user_model.objects.get(pk=person.pk))
    assert client.get(AT).status_code == 200
    assert AT in client.get("/admin/").content.decode()
