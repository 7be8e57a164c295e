"""Feeds in the desk: tried before they are saved, named when they are none, looked at by a button."""

import html

import pytest

from social_queue.models import Alert, Feed, QueueItem
from tests import factories
from tests.support.feed_host import FeedHost, rss

pytestmark = pytest.mark.django_db(transaction=True)
BASE = "/admin/queue/feed/"


@pytest.fixture
def host(settings):
    with FeedHost({"/feed": rss(3, 2, 1, title="Kabar")}) as serving:
        settings.MEDIA_ALLOWED_HOSTS = [serving.netloc]
        yield serving


def words(page):
    return html.unescape(page.content.decode())


def add(desk, **fields):
    given = {"slug": "blog", "every_minutes": 30, "newest": 2, "field_map": "", **fields}
    return desk.client.post(f"{BASE}add/", given, follow=True)


def test_a_feed_is_added_and_looked_at(desk, host, telegram_account):
    page = add(desk, url=f"{host.url}/feed")
    assert "“Kabar” has 3 entries." in words(page)
    feed = Feed.objects.get()
    page = desk.client.post(f"{BASE}{feed.pk}/press/look/", follow=True)
    assert "2 new, 1 known, 0 that can't be used." in words(page)
    assert QueueItem.objects.filter(source="blog").count() == 2
    page = desk.client.get(f"{BASE}{feed.pk}/change/")
    assert "Last look" in words(page) and 'name="slug"' not in words(page)
    assert "blog" in words(desk.client.get(BASE))
    assert desk.client.get("/admin/queue/queueitem/?source=blog").status_code == 200


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("/page", "It names its feed: {host}/rss"), ("/none", "HTTP 404"), ("/down", "HTTP 503")],
)
def test_what_is_no_feed_is_named_beside_the_field_and_nothing_is_saved(desk, host, path, sentence):
    page = b'<html><head><link rel=alternate type="application/rss+xml" href="/rss"></head>'
    host.pages |= {"/page": page, "/down": 503}
    shown = words(add(desk, url=host.url + path))
    assert sentence.format(host=host.url) in shown and "Nothing was saved." in shown
    assert not Feed.objects.exists()
    add(desk, url=host.url + path, save_unchecked="on")
    assert Feed.objects.exists() == (path == "/down")


def test_an_address_at_home_is_refused(desk, settings):
    settings.MEDIA_ALLOWED_HOSTS = []
    assert "it is a loopback address" in words(add(desk, url="http://127.0.0.1:9009/wall.json"))
    assert "it is a private address" in words(add(desk, url="http://10.1.2.3/feed", save_unchecked="on"))
    assert not Feed.objects.exists()


def test_the_tester_shows_what_the_newest_entries_would_become(desk, host, telegram_account):
    given = {"slug": "blog", "url": f"{host.url}/feed", "field_map": '{"title": "titel", "link": "link"}'}
    shown = words(desk.client.post(f"{BASE}trial/", given))
    assert "“titel”, for title in the field map, leads to nothing in any of its entries." in shown
    assert "would be refused" in shown
    shown = words(desk.client.post(f"{BASE}trial/", given | {"field_map": ""}))
    assert "would go in" in shown and "Entry 3" in shown and "https://site.example/3" in shown
    assert "is not a field here" in words(desk.client.post(f"{BASE}trial/", given | {"field_map": '{"titel": "x"}'}))
    assert "HTTP 404" in words(desk.client.post(f"{BASE}trial/", given | {"url": f"{host.url}/x"}))
    assert not Feed.objects.exists() and not QueueItem.objects.exists()


def test_a_rule_that_leads_to_nothing_is_said_beside_the_map_and_saved_with_a_tick(desk, host):
    given = {"url": f"{host.url}/feed", "field_map": '{"title": "titel", "link": "link"}'}
    shown = words(add(desk, **given))
    assert "“titel”, for title in the field map, leads to nothing in any of its entries." in shown
    assert "Did you mean “title”?" in shown and 'name="save_unmatched"' in shown and not Feed.objects.exists()
    assert "leads to nothing in any of its entries." in words(add(desk, **given, save_unmatched="on"))
    feed = Feed.objects.get()
    # The address and the map are as they were: nothing is judged again.
    again = {"slug": "blog", "every_minutes": 5, "newest": 2, **given}
    desk.client.post(f"{BASE}{feed.pk}/change/", again, follow=True)
    feed.refresh_from_db()
    assert feed.every_minutes == 5


def test_trouble_stands_on_its_page_and_among_the_alerts(desk, host):
    factories.make_account("telegram")
    feed = Feed.objects.create(slug="blog", url=f"{host.url}/feed")
    host.pages["/feed"] = b"<html>"
    page = desk.client.post(f"{BASE}{feed.pk}/press/look/", follow=True)
    assert "web page, not a feed" in words(page)
    assert "press Look now" in words(desk.client.get(f"/admin/queue/alert/{Alert.objects.get().pk}/change/"))
    assert "trouble" in words(desk.client.get(BASE))


def test_without_the_right_there_is_no_tester(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("reader", is_staff=True))
    assert client.post(f"{BASE}trial/", {}).status_code == 403
