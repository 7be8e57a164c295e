"""One way to write a moment on every page: “Tue 25 Nov 2025, 21:43 UTC”, without seconds, with its zone."""

import json
import re
from datetime import UTC, datetime

import pytest
from axes.models import AccessFailureLog
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.db.models import DateTimeField
from django.urls import NoReverseMatch, reverse

from metrics.models import Click, ClickTotal
from social_queue.access import keys
from social_queue.models import (
    Alert,
    CaptionTemplate,
    CooldownRule,
    Event,
    EventSending,
    Feed,
    LabelLine,
    Series,
    Subscription,
    WebhookLog,
    WebhookSource,
)
from tests import factories

pytestmark = pytest.mark.django_db
#: Of another year and with seconds: whoever writes it in a form of his own shows it.
MOMENT = datetime(2025, 11, 25, 21, 43, 17, tzinfo=UTC)
OURS = {"en": r"(Tue )?25 Nov 2025, 21:43 UTC", "id": r"(Sel )?25 Nov 2025, 21:43 UTC"}
#: How often something repeats is no moment, and a sentence: its zone is a name, its last day is written out.
_REPEATS = r"(every day at|setiap hari pukul) 21:43 \(UTC\), (until|sampai) 25 November 2025"
#: Tables without a moment, or which only say how long ago it was.
_WITHOUT = {"CooldownRule", "Group", "Feed"}


@pytest.fixture
def a_row_of_everything(admin_user):
    """Each table has one row, all of whose moments are MOMENT."""
    account = factories.make_account("telegram")
    item = factories.make_item(account, expires_at=MOMENT)
    post = item.posts.get()
    factories.make_attempt(post)
    keys.issue("shop")
    Alert.objects.create(kind="shortlink", text="Bitly rests.", raised_at=MOMENT)
    CaptionTemplate.objects.create(platform="telegram", body="{{ title }}")
    CooldownRule.objects.create(name="games")
    LabelLine.objects.create(language="en", line="Made with AI")
    Group.objects.get_or_create(name="Editor")
    event = Event.objects.create(type="post.published", data={})
    subscription = Subscription.objects.create(url="https://example.com/in", host="example.com")
    EventSending.objects.create(event=event, subscription=subscription, url=subscription.url, sent_at=MOMENT)
    source = WebhookSource.objects.create(slug="shop")
    WebhookLog.objects.create(received_at=MOMENT, source=source.slug, body=b"{}")
    Feed.objects.create(slug="news", url="https://example.com/feed")
    Series.objects.create(source="bot", rule="FREQ=DAILY", zone="UTC", begins_at=MOMENT)
    AccessFailureLog.objects.create(username="rina", ip_address="127.0.0.1", attempt_time=MOMENT)
    Click.objects.create(queue_item=item.pk, post=post.pk, platform="telegram", clicked_at=MOMENT)
    ClickTotal.objects.create(post=post.pk, queue_item=item.pk, account=account.pk, platform="telegram", hour_at=MOMENT)
    LogEntry.objects.log_actions(admin_user.pk, [item], CHANGE, "Approve")
    for model in admin.site._registry:
        moments = [one.name for one in model._meta.concrete_fields if isinstance(one, DateTimeField)]
        if moments and model._meta.managed:
            model._default_manager.update(**dict.fromkeys(moments, MOMENT))
    LogEntry.objects.update(action_time=MOMENT)


def _pages(model) -> list[str]:
    row, name = model._default_manager.first(), f"admin:{model._meta.app_label}_{model._meta.model_name}"
    found = [reverse(f"{name}_changelist")]
    for page in ("change", "history"):
        try:
            found.append(reverse(f"{name}_{page}", args=[row.pk]))
        except NoReverseMatch:
            continue
    return found


# No page asks the database otherwise in another language.
@pytest.mark.parametrize("language", ["en", pytest.param("id", marks=pytest.mark.only_on("sqlite"))])
def test_every_list_page_and_history_writes_it_so(desk, a_row_of_everything, language):
    desk.client.cookies["django_language"] = language
    shown, strange = set(), {}
    for model in admin.site._registry:
        for address in _pages(model):
            answer = desk.client.get(address, follow=True)
            # What only a technician unfolds may count in seconds.
            answer.content = re.sub(rb"<details>.*?</details>", b"", answer.content, flags=re.DOTALL)
            said = desk.text(answer)
            rest, count = re.subn(OURS[language], "", re.sub(_REPEATS, "", said))
            shown |= {model.__name__} if count else set()
            # Whatever is left of that day, its hour or its seconds is another form.
            if found := re.findall(r".{0,30}(?:2025|21[:.]43|9[:.]43|:17).{0,20}", rest):
                strange[address] = found
    assert not strange, json.dumps(strange, indent=1)
    assert {model.__name__ for model in admin.site._registry} - shown == _WITHOUT
