"""Two at the same settings: what one has saved stays, unless the other means just that field; then it is said."""

import pytest

from social_queue.models import Feed
from tests import factories

pytestmark = pytest.mark.django_db


def _page(row):
    return f"/admin/queue/{row._meta.model_name}/{row.pk}/change/"


def filled(answer) -> dict:
    """What a browser would send of the form on a page."""
    form = answer.context["adminform"].form
    values = {name: form[name].value() for name in form.fields if not name.startswith("credential_")}
    return {name: "on" if value is True else value for name, value in values.items() if value not in (None, False)}


@pytest.fixture
def account():
    return factories.make_account("telegram", slug="tg-news", name="News", min_interval_s=60)


def opened(desk, row):
    return filled(desk.client.get(_page(row)))


def test_what_another_has_saved_in_other_fields_stays(desk, account):
    """The second page brought back whatever stood there when it was opened."""
    first, second = opened(desk, account), opened(desk, account)
    assert (
        desk.client.post(_page(account), first | {"min_interval_s": "300", "quiet_hours": "22:00-07:00"}).status_code
        == 302
    )
    assert desk.client.post(_page(account), second | {"name": "The news"}).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.min_interval_s, account.quiet_hours) == ("The news", 300, "22:00-07:00")


def test_one_field_that_both_have_changed_is_asked_about_once(desk, account):
    first, second = opened(desk, account), opened(desk, account)
    desk.client.post(_page(account), first | {"name": "One", "min_interval_s": "300"})
    answer = desk.client.post(_page(account), second | {"name": "Two"})
    assert answer.status_code == 200 and "Somebody has saved “One” here meanwhile." in answer.content.decode()
    account.refresh_from_db()
    assert account.name == "One"
    assert desk.client.post(_page(account), filled(answer)).status_code == 302
    account.refresh_from_db()
    assert (account.name, account.min_interval_s) == ("Two", 300)


def test_the_same_change_twice_is_no_quarrel(desk, account):
    first, second = opened(desk, account), opened(desk, account)
    for sent in (first, second):
        assert desk.client.post(_page(account), sent | {"name": "One"}).status_code == 302


def test_a_feed_that_somebody_paused_meanwhile_stays_paused(desk):
    feed = Feed.objects.create(slug="weather", url="https://example.com/feed", every_minutes=15)
    first, second = opened(desk, feed), opened(desk, feed)
    assert desk.client.post(_page(feed), first | {"paused": "on"}).status_code == 302
    assert desk.client.post(_page(feed), second | {"every_minutes": "30"}).status_code == 302
    feed.refresh_from_db()
    assert feed.paused and feed.every_minutes == 30


def test_whoever_may_only_look_is_shown_nothing_more(client, account, django_user_model, grant):
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    grant(reader, "queue.view_platformaccount", "queue.view_feed")
    client.force_login(reader)
    feed = Feed.objects.create(slug="weather", url="https://example.com/feed", every_minutes=15)
    for row in (account, feed):
        answer = client.get(_page(row))
        assert answer.status_code == 200 and 'name="seen"' not in answer.content.decode()
