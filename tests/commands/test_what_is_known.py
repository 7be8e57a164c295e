"""Whoever names what is not there is told what could have been named at that place, or what to do where nothing can."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from connectors.texts.sentences import known
from social_queue.access import keys
from social_queue.accounts import channels
from social_queue.models import Post, WebhookSource
from tests import factories

pytestmark = pytest.mark.django_db


def _refused(*words: str) -> str:
    with pytest.raises(CommandError) as fault:
        call_command(*words, stdout=StringIO(), stderr=StringIO())
    return str(fault.value)


def _said(*words: str) -> str:
    told = StringIO()
    call_command(*words, stdout=told)
    return told.getvalue()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("set_account", "x"), "There is no account 'x'. None is connected yet: add one with `manage.py add_account`."),
        (("fetch_feeds", "x"), "There is no feed 'x'. There is no feed yet: add one with `manage.py feed`."),
        (
            ("callback_secret", "x"),
            "There is no API key 'x'. None was made yet: make one with `manage.py create_api_key`.",
        ),
        (
            ("create_api_key", "x", "--renew"),
            "There is no key named 'x'. None was made yet: without this option it is made.",
        ),
        (
            ("webhook_source", "x", "--rotate"),
            "There is no source 'x'. None was made yet: without --rotate it is made.",
        ),
        (("reset_second_factor", "x"), "There is nobody named 'x'. Nobody has a second factor."),
        (("retry_failed", "--platform", "x-ray"), "--platform 'x-ray' is not known. No post has failed."),
    ],
)
def test_on_an_empty_site_it_says_what_to_do(words, told):
    assert _refused(*words) == told


def test_feeds_are_looked_at_and_there_are_none():
    assert _said("fetch_feeds") == "There is no feed yet: add one with `manage.py feed`.\n"


def test_a_source_that_is_not_there_is_not_made_by_whoever_means_another():
    call_command("webhook_source", "shop", stdout=StringIO())
    for option in ("--rotate", "--end-old", "--resume"):
        assert _refused("webhook_source", "shpo", option) == "There is no source 'shpo'. Known: shop."
    assert WebhookSource.objects.count() == 1


def test_the_names_of_keys_are_listed():
    keys.issue("rtp-bot", keys.USUAL_SCOPES)
    assert _refused("callback_secret", "rtp").endswith("Known: rtp-bot.")
    assert _refused("create_api_key", "rtp", "--revoke").endswith("Known: rtp-bot.")


def test_an_archived_account_is_not_listed(facebook_account, telegram_account, now):
    type(telegram_account).objects.filter(pk=telegram_account.pk).update(archived_at=now, status="paused")
    assert _refused("set_account", "x").endswith("Known: fb-page.")


def test_a_platform_on_which_nothing_failed_is_told_where_something_did(facebook_account):
    factories.make_post(account=facebook_account, status=Post.Status.FAILED)
    told = _said("retry_failed", "--platform", "tg").splitlines()
    assert told == ["0 failed posts will be tried again.", "Posts have failed on: facebook."]


def test_an_empty_platform_does_not_mean_all(facebook_account):
    """Such as of a variable of the shell that nobody set."""
    factories.make_post(account=facebook_account, status=Post.Status.FAILED)
    assert "'' is not known" in _refused("retry_failed", "--platform", "")
    assert "--since ''" in _refused("retry_failed", "--since", "")
    assert Post.objects.get().status == "failed"


def test_a_preview_of_nothing_says_where_there_is_something(facebook_account, tmp_path):
    item = factories.make_post(account=facebook_account).item
    told = "Nothing goes to telegram. It goes to: facebook."
    assert _refused("preview", str(item.pk), "--platform", "tg") == told
    (file := tmp_path / "rows.json").write_text(json.dumps([{"title": "Ayam", "link": "https://example.com/ayam"}]))
    assert _refused("preview", str(file), "--platform", "tg") == told
    assert "facebook" in _said("preview", str(file), "--platform", "fb")


def test_channels_name_only_platforms_that_have_an_account(facebook_account, telegram_account, now):
    paused = type(telegram_account).objects.filter(pk=telegram_account.pk)
    paused.update(status="paused")
    with pytest.raises(channels.UnknownChannels) as fault:
        channels.select(["twitter"])
    assert str(fault.value) == "No active account for 'twitter'. Known: facebook, fb-page, tg-news."
    paused.update(archived_at=now)
    with pytest.raises(channels.UnknownChannels, match=r"Known: facebook, fb-page\.$"):
        channels.select(["tg-news"])


def test_channels_of_a_site_without_accounts_say_what_to_do():
    with pytest.raises(channels.UnknownChannels, match="add one with `manage.py add_account`") as fault:
        channels.select(["facebook"])
    assert "Known" not in str(fault.value)


def test_a_long_list_is_cut_and_says_so():
    told = known([f"n{number}" for number in range(53)], none="")
    assert told.startswith("Known: n0, n1, ") and told.endswith(", n49 and 3 more.")
