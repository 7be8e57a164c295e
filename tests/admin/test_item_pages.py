"""Items: added by hand through ingest, changed while nothing has gone, and shown as they will read."""

import html
import io
import re
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from social_queue.models import ItemStatus, Post, QueueItem
from tests import factories
from tests.connectors.drawn import picture_bytes
from tests.connectors.told import GPS, telling, words_in

pytestmark = pytest.mark.django_db
ADD = "/admin/queue/queueitem/add/"


def _typed(**more):
    return {"title": "By hand", "link": "https://example.com/x", "publish_at_0": "", "publish_at_1": "", **more}


def _png():
    file = io.BytesIO()
    Image.new("RGB", (400, 400), "teal").save(file, "PNG")
    file.seek(0)
    file.name = "teal.png"
    return file


def test_an_item_added_by_hand_goes_through_ingest(desk, facebook_account, telegram_account):
    typed = _typed(channels=["tg-news"], hashtags="One, two ,One", data_game="Gates", data_rtp="97.2", variant="B")
    answer = desk.client.post(ADD, typed, follow=True)
    item = QueueItem.objects.get()
    assert (item.source, item.status, item.hashtags) == ("admin:editor", ItemStatus.READY, ["One", "two"])
    assert (item.data, item.meta) == ({"game": "Gates", "rtp": "97.2"}, {"variant": "B"})
    assert [post.account for post in item.posts.all()] == [telegram_account]
    assert "in the queue as ready" in desk.text(answer)


def test_every_wrong_field_is_named_at_once_and_nothing_is_queued(desk, facebook_account):
    page = desk.text(desk.client.post(ADD, _typed(title="x" * 301, link="nonsense", image_url="ftp://x")))
    assert "at most 300 characters" in page and page.count("absolute address") == 2
    assert "Nothing was queued" in page and not QueueItem.objects.exists()


@pytest.mark.parametrize("wrong", [{"link": "nonsense"}, {"channels": ["gone"]}, {"title": "x $AAA $BBB"}])
def test_a_picture_chosen_for_what_is_refused_is_kept(desk, twitter_account, media_root, wrong):
    answer = desk.client.post(ADD, _typed(**{"channels": [twitter_account.slug]} | wrong) | {"image": _png()})
    assert not QueueItem.objects.exists()
    kept = answer.context["form"]["kept"].value()
    assert kept and f'value="{kept}"' in answer.content.decode()
    desk.client.post(ADD, _typed(kept=kept))
    assert Image.open(QueueItem.objects.get().image.path).size == Image.open(_png()).size
    # What is not our word for a picture is nothing.
    desk.client.post(ADD, _typed(title="Other", kept="../../etc/passwd:x"))
    assert not QueueItem.objects.get(title="Other").image


def test_so_it_is_where_an_item_is_changed(desk, item_factory, facebook_account, media_root):
    item = item_factory(facebook_account)
    address = f"/admin/queue/queueitem/{item.pk}/change/"
    answer = desk.client.post(address, _form(item, link="nonsense") | {"image": _png()})
    kept = answer.context["adminform"].form["kept"].value()
    desk.client.post(address, _form(item, kept=kept))
    item.refresh_from_db()
    assert item.image.name.endswith(".png")


def test_an_uploaded_picture_is_there_before_anything_goes_out(desk, facebook_account, media_root):
    desk.client.post(ADD, _typed(image=_png()))
    item = QueueItem.objects.get()
    assert item.image.name.endswith(".png") and (media_root / item.image.name).exists()
    assert item.status == ItemStatus.READY and item.posts.count() == 1


def test_a_draft_waits_for_approval(desk, facebook_account):
    desk.client.post(ADD, _typed(draft="on"))
    item = QueueItem.objects.get()
    assert (item.status, item.posts.count()) == (ItemStatus.DRAFT, 0)
    assert "only after somebody has pressed Approve" in desk.page(item)
    desk.press(item, "approve")
    item.refresh_from_db()
    assert (item.status, item.posts.count()) == (ItemStatus.READY, 1)


def test_what_repeats_another_is_skipped_with_a_link_to_it_and_can_be_sent_anyway(desk, facebook_account):
    same = {"data_game": "Gates", "data_window": "19-21"}
    desk.client.post(ADD, _typed(title="First", **same))
    answer = desk.client.post(ADD, _typed(title="Second", **same), follow=True)
    first, second = QueueItem.objects.order_by("pk")
    assert "repeats another item" in desk.text(answer) and second.status == ItemStatus.SKIPPED
    assert f"/admin/queue/queueitem/{first.pk}/change/" in answer.content.decode()
    desk.press(second, "send-anyway")
    assert second.posts.count() == 1


def test_an_item_page_shows_how_it_reads_on_each_account(desk, item_factory, facebook_account, twitter_account):
    page = desk.page(item_factory(facebook_account, twitter_account))
    assert "How it reads" in page and "X (Twitter)" in page and "/ 280" in page and "/ 63206" in page


def _form(item, **more):
    return {
        "title": item.title,
        "summary": item.summary,
        "link": item.link,
        "image_url": "",
        "hashtags": "",
        "publish_at_0": item.publish_at.date().isoformat(),
        "publish_at_1": item.publish_at.time().isoformat(),
        "expires_at_0": "",
        "expires_at_1": "",
        "posts-TOTAL_FORMS": "0",
        "posts-INITIAL_FORMS": "0",
        **more,
    }


def test_an_item_is_changed_while_nothing_has_gone(desk, item_factory, facebook_account):
    item = item_factory(facebook_account)
    address = f"/admin/queue/queueitem/{item.pk}/change/"
    answer = desk.client.post(address, _form(item, title="Better", publish_at_0="2031-01-02"), follow=True)
    item.refresh_from_db()
    assert (item.title, item.publish_at.year) == ("Better", 2031), desk.text(answer)
    assert item.posts.get().not_before.year == 2031


def test_a_bad_change_is_refused_by_the_rules_of_ingest(desk, item_factory, facebook_account):
    item = item_factory(facebook_account)
    page = desk.text(desk.client.post(f"/admin/queue/queueitem/{item.pk}/change/", _form(item, link="nonsense")))
    item.refresh_from_db()
    assert "absolute address" in page and item.link != "nonsense"


def test_an_item_that_has_gone_can_only_be_read(desk, item_factory, facebook_account):
    item = item_factory(facebook_account, hashtags=["#One", "#Two"])
    Post.objects.update(attempts_made=1)
    page = desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()
    typed_in = set(re.findall(r'<(?:input|textarea|select)[^>]*name="([^"]+)"', page))
    assert not typed_in & {"title", "summary", "link", "image_url", "image", "alt_text", "hashtags"}
    assert "#One #Two" in page
    answer = desk.client.post(f"/admin/queue/queueitem/{item.pk}/change/", _form(item, title="Late"), follow=True)
    item.refresh_from_db()
    assert item.title != "Late" and "Nothing was changed" in desk.text(answer)


def test_a_picture_card_is_made_and_shown(desk, item_factory, facebook_account, media_root):
    item = item_factory(facebook_account)
    assert "drawn" in desk.press(item, "card")
    assert list(media_root.glob("cards/*/*.png"))
    page = desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()
    [address] = set(re.findall(r'class="ap-picture" src="([^"]+)"', page))
    small = desk.client.get(html.unescape(address))
    assert small.headers["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(small.getvalue())).width == 640


@pytest.mark.parametrize("button", ["retry", "requeue", "cancel"])
def test_the_buttons_of_an_item_act_on_its_posts(desk, item_factory, facebook_account, button):
    item = item_factory(facebook_account, status=ItemStatus.FAILED if button == "retry" else ItemStatus.READY)
    Post.objects.update(status="failed" if button == "retry" else "pending", attempts_made=1)
    assert "done." in desk.press(item, button)
    assert item.posts.get().status == ("cancelled" if button == "cancel" else "pending")


def test_an_item_is_rescheduled_by_its_button(desk, item_factory, facebook_account):
    item = item_factory(facebook_account)
    assert "no date" in desk.press(item, "reschedule", publish_at_0="", publish_at_1="")
    desk.press(item, "reschedule", publish_at_0="2031-01-02", publish_at_1="03:04")
    item.refresh_from_db()
    assert item.publish_at.year == 2031


def test_a_list_of_items_costs_the_same_number_of_queries_however_long(
    desk, facebook_account, django_assert_max_num_queries
):
    for _ in range(30):
        factories.make_item(facebook_account)
    with django_assert_max_num_queries(20):
        desk.list("queueitem")
    with django_assert_max_num_queries(20):
        desk.list("post")


@pytest.mark.usefixtures("facebook_account")
class TestAnUploadedPicture:
    """Judged by its bytes; kept under a name that nobody can guess, without what its camera wrote."""

    def kept(self, desk, file) -> QueueItem:
        desk.client.post(ADD, _typed(image=file, draft="on"))
        return QueueItem.objects.get()

    @pytest.mark.parametrize(("kind", "ending"), [("PNG", "png"), ("JPEG", "jpg"), ("GIF", "gif"), ("WEBP", "webp")])
    @pytest.mark.parametrize("name", ["holiday.pdf", "a.mpg", "photo", "x.JPEG", "pic.eps"])
    def test_the_name_that_is_served_ends_as_the_content_is(self, desk, media_root, kind, ending, name):
        item = self.kept(desk, SimpleUploadedFile(name, picture_bytes(kind=kind)))
        assert item.image.name.endswith(f".{ending}")
        assert Image.open(item.image.path).format == kind

    def test_nothing_of_its_own_name_is_in_the_address_and_nobody_can_guess_it(self, desk, media_root):
        item = self.kept(desk, SimpleUploadedFile("holiday.jpg", picture_bytes()))
        desk.client.post(ADD, _typed(title="Again", image=SimpleUploadedFile("holiday.jpg", picture_bytes())))
        other = QueueItem.objects.exclude(pk=item.pk).get()
        assert re.fullmatch(r"items/[0-9a-f]{2}/[0-9a-f]{32}\.jpg", item.image.name)
        assert item.image.name != other.image.name

    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF", "GIF"])
    def test_where_it_was_taken_is_not_kept(self, desk, media_root, kind):
        item = self.kept(desk, SimpleUploadedFile("a.jpg", telling(Image.new("RGB", (90, 60), "teal"), kind, mark=6)))
        [path] = [path for path in media_root.rglob("*") if path.is_file()]
        assert words_in(path.read_bytes()) == []
        assert Image.open(path).getexif().get_ifd(GPS) == {}
        assert path == Path(item.image.path)

    @pytest.mark.parametrize("kind", ["AVIF", "TIFF", "BMP", "JPEG2000"])
    def test_what_browsers_may_not_show_is_kept_as_what_they_do(self, desk, media_root, kind):
        item = self.kept(desk, SimpleUploadedFile("a.x", picture_bytes(kind=kind)))
        assert item.image.name.endswith((".png", ".jpg"))

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"%PDF-1.7 and more", "It is a PDF"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "It is an SVG drawing"),
            (b"<html>picture.jpg</html>", "It is a web page"),
            ((24).to_bytes(4, "big") + b"ftypheic" + bytes(12), "It is a HEIC picture"),
            (b"\xff\xd8\xff\xe0 no more", "damaged"),
            (picture_bytes(kind="PNG")[:400], "damaged"),
            (picture_bytes(12_000, 12_000, "PNG", mode="1", colour=0), "12000 × 12000 pixels"),
            (picture_bytes(kind="BMP") + bytes(20 * 1024 * 1024), "20 MiB"),
            (b"", "empty"),
        ],
    )
    def test_what_is_no_picture_of_ours_is_refused_at_the_field(self, desk, media_root, content, said):
        answer = desk.client.post(ADD, _typed(image=SimpleUploadedFile("photo.jpg", content, "image/jpeg")))
        assert not QueueItem.objects.exists() and list(media_root.rglob("*")) == []
        [error] = answer.context["form"].errors["image"]
        assert said in error
