"""Keys, webhook sources and deliveries: secrets are shown once, and old bodies can be replayed."""

import json
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.access import keys
from social_queue.models import ApiKey, QueueItem, WebhookLog, WebhookSource
from social_queue.webhooks import signing_secrets
from tests import factories

pytestmark = pytest.mark.django_db
KEYS, SOURCES = "/admin/queue/apikey/", "/admin/queue/webhooksource/"


def _secret(answer) -> str:
    return re.search(r'<code id="ap-secret">(.*?)</code>', answer.content.decode())[1].strip()


def test_a_key_is_shown_once_works_and_is_kept_as_a_hash(desk):
    answer = desk.client.post(f"{KEYS}add/", {"name": "shop", "scopes": ["ingest"]})
    text, key = _secret(answer), ApiKey.objects.get()
    assert keys.find(text) == key and key.scopes == ["ingest"]
    assert "no-store" in answer["Cache-Control"] and text not in str(key.__dict__)
    assert text.encode() not in desk.client.get(f"{KEYS}{key.pk}/change/").content


def test_a_key_may_end_by_itself_and_its_name_may_not_look_like_an_editors(desk):
    ends = {"expires_at_0": "2036-01-01", "expires_at_1": "00:00"}
    assert "can't have a colon" in desk.text(
        desk.client.post(f"{KEYS}add/", {"name": "admin:root", "scopes": ["read"]})
    )
    _secret(desk.client.post(f"{KEYS}add/", {"name": "shop", "scopes": ["manage"], **ends}))
    key = ApiKey.objects.get()
    assert (key.scopes, key.expires_at.year) == (["manage"], 2036)
    desk.client.post(
        f"{KEYS}{key.pk}/change/", {"scopes": ["read"], "expires_at_0": "2020-01-01", "expires_at_1": "00:00"}
    )
    key.refresh_from_db()
    assert key.expires_at.year == 2020 and "expired" in desk.page(key)


def test_a_revoked_key_stops_working_and_a_renewed_one_is_another(desk):
    key, text = keys.issue("shop")
    assert "done." in desk.press(key, "revoke") and keys.find(text) is None
    fresh = _secret(desk.client.post(f"{KEYS}{key.pk}/press/renew/"))
    assert keys.find(fresh) == key and fresh != text and keys.find(text) is None


def test_the_scopes_of_a_key_change_and_its_name_stays(desk):
    key, _text = keys.issue("shop")
    desk.client.post(f"{KEYS}{key.pk}/change/", {"name": "other", "scopes": ["read"]})
    key.refresh_from_db()
    assert (key.name, key.scopes) == ("shop", ["read"])


def _source(**more):
    fields = {"slug": "shop", "scheme": "standard", "header": "X-Hub-Signature-256", "field_map": ""}
    return {**fields, "same_bytes_once": "on", **more}


def test_a_source_shows_its_secret_once(desk):
    shown = _secret(desk.client.post(f"{SOURCES}add/", _source()))
    source = WebhookSource.objects.get()
    assert shown == signing_secrets.current(source) and shown.startswith("whsec_")
    assert shown.encode() not in desk.client.get(f"{SOURCES}{source.pk}/change/").content


def test_a_new_secret_leaves_the_old_one_working_for_a_day(desk):
    desk.client.post(f"{SOURCES}add/", _source())
    source = WebhookSource.objects.get()
    old, new = signing_secrets.current(source), _secret(desk.client.post(f"{SOURCES}{source.pk}/press/rotate/"))
    source.refresh_from_db()
    assert signing_secrets.accepted(source, at=timezone.now()) == [new, old]
    assert "The old secret works on" in desk.page(source)


def test_the_old_secret_can_be_ended_at_once_and_the_new_one_goes_on(desk):
    desk.client.post(f"{SOURCES}add/", _source())
    source = WebhookSource.objects.get()
    assert "End the old secret now" not in desk.page(source)
    new = _secret(desk.client.post(f"{SOURCES}{source.pk}/press/rotate/"))
    assert "done." in desk.press(source, "end-old")
    source.refresh_from_db()
    assert signing_secrets.accepted(source, at=timezone.now()) == [new]
    assert "old secret" not in desk.page(source)


@pytest.mark.parametrize("scheme", ["standard", "hmac"])
@pytest.mark.parametrize("header", ["X-Hub-Signature-256", "X-Forge-Proof"])
def test_nobody_reads_a_whole_signature_on_a_deliverys_page(desk, scheme, header):
    source = WebhookSource.objects.create(slug="shop", scheme=scheme, header=header)
    digest, other = "sha256=" + "ab" * 32, "v1," + "Q" * 43 + "="
    named = ("webhook-signature", "svix-signature", "X-Hub-Signature", "X-Hub-Signature-256")
    headers = dict.fromkeys(named, other) | {header: digest, "X-Odd": digest, "Content-Type": "application/json"}
    delivery = _delivery({"title": "x"})
    WebhookLog.objects.filter(pk=delivery.pk).update(headers=headers, source=source.slug)
    page = desk.page(delivery)
    assert "ab" * 32 not in page and "Q" * 43 not in page and "ab" * 5 not in page
    assert "sha256=ababa…" in page and "v1,QQQQQQQQQ…" in page and "application/json" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("[" * 100_000, "nested more than"),
        ('{"a":' * 50_000, "nested more than"),
        ('{"title": "name",\n oops}', "Line 2 is not JSON"),
        ("[1]", "is a JSON object"),
        ('{"titel": "x"}', "titel"),
    ],
)
def test_a_wrong_map_is_refused_with_its_place(desk, typed, said):
    assert said in desk.text(desk.client.post(f"{SOURCES}add/", _source(field_map=typed)))
    assert not WebhookSource.objects.exists()


def test_a_map_is_tried_on_a_body_without_storing_anything(desk, facebook_account):
    typed = {"field_map": '{"title": "name", "link": "url"}', "sample": '{"name": "Gates", "url": "https://e.com/"}'}
    assert "would go in" in desk.text(desk.client.post(f"{SOURCES}trial/", typed))
    typed["sample"] = '{"name": "Gates"}'
    assert "would be refused" in desk.text(desk.client.post(f"{SOURCES}trial/", typed))
    assert not QueueItem.objects.exists()


def _delivery(body: dict, *, signed=True, name="d1"):
    return WebhookLog.objects.create(
        received_at=factories.NOW,
        source="shop",
        delivery_id=name,
        body=json.dumps(body).encode(),
        signature_ok=signed,
        status=WebhookLog.Status.REJECTED,
        http_status=422,
        detail="title: is required.",
    )


@pytest.mark.parametrize("name", ["field_map", "sample"])
def test_brackets_without_end_are_an_answer_in_the_map_tester_too(desk, name):
    typed = {"field_map": '{"title": "name", "link": "url"}', "sample": "{}"} | {name: "[" * 100_000}
    assert "nested more than" in desk.text(desk.client.post(f"{SOURCES}trial/", typed))


def test_the_list_says_of_what_was_ignored_and_counted_what_it_was(desk):
    ignored, counted = _delivery({}, name="d1"), _delivery({}, signed=False, name="d2")
    WebhookLog.objects.filter(pk=ignored.pk).update(status="ignored", http_status=202, detail="“when” does not fit.")
    WebhookLog.objects.filter(pk=counted.pk).update(http_status=429, repeats=17)
    listed = desk.list("webhooklog")
    assert "not meant for us" in listed and "Not all of it" not in listed and "nobody had signed" in listed
    assert "17" in desk.page(counted)


def test_two_deliveries_are_replayed_and_an_unsigned_one_is_left(desk, facebook_account):
    WebhookSource.objects.create(slug="shop", field_map={"title": "name", "link": "url"})
    good = [_delivery({"name": f"Item {n}", "url": "https://e.com/"}, name=f"d{n}") for n in (1, 2)]
    unsigned = _delivery({"name": "Item 3", "url": "https://e.com/"}, signed=False, name="d3")
    told = desk.bulk("webhooklog", "replay", [*good, unsigned])
    assert "Replay: 2 done." in told and "signature was not good" in told
    assert QueueItem.objects.count() == 2
    assert "done." in desk.press(unsigned, "replay-unsigned") and QueueItem.objects.count() == 3


def test_a_delivery_shows_its_body_and_the_item_it_became(desk, facebook_account):
    WebhookSource.objects.create(slug="shop", field_map={"title": "name", "link": "url"})
    delivery = _delivery({"name": "Visible", "url": "https://e.com/"})
    desk.press(delivery, "replay")
    page = desk.page(delivery)
    assert '"name": "Visible"' in page and "accepted" in page


def test_a_delivery_of_nothing_but_brackets_has_a_page(desk, client):
    """Anybody may send one."""
    assert client.post("/api/autopost/webhook/nobody", "[" * 8_000, content_type="application/json").status_code == 404
    assert "[[[[[" in desk.page(WebhookLog.objects.get())


def test_a_viewer_reads_deliveries_and_replays_none(client, django_user_model, facebook_account):
    from django.contrib.auth.models import Permission

    WebhookSource.objects.create(slug="shop")
    delivery = _delivery({"title": "x", "link": "https://e.com/"})
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename="view_webhooklog"))
    client.force_login(viewer)
    assert client.get(f"/admin/queue/webhooklog/{delivery.pk}/change/").status_code == 200
    assert client.post(f"/admin/queue/webhooklog/{delivery.pk}/press/replay/").status_code == 403
    assert not QueueItem.objects.exists()


def test_a_key_is_not_made_for_a_time_that_has_passed(desk):
    """It would be shown once, copied somewhere, and refused from the first call on."""
    fields = {"name": "late", "scopes": ["read"], "expires_at_0": "2020-01-01", "expires_at_1": "00:00"}
    page = desk.text(desk.client.post("/admin/queue/apikey/add/", fields))
    assert "This moment has passed" in page and not ApiKey.objects.exists()
    desk.client.post("/admin/queue/apikey/add/", fields | {"expires_at_0": "2999-01-01"})
    key = ApiKey.objects.get()
    ApiKey.objects.update(expires_at=timezone.now() - timedelta(days=1))
    at = timezone.localtime(ApiKey.objects.get().expires_at)
    fields |= {"scopes": ["ingest"], "expires_at_0": f"{at:%Y-%m-%d}", "expires_at_1": f"{at:%H:%M:%S}"}
    desk.client.post(f"/admin/queue/apikey/{key.pk}/change/", fields)
    assert ApiKey.objects.get().scopes == ["ingest"]
