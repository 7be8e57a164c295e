"""`add_account` takes what is right, and names what is wrong without writing anything."""

import json

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from social_queue.models import PlatformAccount, credentials_of
from tests import factories

pytestmark = pytest.mark.django_db

X_KEYS = ["api_key=a", "api_secret=b", "access_token=c", "access_token_secret=d"]
PAGE = ["facebook", "1029384756", "--slug", "page", "--credential", "access_token=sandbox-page"]


def add(*words):
    call_command("add_account", *words)
    return PlatformAccount.objects.get(slug=words[words.index("--slug") + 1])


def test_a_new_account_is_active_without_an_interval_and_with_links_on():
    account = add(*PAGE, "--name", "Our Page")
    assert (account.platform, account.address, account.name) == ("facebook", "1029384756", "Our Page")
    assert (account.status, account.min_interval_s, account.include_link) == ("active", 0, True)
    assert credentials_of(account) == {"access_token": "sandbox-page"}


@pytest.mark.parametrize(("word", "name"), [("fb", "facebook"), ("X", "twitter"), ("Telegram", "telegram")])
def test_aliases_are_understood(word, name):
    credentials = {"facebook": ["access_token=t"], "twitter": X_KEYS, "telegram": ["bot_token=1:a"]}[name]
    assert add(word, "somewhere", "--slug", "s", "--credential", *credentials).platform == name


@pytest.mark.parametrize("address", ["-100123", "-1001234567890", "@channel"])
def test_a_chat_id_may_begin_with_a_dash(address):
    assert add("telegram", address, "--slug", "tg-news", "--credential", "bot_token=42:abc").address == address


@pytest.mark.parametrize(
    ("platform", "pasted", "address"),
    [
        ("telegram", "https://t.me/kabar_main", "@kabar_main"),
        ("x", "https://x.com/name", "name"),
        ("facebook", "https://www.facebook.com/1029384756", "1029384756"),
    ],
)
def test_the_page_of_an_account_is_taken_apart_into_its_address(platform, pasted, address):
    credentials = {"facebook": ["access_token=t"], "x": X_KEYS, "telegram": ["bot_token=1:a"]}[platform]
    assert add(platform, pasted, "--slug", "s", "--credential", *credentials).address == address


def test_a_page_that_names_no_account_is_refused_with_an_example():
    with pytest.raises(CommandError, match=r"address: .*instagram.com/ourdesk does not name .* like 1784"):
        add("instagram", "instagram.com/ourdesk", "--slug", "ig", "--credential", "access_token=t")
    assert not PlatformAccount.objects.exists()


def test_credentials_may_come_one_by_one_or_from_a_file(tmp_path):
    single = [word for pair in X_KEYS for word in ("--credential", pair)]
    assert len(credentials_of(add("x", "desk", "--slug", "one", *single))) == 4
    file = tmp_path / "keys.json"
    file.write_text(json.dumps(dict(pair.split("=") for pair in X_KEYS)))
    assert credentials_of(add("x", "other", "--slug", "two", "--credentials-file", str(file)))["api_secret"] == "b"


def test_a_dash_asks_without_echo(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt: f"typed for {prompt}")
    account = add("facebook", "1", "--slug", "page", "--credential", "access_token=-")
    assert credentials_of(account) == {"access_token": "typed for access_token:"}


def test_a_key_that_nobody_can_be_asked_for_is_a_sentence(monkeypatch):
    def nobody_there(prompt: str) -> str:
        raise EOFError  # what getpass raises without a terminal and at the end of standard input

    monkeypatch.setattr("getpass.getpass", nobody_there)
    with pytest.raises(CommandError, match=r"^access_token was not given: .+ --credentials-file"):
        add("facebook", "1", "--slug", "page", "--credential", "access_token=-")
    assert not PlatformAccount.objects.exists()


def test_the_same_slug_again_updates_what_is_given_and_nothing_else():
    account = add(*PAGE, "--name", "Our Page")
    PlatformAccount.objects.update(status="paused", min_interval_s=60, token_checked_at=factories.NOW)
    again = add("facebook", "555", "--slug", "page")
    assert (again.pk, again.address, again.name, again.status) == (account.pk, "555", "Our Page", "paused")
    assert (again.min_interval_s, again.token_checked_at) == (60, factories.NOW)
    assert credentials_of(again) == {"access_token": "sandbox-page"}


def test_what_a_worker_writes_meanwhile_is_not_overwritten(monkeypatch):
    add(*PAGE)
    original = PlatformAccount.full_clean

    def meanwhile(self, *args, **kwargs):
        PlatformAccount.objects.update(status="blocked", paused_until=factories.NOW)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(PlatformAccount, "full_clean", meanwhile)
    account = add("facebook", "1029384756", "--slug", "page", "--name", "Renamed")
    assert (account.status, account.paused_until, account.name) == ("blocked", factories.NOW, "Renamed")


def test_new_credentials_forget_what_was_known_of_the_old_ones():
    add(*PAGE)
    PlatformAccount.objects.update(token_checked_at=factories.NOW, token_expires_at=factories.NOW)
    account = add(*PAGE[:-1], "access_token=another")
    assert (account.token_checked_at, account.token_expires_at) == (None, None)


def test_a_lost_key_can_be_made_good_with_new_credentials(settings):
    settings.CREDENTIALS_KEY = [Fernet.generate_key().decode()]
    add(*PAGE)
    settings.CREDENTIALS_KEY = [Fernet.generate_key().decode()]
    assert credentials_of(add(*PAGE)) == {"access_token": "sandbox-page"}


def test_a_slug_that_means_a_whole_platform_is_warned_of(capsys):
    add("facebook", "1", "--slug", "fb", "--credential", "access_token=t")
    assert "'fb' means a whole platform" in capsys.readouterr().err


def test_options_are_stored_as_what_they_are():
    words = ["telegram", "@news", "--slug", "tg", "--credential", "bot_token=1:a"]
    account = add(*words, "--option", "silent=yes", "long_text=message")
    assert account.options == {"silent": True, "long_text": "message"}
    assert add(*words, "--option", "silent=off").options == {"silent": False, "long_text": "message"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["myspace", "1", "--slug", "s"], "There is no platform 'myspace'. Known: facebook, instagram"),
        (["facebook", "1", "--slug", "not a slug", "--credential", "access_token=t"], "slug: "),
        (["facebook", "1", "--slug", "s"], "Missing credentials: access_token."),
        (["x", "1", "--slug", "s", "--credential", *X_KEYS[:3]], "Missing credentials: access_token_secret."),
        (
            ["facebook", "1", "--slug", "s", "--credential", "token=t"],
            "facebook has no credential token. It takes: acc",
        ),
        (["facebook", "1", "--slug", "s", "--credential", "sandbox-secret-page"], "must look like KEY=VALUE"),
        (["facebook", "1", "--slug", "s", "--credential", "access_token="], "Missing credentials: access_token."),
        (["facebook", "1", "--slug", "s", "--credentials-file", "/no/such"], "--credentials-file /no/such"),
        (["facebook", "", "--slug", "s", "--credential", "access_token=t"], "address: "),
        (["facebook", "42", "--slug", "s", "--credential", "access_token=t"], "address: the account taken posts there"),
        (["facebook", "1", "--slug", "tg", "--credential", "access_token=t"], "belongs to a telegram account"),
        (
            ["telegram", "@n", "--slug", "s", "--credential", "bot_token=1:a", "--option", "loud=yes"],
            "silent, link_pre",
        ),
        (
            ["telegram", "@n", "--slug", "s", "--credential", "bot_token=1:a", "--option", "silent=perhaps"],
            "must be one",
        ),
        (
            ["telegram", "@n", "--slug", "s", "--credential", "bot_token=1:a", "--option", "long_text=cut"],
            "shorten, mess",
        ),
        (["telegram", "@n", "--slug", "s", "--credential", "bot_token=1:a", "--option", "silent"], "KEY=VALUE"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(words, sentence):
    factories.make_account("facebook", slug="taken", address="42")
    factories.make_account("telegram", slug="tg")
    before = list(PlatformAccount.objects.order_by("pk").values())
    with pytest.raises(CommandError) as refused:
        call_command("add_account", *words)
    assert sentence in str(refused.value)
    assert "sandbox-secret" not in str(refused.value)
    assert [row["slug"] for row in PlatformAccount.objects.order_by("pk").values()] == [row["slug"] for row in before]


@pytest.mark.parametrize("content", ["not json", "[]", '{"access_token": 7}', "null"])
def test_a_file_of_credentials_that_is_none_is_named(tmp_path, content):
    file = tmp_path / "keys.json"
    file.write_text(content)
    with pytest.raises(CommandError, match="keys.json"):
        call_command("add_account", "facebook", "1", "--slug", "s", "--credentials-file", str(file))
    assert not PlatformAccount.objects.exists()


ELSEWHERE = "https://platform.invalid"


def test_what_the_platform_takes_is_stored_and_said(sandbox, capsys):
    assert add(*PAGE)
    assert "facebook takes the credentials" in capsys.readouterr().out


def test_what_the_platform_refuses_is_not_stored(sandbox):
    with pytest.raises(CommandError, match="does not accept the credentials: .*Nothing was stored"):
        add(*PAGE[:-1], "access_token=sandbox-expired")
    assert not PlatformAccount.objects.exists()


def test_refused_credentials_replace_nothing(sandbox):
    add(*PAGE)
    with pytest.raises(CommandError, match="does not accept"):
        add(*PAGE[:-1], "access_token=sandbox-expired", "--name", "Renamed")
    account = PlatformAccount.objects.get()
    assert credentials_of(account) == {"access_token": "sandbox-page"} and account.name == ""


def test_a_platform_that_is_away_stores_nothing_without_the_switch(settings):
    settings.FACEBOOK_API_URL = ELSEWHERE
    with pytest.raises(CommandError, match="could not be asked .*add --unchecked"):
        add(*PAGE)
    assert not PlatformAccount.objects.exists()
    assert add(*PAGE, "--unchecked").status == "active"


def test_a_sandbox_that_is_not_started_yet_is_waited_for(capsys):
    assert add(*PAGE).status == "active"
    assert "`check_tokens` asks again" in capsys.readouterr().err


def test_who_changes_no_credential_asks_nobody(settings):
    add(*PAGE)
    settings.FACEBOOK_API_URL = ELSEWHERE
    assert add(*PAGE, "--name", "Renamed").name == "Renamed"
