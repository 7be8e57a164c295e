"""An item's page shows each of its posts as the platform would, with its picture from here and its length counted."""

import io

import pytest
from PIL import Image

from social_queue.operations import items
from tests import factories
from tests.connectors.drawn import picture_bytes
from tests.support.environment import NOWHERE
from tests.support.picture_host import PictureHost

pytestmark = pytest.mark.django_db


def _page(desk, item) -> str:
    return desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()


def _picture(desk, item):
    return desk.client.get(f"/admin/queue/queueitem/{item.pk}/picture/")


def test_each_account_has_a_card_with_its_length(desk):
    for platform, slug in (("facebook", "fb"), ("telegram", "tg"), ("twitter", "x")):
        factories.make_account(platform, slug=slug)
    page = _page(desk, factories.make_item(title="Sore ini & nanti", channels=["fb", "tg", "x"], status="draft"))
    for slug, limit in (("fb", 63206), ("tg", 4096), ("x", 280)):
        assert f'data-preview="{slug}"' in page and f'data-limit="{limit}"' in page
    assert page.count('class="post ') == 3
    assert "<b>Sore ini &amp; nanti</b>" in page


def test_what_cannot_go_out_is_named_beside_its_card(desk):
    account = factories.make_account("twitter", slug="x")
    item = factories.make_item(account, title="W" * 290)
    page = _page(desk, item)
    assert 'data-problem="too_long"' in page and "ap-over" in page


def test_an_account_that_has_gone_is_a_sentence(desk):
    page = _page(desk, factories.make_item(channels=["gone"], status="draft"))
    assert 'data-problem="channels"' in page and "gone" in page


@pytest.mark.parametrize(("said", "read_out"), [("A chart", "A chart"), ("", "Sore ini")])
def test_the_cards_picture_has_the_words_that_go_out_with_it(desk, said, read_out):
    account = factories.make_account("facebook", slug="fb")
    item = factories.make_item(account, title="Sore ini", image_url=f"{NOWHERE}/a.png", alt_text=said)
    page = _page(desk, item)
    assert f'alt="{read_out}"' in page and "without a description" not in page


class TestThePicture:
    def test_a_strangers_picture_is_shown_small_and_from_here(self, desk, media_root, settings):
        with PictureHost({"/big.png": picture_bytes(1600, 900, "PNG")}, media_root) as host:
            settings.MEDIA_ALLOWED_HOSTS = [host.netloc]
            item = factories.make_item(factories.make_account("facebook"), image_url=f"{host.url}/big.png")
            page, small = _page(desk, item), _picture(desk, item)
            assert host.url not in page.partition('class="ap-previews"')[2].partition("</section>")[0]
        assert small.headers["Content-Type"] == "image/jpeg"
        assert Image.open(io.BytesIO(small.getvalue())).size == (640, 360)
        assert list(media_root.glob("fitted/small/*/*.jpg"))

    def test_where_none_can_be_had_it_is_not_found(self, desk):
        item = factories.make_item(factories.make_account("facebook"), image_url=f"{NOWHERE}/a.png")
        assert _picture(desk, item).status_code == 404

    def test_who_may_not_see_items_does_not_see_it_either(self, desk, client, django_user_model):
        item = factories.make_item(factories.make_account("facebook"))
        client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
        assert client.get(f"/admin/queue/queueitem/{item.pk}/picture/").status_code == 403

    def test_a_number_that_is_no_item_is_not_found(self, desk):
        assert desk.client.get("/admin/queue/queueitem/999999/picture/").status_code in (403, 404)


def test_a_draft_shows_where_it_will_go_after_its_approval_too(desk, now):
    factories.make_account("facebook", slug="fb")
    item = factories.make_item(channels=["fb"], status="draft")
    before = _page(desk, item)
    items.approve(item, now=now)
    assert 'data-preview="fb"' in before and 'data-preview="fb"' in _page(desk, item)


@pytest.mark.parametrize(("status", "fields"), [("pending", {}), ("published", {"external_id": "7"})])
def test_the_page_of_a_post_shows_it_as_its_readers_see_it(desk, status, fields):
    item = factories.make_item()
    said = {"caption": "<b>Sore &amp; nanti</b> https://example.com/a", "caption_edited": True}
    post = factories.make_post(item, factories.make_account("telegram", slug="tg"), status=status, **said, **fields)
    page = desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()
    assert page.count('data-preview="tg"') == 1 and "<b>Sore &amp; nanti</b>" in page
    # Its source is to be seen where it may be rewritten, and nowhere else.
    assert ("&lt;b&gt;Sore" in page) is (status == "pending")
