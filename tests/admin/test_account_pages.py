"""Accounts: forms made of declarations, secrets that go in and never come out."""

import re

import pytest

import connectors
from connectors.texts import pasted
from social_queue.accounts import channels
from social_queue.admin.accounts import form
from social_queue.models import Part, PlatformAccount, Post, credentials_of
from tests import factories

pytestmark = pytest.mark.django_db
LONG_TEXT = {"option_long_text": "message"}
ADD = "/admin/queue/platformaccount/add/"


def _saved(**more):
    return {"name": "News", "slug": "news", "address": "somewhere", "link_mode": "", "min_interval_s": "0", **more}


def _change(account):
    return f"/admin/queue/platformaccount/{account.pk}/change/"


@pytest.mark.parametrize("status", ["pending", "publishing", "unknown"])
def test_an_account_where_a_follow_up_still_waits_is_not_archived(desk, status, now):
    account = factories.make_account("telegram")
    post = factories.make_post(account=account, status="published", external_id="7")
    wait = Part.objects.create(post=post, account=account, number=2, text="More.", status=status, not_before=now)
    assert "1 post still waits there" in desk.press(account, "archive")
    # Behind one that failed it waits for a person alone.
    Part.objects.filter(pk=wait.pk).update(status="failed")
    Part.objects.create(post=post, account=account, number=3, text="And more.")
    assert "Archive: done." in desk.press(account, "archive")


def test_an_account_that_has_posts_is_archived_instead_of_deleted(desk):
    used, unused = (factories.make_account("telegram", slug=slug) for slug in ("used", "unused"))
    item = factories.make_item(used)
    pages = [desk.client.get(_change(account)).content.decode() for account in (used, unused)]
    assert ["/delete/" in page for page in pages] == [False, True]
    assert "1 post still waits there" in desk.press(used, "archive")
    Post.objects.update(status="cancelled")
    assert "Archive: done." in desk.press(used, "archive")
    used.refresh_from_db()
    assert (used.status, used.archived_at is not None) == ("paused", True)
    assert [row.slug for row in channels.select([])] == ["unused"]
    with pytest.raises(channels.UnknownChannels):
        channels.select(["used"])
    assert 'value="used"' not in desk.client.get("/admin/queue/queueitem/add/").content.decode()
    assert "archived" in desk.list("platformaccount") and item.title in desk.list("post")
    desk.bulk("platformaccount", "resume", [used])
    used.refresh_from_db()
    assert used.status == "paused"
    assert "Restore: done." in desk.press(used, "restore")
    assert "Resume: done." in desk.press(used, "resume") and channels.select(["used"])


def test_adding_begins_with_the_platform(desk):
    page = desk.text(desk.client.get(ADD))
    assert all(label in page for _name, label in connectors.platform_choices())


@pytest.mark.parametrize("platform", connectors.names())
def test_every_platform_asks_for_its_own_secrets_and_options(desk, platform):
    page = desk.client.get(f"{ADD}?platform={platform}").content.decode()
    declared = connectors.get(platform)
    assert all(f'name="credential_{key}"' in page for key in declared.credential_keys)
    assert all(f'name="option_{option.name}"' in page for option in declared.options)


def test_a_secret_is_called_as_people_write_it(desk):
    shown = desk.client.get("/admin/queue/platformaccount/add/?platform=twitter").content.decode()
    labels = re.findall(r"<label[^>]*>\s*([^<]+?)\s*<", shown)
    assert {"API key", "API secret", "Access token", "Access token secret"} <= set(labels)


def test_an_account_is_added_with_its_secrets_sealed_and_tried(desk, sandbox):
    data = _saved(
        address="-100123", credential_bot_token="4242:sandbox-bot", option_long_text="message", include_link="on"
    )
    answer = desk.client.post(f"{ADD}?platform=telegram", data, follow=True)
    account = PlatformAccount.objects.get(slug="news")
    assert credentials_of(account) == {"bot_token": "4242:sandbox-bot"}
    switches = dict.fromkeys(("silent", "link_preview", "ai_line", "link_in_follow_up"), False)
    assert account.options == switches | {"long_text": "message", "language": ""}
    assert "Check token: done." in desk.text(answer) and account.token_checked_at is not None


def test_the_page_of_an_account_is_taken_apart_into_its_address(desk, sandbox):
    data = _saved(
        address="https://t.me/kabar_main", credential_bot_token="4242:sandbox-bot", option_long_text="shorten"
    )
    desk.client.post(f"{ADD}?platform=telegram", data)
    assert PlatformAccount.objects.get(slug="news").address == "@kabar_main"
    again = desk.client.post(f"{ADD}?platform=telegram", data | {"slug": "other", "address": "t.me/kabar_main"})
    assert "posts there already" in desk.text(again)
    again = desk.client.post(f"{ADD}?platform=telegram", data | {"slug": "other", "address": "https://t.me/+Invite"})
    assert "https://t.me/+Invite does not name an account on Telegram" in desk.text(again)


def test_what_is_said_of_a_pasted_page_can_be_translated():
    assert {pasted.NO_ACCOUNT, pasted.OTHER_SITE} == set(form.SAID_OF_ADDRESSES)


def test_a_stored_secret_is_never_written_into_a_page(desk, account_factory):
    account = account_factory("twitter", credentials={"api_key": "s3cret-k3y", "api_secret": ""})
    page = desk.client.get(_change(account)).content.decode()
    assert "s3cret-k3y" not in page
    assert page.count('type="password"') == 4
    assert page.count("Set; leave empty to keep it.") == 1 and page.count("Not set yet.") == 3


def test_an_empty_secret_keeps_the_stored_one_and_a_new_one_replaces_it(desk, account_factory, sandbox):
    account = account_factory("facebook", slug="news", token_expires_at=factories.NOW)
    desk.client.post(_change(account), _saved(address=account.address))
    account.refresh_from_db()
    assert credentials_of(account) == {"access_token": "sandbox-page-token"}
    assert account.token_expires_at == factories.NOW
    desk.client.post(_change(account), _saved(address=account.address, credential_access_token="sandbox-other"))
    account.refresh_from_db()
    assert credentials_of(account) == {"access_token": "sandbox-other"}


def test_a_new_token_that_works_lets_the_account_post_again(desk, account_factory, sandbox):
    account = account_factory("facebook", slug="news", status="needs_token")
    desk.client.post(_change(account), _saved(address=account.address, credential_access_token="sandbox-new"))
    account.refresh_from_db()
    assert account.status == "active"


def test_a_slug_may_not_be_a_platform_nor_an_address_be_taken(desk, account_factory):
    account_factory("telegram", slug="first", address="@here")
    data = _saved(slug="tg", address="@here", credential_bot_token="1:x")
    page = desk.text(desk.client.post(f"{ADD}?platform=telegram", data))
    assert "means a whole platform" in page and "first posts there already" in page


def test_the_price_of_a_link_stands_beside_the_switch(desk, account_factory):
    assert "$0.20 for a post with a link and $0.015" in desk.page(account_factory("twitter"))
    assert "charges" not in desk.page(account_factory("telegram"))


def test_a_token_that_ends_within_a_week_is_named_on_the_first_page(desk, account_factory):
    from datetime import timedelta

    from django.utils import timezone

    account_factory(slug="short", token_expires_at=timezone.now() + timedelta(days=6))
    account_factory(slug="long", token_expires_at=timezone.now() + timedelta(days=8))
    page = desk.client.get("/admin/").content.decode()
    [cause] = re.findall(r'<li data-cause="token".*?</li>', page, re.DOTALL)
    assert ">short<" in cause and "The token ends in 5\xa0days" in cause


def test_a_lost_key_is_said_on_the_page_and_new_secrets_mend_it(desk, account_factory, settings, sandbox):
    from cryptography.fernet import Fernet

    account = account_factory("facebook", slug="news")
    settings.CREDENTIALS_KEY = [Fernet.generate_key().decode()]
    assert "CREDENTIALS_KEY" in desk.page(account)
    desk.client.post(_change(account), _saved(address=account.address, credential_access_token="sandbox-new"))
    account.refresh_from_db()
    assert credentials_of(account) == {"access_token": "sandbox-new"}


def test_a_wrong_token_is_no_account_and_the_form_says_so_at_the_field(desk, sandbox):
    from social_queue.models import Alert

    data = _saved(address="-1001234567890", credential_bot_token="4242:sandbox-expired", **LONG_TEXT)
    data["name"] = "My news"
    answer = desk.client.post(f"{ADD}?platform=telegram", data)
    page = desk.text(answer)
    assert "The platform does not accept this" in page and "Nothing was saved." in page
    assert list(answer.context["adminform"].form.errors) == ["credential_bot_token"]
    assert b'value="My news"' in answer.content and b"sandbox-expired" not in answer.content
    assert not PlatformAccount.objects.exists() and not Alert.objects.exists()
    desk.client.post(f"{ADD}?platform=telegram", data | {"save_unchecked": "on"})
    assert not PlatformAccount.objects.exists()
    desk.client.post(f"{ADD}?platform=telegram", data | {"credential_bot_token": "4242:sandbox-bot"})
    assert PlatformAccount.objects.get().status == "active"


def test_the_platform_s_reason_ends_before_ours_begins(desk, sandbox):
    data = _saved(address="1029384756", credential_access_token="nonsense")
    page = desk.text(desk.client.post(f"{ADD}?platform=facebook", data))
    assert "Cannot parse access token. Nothing was saved." in page


def test_a_wrong_token_does_not_replace_one_that_works(desk, account_factory, sandbox):
    account = account_factory("facebook", slug="news")
    page = desk.client.post(
        _change(account), _saved(address=account.address, credential_access_token="sandbox-expired")
    )
    account.refresh_from_db()
    assert "does not accept this" in desk.text(page)
    assert (account.status, credentials_of(account)) == ("active", {"access_token": "sandbox-page-token"})


def test_a_platform_that_cannot_be_asked_leaves_it_to_the_editor(desk):
    data = _saved(address="-100123", credential_bot_token="4242:sandbox-bot", **LONG_TEXT)
    page = desk.text(desk.client.post(f"{ADD}?platform=telegram", data))
    assert "could not be asked: It does not answer. Nothing was saved" in page and "HTTPConnection" not in page
    assert "Save without asking the platform" in page
    assert not PlatformAccount.objects.exists()
    answer = desk.client.post(f"{ADD}?platform=telegram", data | {"save_unchecked": "on"}, follow=True)
    assert PlatformAccount.objects.get().slug == "news" and "could not be asked" in desk.text(answer)


def test_a_check_that_costs_money_is_made_once(desk, sandbox):
    secrets = {f"credential_{name}": value for name, value in factories.SANDBOX_ACCOUNTS["twitter"][1].items()}
    desk.client.post(f"{ADD}?platform=twitter", _saved(address="autopost_news", **secrets))
    assert PlatformAccount.objects.get().token_checked_at is not None
    assert len([call for call in sandbox.calls if call.path.endswith("users/me")]) == 1


def test_deleting_accounts_of_a_list_that_have_posts_says_to_archive_them(desk):
    used, unused = (factories.make_account("telegram", slug=slug) for slug in ("used", "unused"))
    factories.make_item(used)
    said = desk.text(desk.choose("platformaccount", "delete_selected", [used, unused]))
    assert "used: posts went there" in said and "press Archive" in said and "permission" not in said
    assert PlatformAccount.objects.count() == 2
    page = desk.client.post(
        "/admin/queue/platformaccount/",
        {"action": "delete_selected", "_selected_action": [unused.pk], "index": 0, "post": "yes"},
        follow=True,
    )
    assert page.status_code == 200 and PlatformAccount.objects.get() == used
