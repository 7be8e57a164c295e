"""Secrets are unreadable at rest, readable with any known key, and never printed."""

import io
import json

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from social_queue import vault
from social_queue.models import PlatformAccount, WebhookSource, credentials_of
from social_queue.upkeep import doctor, rotation
from social_queue.webhooks import signing_secrets
from tests import factories
from tests.support.crowd import at_once
from tests.webhooks.sender import make_source

pytestmark = pytest.mark.django_db


def stored(account) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT credentials FROM platform_accounts WHERE id = %s", [account.pk])
        return cursor.fetchone()[0]


def test_the_database_never_sees_a_secret():
    account = factories.make_account("facebook", credentials={"access_token": "very-secret-token"})
    assert "very-secret-token" not in stored(account)
    fresh = PlatformAccount.objects.get(pk=account.pk)
    assert credentials_of(fresh) == {"access_token": "very-secret-token"}
    assert "very-secret" not in repr(fresh.credentials)


def test_saving_what_was_never_opened_changes_nothing():
    account = factories.make_account("facebook")
    before = stored(account)
    fresh = PlatformAccount.objects.get(pk=account.pk)
    fresh.name = "Other"
    fresh.full_clean()
    fresh.save()
    assert stored(account) == before


def test_any_known_key_opens_what_it_sealed_and_no_other_does(settings):
    old, new = a_key(), a_key()
    settings.CREDENTIALS_KEY = [old]
    account = factories.make_account("facebook", credentials={"access_token": "t"})
    settings.CREDENTIALS_KEY = [new, old]
    assert credentials_of(PlatformAccount.objects.get(pk=account.pk)) == {"access_token": "t"}
    settings.CREDENTIALS_KEY = [new]
    with pytest.raises(vault.VaultClosed, match="CREDENTIALS_KEY"):
        credentials_of(PlatformAccount.objects.get(pk=account.pk))


def test_the_command_stores_what_the_platform_needs():
    words = ["telegram", "-100123", "--slug", "tg-news", "--credential", "bot_token=42:abc"]
    call_command("add_account", *words)
    account = PlatformAccount.objects.get(slug="tg-news")
    assert account.address == "-100123"
    assert credentials_of(account) == {"bot_token": "42:abc"}
    call_command("add_account", *words[:-1], "bot_token=43:def", "--name", "News")
    account.refresh_from_db()
    assert (account.name, credentials_of(account)) == ("News", {"bot_token": "43:def"})


def a_key() -> str:
    return Fernet.generate_key().decode()


def rotated() -> str:
    out = io.StringIO()
    call_command("rotate_credentials", stdout=out)
    return out.getvalue()


def advised(now) -> list[str]:
    return [sentence for sentence in doctor.problems(now) if "CREDENTIALS_KEY" in sentence]


@pytest.fixture
def two_keys(settings):
    """An account and a source sealed under an old key, and a new one put in front of it."""
    old, new = a_key(), a_key()
    settings.CREDENTIALS_KEY = [old]
    factories.make_account("facebook", slug="page", credentials={"access_token": "t"})
    make_source("shop")
    settings.CREDENTIALS_KEY = [new, old]
    return new, old


def test_after_a_rotation_the_old_key_can_be_dropped(settings, two_keys, now):
    new, _old = two_keys
    secret = signing_secrets.current(WebhookSource.objects.get())
    assert ["2 stored secrets still need an older key" in sentence for sentence in advised(now)] == [True]
    assert "2 sealed anew, 0 had the first key already, 0 unreadable" in rotated()
    settings.CREDENTIALS_KEY = [new]
    assert credentials_of(PlatformAccount.objects.get()) == {"access_token": "t"}
    assert signing_secrets.current(WebhookSource.objects.get()) == secret
    assert advised(now) == []
    assert "0 sealed anew, 2 had the first key already" in rotated()


def test_a_rotation_finds_every_encrypted_column_of_the_house():
    assert {(model.__name__, field) for model, field in rotation._fields()} >= {
        ("PlatformAccount", "credentials"),
        ("WebhookSource", "secrets"),
    }


def test_what_no_key_opens_is_left_counted_and_said(settings, two_keys, now):
    new, _old = two_keys
    settings.CREDENTIALS_KEY = [new]
    before = stored(PlatformAccount.objects.get())
    with pytest.raises(CommandError, match="2 secrets can't be read"):
        rotated()
    assert stored(PlatformAccount.objects.get()) == before
    assert any("2 stored secrets can't be read with any key" in sentence for sentence in advised(now))


def test_a_row_without_a_secret_is_none_of_a_rotations_business(settings):
    factories.make_account("facebook", credentials={})
    assert "0 sealed anew, 0 had the first key already, 0 unreadable" in rotated()


@pytest.mark.django_db(transaction=True)
def test_a_token_renewed_while_keys_are_rotated_is_not_lost(two_keys):
    account = PlatformAccount.objects.get()

    def work(number: int) -> None:
        if number == 0:
            rotation.rotate()
        else:
            PlatformAccount.objects.filter(pk=account.pk).update(credentials={"access_token": "renewed"})

    at_once(work, 2)
    assert credentials_of(PlatformAccount.objects.get()) == {"access_token": "renewed"}


def test_a_dump_keeps_credentials_sealed_and_a_load_brings_them_back(tmp_path):
    account = factories.make_account("facebook", credentials={"access_token": "very-secret-token"})
    source = make_source("shop")
    secret, before = signing_secrets.current(source), stored(account)
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "queue", "--output", str(dump))
    assert "very-secret" not in dump.read_text() and before in dump.read_text()
    PlatformAccount.objects.all().delete()
    WebhookSource.objects.all().delete()
    call_command("loaddata", str(dump), verbosity=0)
    assert stored(account) == before
    assert credentials_of(PlatformAccount.objects.get()) == {"access_token": "very-secret-token"}
    assert signing_secrets.current(WebhookSource.objects.get()) == secret


@pytest.mark.parametrize(
    "rubbish",
    ["<sealed>", "x", "é", vault.seal("text"), vault.seal([1]), vault.seal(None)],
    ids=["an old dump", "a letter", "no ASCII", "a sealed text", "a sealed list", "a sealed nothing"],
)
def test_what_is_no_secret_of_ours_is_a_closed_vault_and_nothing_worse(rubbish, tmp_path):
    account = factories.make_account("facebook")
    dump = tmp_path / "dump.json"
    call_command("dumpdata", "queue.platformaccount", "--output", str(dump))
    rows = json.loads(dump.read_text())
    rows[0]["fields"]["credentials"] = rubbish
    dump.write_text(json.dumps(rows))
    call_command("loaddata", str(dump), verbosity=0)
    with pytest.raises(vault.VaultClosed):
        credentials_of(PlatformAccount.objects.get(pk=account.pk))
