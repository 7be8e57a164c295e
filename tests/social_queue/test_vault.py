"""Secrets are unreadable at rest, readable with any known key, and never printed."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection

from social_queue import vault
from social_queue.models import PlatformAccount, credentials_of
from tests import factories

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


def test_a_key_is_rotated_by_putting_a_new_one_in_front(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
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
