"""Connecting an address that exists: its credentials are replaced once the new ones work, and nothing else changes."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Event, PlatformAccount, Post, PostStatus, credentials_of
from social_queue.operations import trial_posts
from social_queue.workings import heartbeat
from tests import factories
from tests.support.clock import Clock
from tests.support.connecting import FOUND, HARIAN, trouble, words

pytestmark = pytest.mark.django_db
KEPT = ("slug", "name", "options", "include_link", "link_mode", "min_interval_s", "resend_unknown", "created_at")


@pytest.fixture
def account(site):
    return factories.make_account(
        "facebook",
        slug="our-page",
        name="Named by hand",
        address=HARIAN,
        credentials={"access_token": "sandbox-old-expired"},
        status="needs_token",
        include_link=False,
        options={"something": "kept"},
        last_error="The token ended.",
    )


def kept(account):
    row = PlatformAccount.objects.get(pk=account.pk)
    return {name: getattr(row, name) for name in KEPT}


@pytest.mark.django_db(transaction=True)
def test_only_the_credentials_change_and_what_waits_goes_out_once_and_in_order(person_at, account, sandbox):
    before = kept(account)
    now = timezone.now()
    for number in range(100):
        factories.make_item(account, title=f"Waiting {number:03}", publish_at=now)
    assert dispatch.drain(clock=timezone.now) == {}

    page = person_at.find("facebook")
    assert "Known as our-page: only its credentials are replaced" in words(page)
    done = person_at.connect(page, HARIAN)

    account.refresh_from_db()
    assert kept(account) == before and PlatformAccount.objects.count() == 1
    assert (account.status, account.last_error) == ("active", "")
    assert credentials_of(account)["access_token"].startswith(f"sandbox-page-{HARIAN}")
    assert "reconnected" in words(done)
    assert dispatch.drain(clock=timezone.now) == {"published": 100}
    assert [post.text.split("\n")[0] for post in sandbox.wall] == [f"Waiting {number:03}" for number in range(100)]


def test_a_grant_that_does_not_work_replaces_nothing(person_at, account, sandbox):
    page = person_at.find("facebook")
    row = PlatformAccount.objects.values().get(pk=account.pk)
    sandbox.scenario(HARIAN, "token_expired")
    done = person_at.connect(page, HARIAN)
    assert trouble(done) == ["code"] and "Nothing was changed" in words(done)
    assert credentials_of(account) == {"access_token": "sandbox-old-expired"}
    after = PlatformAccount.objects.values().get(pk=account.pk)
    assert {name for name in row if str(row[name]) != str(after[name])} == set()
    # The list is still there: what was found is not thrown away with a bad minute of the platform.
    sandbox.scenario(HARIAN, "ok")
    assert "reconnected" in words(person_at.connect(page, HARIAN))


@pytest.mark.parametrize("turn", ["refuse", "leave_out"])
def test_a_wrong_turn_leaves_the_account_as_it_was(person_at, account, turn):
    row = PlatformAccount.objects.values().get(pk=account.pk)
    assert trouble(person_at.find("facebook", turn))
    after = PlatformAccount.objects.values().get(pk=account.pk)
    assert {name for name in row if str(row[name]) != str(after[name])} == set()


def test_a_paused_account_is_active_again(person_at, account):
    PlatformAccount.objects.update(status="paused")
    person_at.connect(person_at.find("facebook"), HARIAN)
    account.refresh_from_db()
    assert account.status == "active"


def test_a_channel_known_by_its_name_is_the_same_channel(person_at):
    account = factories.make_account("telegram", address="@kabar_harian", credentials={"bot_token": "1:sandbox-old"})
    person_at.connect(person_at.find("telegram"), "-1001000000001")
    account.refresh_from_db()
    assert PlatformAccount.objects.count() == 1 and account.address == "@kabar_harian"
    assert credentials_of(account) == {"bot_token": "4242:sandbox-bot"}


@pytest.mark.parametrize("written", ["KabarHarian", "@kabarharian"])
def test_a_handle_is_known_however_it_was_typed(person_at, written):
    account = factories.make_account("twitter", address=written)
    person_at.connect(person_at.find("twitter"), "kabarharian")
    account.refresh_from_db()
    assert PlatformAccount.objects.count() == 1 and account.address == written


@pytest.fixture
def telegram():
    return factories.make_account("telegram", slug="tg")


def test_two_places_of_one_name_get_slugs_of_their_own(person_at):
    factories.make_account("twitter", slug="kabar-harian")
    person_at.connect(person_at.find("facebook"), HARIAN)
    assert PlatformAccount.objects.get(platform="facebook").slug == "kabar-harian-facebook"


def test_the_account_s_page_leads_to_its_platform(desk, account):
    page = desk.client.get(f"/admin/queue/platformaccount/{account.pk}/change/").content.decode()
    assert 'data-act="reconnect" href="/admin/connect/facebook/"' in page


@pytest.mark.django_db(transaction=True)
def test_a_test_post_says_that_it_is_one_and_shows_its_address(person_at, sandbox):
    person_at.connect(person_at.find("facebook"), HARIAN)
    account = PlatformAccount.objects.get()
    page = person_at.client.post(f"/admin/connect/test/{account.pk}", follow=True)
    stamp = re.search(r'data-live data-live-every="3000" data-live-stamp="(\w+)"', page.content.decode())[1]
    asked = person_at.client.get(page.wsgi_request.path, headers={"X-Live": stamp})
    assert asked.status_code == 304  # its script asks: nothing has happened, and nobody is there
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    shown = person_at.client.get(page.wsgi_request.path)
    [post] = sandbox.wall
    assert post.text.startswith("Test post, please ignore") and post.permalink in shown.content.decode()
    assert Post.objects.get().status == PostStatus.PUBLISHED
    assert "data-live " not in shown.content.decode()


def a_test_post(person_at, platform, address):
    """The page of a test post that is out."""
    person_at.connect(person_at.find(platform), address)
    account = PlatformAccount.objects.get()
    page = person_at.client.post(f"/admin/connect/test/{account.pk}", follow=True)
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    return person_at.client.get(page.wsgi_request.path)


def taken_back(person_at, page):
    """The page after its button was pressed and a worker came by, the time to undo being over."""
    clock = Clock()
    asked = person_at.client.post(page.wsgi_request.path + "/take-back", follow=True)
    clock.forward(seconds=11)
    dispatch.drain(clock=clock)
    return asked, person_at.client.get(page.wsgi_request.path)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("platform", ["facebook", "telegram", "twitter"])  # a card has no public address here
def test_a_test_post_is_taken_back_by_a_button(person_at, sandbox, platform):
    page = a_test_post(person_at, platform, FOUND[platform][1])
    assert 'data-act="take-back"' in page.content.decode() and len(sandbox.wall) == 1
    asked, taken = taken_back(person_at, page)
    assert "data-leaves" in asked.content.decode() and "data-live " in asked.content.decode()
    post = Post.objects.select_related("item").get()
    assert (post.status, post.item.status, post.recalled_at is not None) == ("recalled", "cancelled", True)
    assert sandbox.wall == [] and "data-recalled" in taken.content.decode()
    assert 'data-act="take-back"' not in taken.content.decode()
    assert Event.objects.filter(type="post.recalled").count() == 1
    gone = person_at.client.get(f"/go/{post.code}")
    assert gone.status_code == 410 and "taken back" in gone.content.decode()


@pytest.mark.django_db(transaction=True)
def test_what_the_platform_keeps_is_said_and_stops_no_account(person_at, sandbox):
    page = a_test_post(person_at, "telegram", "-1001000000001")
    sandbox.scenario("-1001000000001", "no_permission")
    _asked, kept = taken_back(person_at, page)
    assert "not enough rights" in words(kept) and len(sandbox.wall) == 1
    assert (Post.objects.get().status, Post.objects.get().error_kind) == ("published", "not_recallable")
    assert PlatformAccount.objects.get().status == "active"


@pytest.mark.django_db(transaction=True)
def test_after_two_days_telegram_keeps_it_and_the_page_says_so_instead_of_a_button(person_at, sandbox):
    page = a_test_post(person_at, "telegram", "-1001000000001")
    Post.objects.update(published_at=timezone.now() - timedelta(hours=49))
    page = person_at.client.get(page.wsgi_request.path)
    assert "48 hours" in words(page) and 'data-act="take-back"' not in page.content.decode()
    taken_back(person_at, page)
    assert len(sandbox.wall) == 1


def test_an_ordinary_post_is_no_test(person_at):
    post = factories.make_post(account=factories.make_account("facebook"))
    assert person_at.client.get(f"/admin/connect/test/{post.account_id}/{post.pk}").status_code == 404
    assert person_at.client.post(f"/admin/connect/test/{post.account_id}/{post.pk}/take-back").status_code == 404


def test_the_first_page_of_an_empty_desk_begins_with_the_button(desk, site):
    assert 'href="/admin/connect/"' in desk.client.get("/admin/").content.decode()


def test_a_test_post_is_sent_from_the_account_s_own_page_once_however_often_it_is_pressed(desk, telegram):
    page = desk.client.get(f"/admin/queue/platformaccount/{telegram.pk}/change/").content.decode()
    form = re.search(r'<form method="post" action="([^"]+/press/test/)".*?</form>', page, re.DOTALL)
    word = re.search(r'name="once" value="([^"]+)"', form[0])[1]
    shown = [desk.client.post(form[1], {"once": word}, follow=True) for _press in range(2)]
    assert all('data-test-post="pending"' in answer.content.decode() for answer in shown)
    [post] = Post.objects.all()
    assert post.account == telegram and trial_posts.is_test(post.item)


@pytest.mark.parametrize("changes", [{"status": "paused"}, {"status": "needs_token"}, {"archived_at": timezone.now()}])
def test_no_test_post_is_offered_to_an_account_that_can_not_send_it(desk, telegram, changes):
    PlatformAccount.objects.update(**changes)
    page = desk.client.get(f"/admin/queue/platformaccount/{telegram.pk}/change/").content.decode()
    assert "/press/test/" not in page


def test_a_test_post_that_can_not_go_out_now_says_what_it_waits_for(desk, telegram):
    post = trial_posts.send(telegram, now=timezone.now())
    address = f"/admin/connect/test/{telegram.pk}/{post.pk}"
    assert "No worker is running" in desk.text(desk.client.get(address))
    heartbeat.beat("tick", now=timezone.now())
    assert "It goes out in a few seconds" in desk.text(desk.client.get(address))
    PlatformAccount.objects.update(status="needs_token")
    page = desk.text(desk.client.get(address))
    assert "The account needs a token" in page and "in a few seconds" not in page
