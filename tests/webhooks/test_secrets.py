"""Signing secrets: shown as their scheme writes them, encrypted at rest, changed with a day's overlap."""

import base64
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from social_queue.models import WebhookSource
from social_queue.webhooks import signatures, signing_secrets
from tests.webhooks import sender as signing
from tests.webhooks.sender import BODY, make_source, packed

RAW = packed(BODY)


def _command(*words: str) -> list[str]:
    out = StringIO()
    call_command("webhook_source", *words, stdout=out)
    return out.getvalue().splitlines()


def test_during_the_overlap_both_secrets_work_and_then_only_the_new_one(sender, shop):
    old, now = signing_secrets.current(shop), datetime.now(UTC)
    new = signing_secrets.rotate(shop, now=now - timedelta(hours=23))
    assert old != new
    assert [sender.post("shop", RAW, signing.standard(secret, RAW)).status for secret in (old, new)] == [202, 202]
    shop.previous_valid_until = now
    shop.save()
    assert [sender.post("shop", RAW, signing.standard(secret, RAW)).status for secret in (old, new)] == [401, 202]


@pytest.mark.parametrize("scheme", ["standard", "hmac"])
def test_a_source_without_a_secret_takes_nothing(sender, scheme):
    """A row made by hand, or one whose secrets were removed: no secret signs nothing, whatever is sent."""
    source = make_source("bare", scheme=scheme)
    signed = signing.standard(signing_secrets.current(source), RAW) if scheme == "standard" else signing.plain("", RAW)
    WebhookSource.objects.filter(pk=source.pk).update(secrets={})
    assert sender.post("bare", RAW, signed).status == 401


def test_hexadecimal_digits_may_be_large_ones(sender, forge):
    [(header, value)] = signing.plain(signing_secrets.current(forge), RAW).items()
    name, _, digest = value.partition("=")
    assert sender.post("forge", RAW, {header: f"{name}={digest.upper()}"}).status == 202


@pytest.mark.parametrize(("length", "kept"), [(150, True), (151, False)])
def test_an_id_longer_than_its_column_is_kept_as_its_hash(shop, length, kept):
    name = signatures.delivery_id(shop, {"webhook-id": "x" * length}, RAW)
    assert (name == "x" * length) is kept
    assert len(name) <= 150


def test_a_sender_that_signs_with_both_secrets_is_understood(sender, shop):
    old, moment = signing_secrets.current(shop), datetime.now(UTC)
    new = signing_secrets.fresh("standard")
    with_old = signing.standard(old, RAW, name="msg_a", at=moment)
    with_new = signing.standard(new, RAW, name="msg_a", at=moment)
    both = " ".join([with_new["webhook-signature"], with_old["webhook-signature"]])
    assert sender.post("shop", RAW, with_old | {"webhook-signature": both}).status == 202


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "good"), [(0, True), (23.99, True), (24, False), (1000, False)])
def test_the_old_hmac_secret_ends_a_day_after_the_rotation(hours, good, now):
    source = make_source("forge", scheme="hmac")
    old = signing_secrets.current(source)
    signing_secrets.rotate(source, now=now)
    later = now + timedelta(hours=hours)
    assert signing_secrets.accepted(source, at=later) == [signing_secrets.current(source)] + [old] * good
    headers = signing.plain(old, RAW)
    if good:
        signatures.check(source, headers=headers, body=RAW, at=later)
    else:
        with pytest.raises(signatures.BadSignature):
            signatures.check(source, headers=headers, body=RAW, at=later)


@pytest.mark.django_db
def test_secrets_are_unreadable_in_the_database():
    source = make_source("shop")
    signing_secrets.rotate(source, now=datetime.now(UTC))
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets FROM webhook_sources")
        stored = cursor.fetchone()[0]
    assert "whsec" not in stored
    assert signing_secrets.current(source)[10:30] not in stored


@pytest.mark.django_db
def test_the_command_prints_the_secret_alone_on_the_last_line_every_time():
    secret = _command("shop")[-1]
    assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32
    assert _command("shop", "--draft")[-1] == secret
    source = WebhookSource.objects.get()
    assert (source.scheme, source.arrives_as_draft) == ("standard", True)
    assert _command("shop", "--no-draft", "--pause")[-1] == secret
    source.refresh_from_db()
    assert (source.arrives_as_draft, source.paused) == (False, True)
    rotated = _command("shop", "--rotate", "--resume")
    assert rotated[-1] not in ("", secret)
    source.refresh_from_db()
    assert signing_secrets.accepted(source, at=datetime.now(UTC)) == [rotated[-1], secret]
    assert "works until" in rotated[-3]


@pytest.mark.django_db
def test_the_command_ends_the_old_secret_and_lets_bodies_repeat():
    _command("shop", "--scheme", "hmac")
    new = _command("shop", "--rotate", "--no-same-bytes-once")[-1]
    source = WebhookSource.objects.get()
    assert source.same_bytes_once is False and len(signing_secrets.accepted(source, at=datetime.now(UTC))) == 2
    assert _command("shop", "--end-old", "--same-bytes-once")[-1] == new
    source.refresh_from_db()
    assert source.same_bytes_once is True
    assert signing_secrets.accepted(source, at=datetime.now(UTC)) == [new]
    assert "previous" not in source.secrets.open(), "an ended secret is not kept either"


@pytest.mark.django_db
def test_another_scheme_gets_a_secret_of_its_own_kind():
    old = _command("shop")[-1]
    new = _command("shop", "--scheme", "hmac", "--header", "X-Forge-Signature")[-1]
    source = WebhookSource.objects.get()
    assert (source.header, new.startswith("whsec_")) == ("X-Forge-Signature", False)
    assert signing_secrets.accepted(source, at=datetime.now(UTC)) == [new]
    assert old not in signing_secrets.accepted(source, at=datetime.now(UTC))


def test_what_the_command_prints_signs_deliveries(sender, tmp_path):
    path = tmp_path / "map.json"
    path.write_text('{"title": "name", "link": {"join": ["=https://shop.example/p/", "id"]}}')
    secret = _command("cms", "--scheme", "hmac", "--map", str(path), "--channels", "tg-news")[-1]
    raw = packed({"id": 7, "name": "Seven"})
    assert sender.post("cms", raw, signing.plain(secret, raw)).status == 202


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["no slug!"], "slug"),
        (["shop", "--header", "X_Signature"], "header"),
        (["shop", "--channels", "nowhere"], "default_channels"),
        (["shop", "--map", "/nowhere/map.json"], "--map"),
        (["shop", "--map", "{bad}"], "Not JSON"),
        (["shop", "--map", "{typo}"], "did you mean title?"),
    ],
)
def test_the_command_says_what_is_wrong_and_saves_nothing(words, named, tmp_path):
    (tmp_path / "bad").write_text("{")
    (tmp_path / "typo").write_text('{"titel": "a", "link": "b"}')
    with pytest.raises(CommandError, match=named.replace("?", r"\?")):
        _command(*(word.format(bad=tmp_path / "bad", typo=tmp_path / "typo") for word in words))
    assert not WebhookSource.objects.exists()
