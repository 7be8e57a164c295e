"""A failed item is no dead end: its picture, link and data are put right, and Retry posts it once with them."""

import html
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone
from PIL import Image

from social_queue.delivery import dispatch
from social_queue.models import Attempt, Post, QueueItem
from tests import factories
from tests.support.clock import Clock

P, Q, END = Post.Status, QueueItem.Status, Attempt.Outcome
#: A field of the page of two texts: (name, what is saved, what was written).
_BESIDE = re.compile(r'data-saved="([^"]+)">([^<]*)<.*?data-written="\1">([^<]*)<', re.DOTALL)


def _picture(colour="teal"):
    file = io.BytesIO()
    Image.new("RGB", (600, 600), colour).save(file, "PNG")
    file.seek(0)
    file.name = f"{colour}.png"
    return file


def _change(item):
    return f"/admin/queue/queueitem/{item.pk}/change/"


def _form(desk, item, **more):
    """The form as the page fills it, with what is typed over it."""
    page = desk.client.get(_change(item)).context["adminform"].form
    fields = {}
    for name in page.fields:
        for tag in re.findall(r"<(?:input|textarea)[^>]*>", str(page[name])):
            found = re.search(r'name="([^"]+)"', tag)
            value = re.search(r'value="([^"]*)"', tag)
            if found and "file" not in tag and "checkbox" not in tag:
                fields[found[1]] = value[1].replace("&quot;", '"') if value else page[name].value() or ""
    return {**fields, "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0", **more}


@pytest.fixture
def without_picture(sandbox, media_root, item_factory, telegram_account, facebook_account):
    """An item on two accounts whose picture's address answers 404: both posts have failed."""
    item = item_factory(
        telegram_account, facebook_account, publish_at=timezone.now(), image_url=f"{sandbox.url}/no.png"
    )
    dispatch.drain(clock=Clock())
    item.refresh_from_db()
    assert (item.status, sandbox.wall) == (Q.FAILED, [])
    return item


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["upload", "address", "none", "card"])
def test_a_wrong_picture_is_replaced_and_retry_posts_once_with_it(desk, sandbox, without_picture, how):
    item = without_picture
    assert "Nothing of it is out." in desk.page(item)
    if how == "card":
        assert "goes out with this item" in desk.press(item, "card")
    else:
        more = {"upload": {"image": _picture()}, "none": {"image_url": ""}}.get(how)
        more = more or {"image_url": f"{sandbox.url}/_media/sample/photo.jpg"}
        answer = desk.client.post(_change(item), _form(desk, item, data_rtp="91.5", **more), follow=True)
        assert "kept as you changed it" in desk.text(answer)
    desk.press(item, "retry")
    dispatch.drain(clock=Clock(timezone.now() + timedelta(seconds=11)))
    item.refresh_from_db()
    assert item.status == Q.POSTED, list(item.posts.values_list("status", "error"))
    assert len(sandbox.wall) == 2
    assert {bool(posting.media_url) for posting in sandbox.wall} == {how != "none"}
    if how != "card":
        assert item.data["rtp"] == "91.5" and item.data["game"] == "Gates of Olympus"


def _tried(account, status, outcome, *, sent=True):
    more = {"external_id": "1", "published_at": factories.NOW} if status == P.PUBLISHED else {}
    item = factories.make_item(status=Q.FAILED)
    post = factories.make_post(item, account, status=status, attempts_made=1, caption="As sent", draft_ref="d1", **more)
    factories.make_attempt(post, outcome=outcome, sent_at=factories.NOW if sent else None, ended_at=factories.NOW)
    return item


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", [END.REJECTED, END.TRANSIENT, END.TOKEN_INVALID, END.SITE_FAULT])
@pytest.mark.parametrize("status", [P.FAILED, P.PENDING])
def test_what_the_platform_refused_may_be_changed_and_is_worded_afresh(desk, telegram_account, status, outcome):
    item = _tried(telegram_account, status, outcome)
    desk.client.post(_change(item), _form(desk, item, link="https://example.com/right"))
    item.refresh_from_db()
    post = item.posts.get()
    assert item.link == "https://example.com/right"
    assert (post.caption, post.draft_ref, post.status) == ("", "", status)


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", [END.OUTCOME_UNKNOWN, END.REPEAT_REFUSED, END.OUR_FAULT, END.LEASE_ENDED, ""])
def test_what_may_be_out_is_not_changed(desk, telegram_account, outcome):
    item = _tried(telegram_account, P.FAILED, outcome)
    assert b'name="title"' not in desk.client.get(_change(item)).content
    desk.client.post(_change(item), {**_late_form(item), "link": "https://example.com/late"})
    item.refresh_from_db()
    assert item.link != "https://example.com/late" and item.posts.get().caption == "As sent"


@pytest.mark.django_db
@pytest.mark.parametrize("status", [P.PUBLISHED, P.PUBLISHING, P.UNKNOWN])
def test_nothing_is_changed_while_one_post_is_out_or_under_way(desk, telegram_account, facebook_account, status):
    item = _tried(telegram_account, P.FAILED, END.REJECTED, sent=False)
    factories.make_post(item, facebook_account, status=status, attempts_made=0, external_id="1")
    assert b'name="title"' not in desk.client.get(_change(item)).content


def _late_form(item):
    moment = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00", "expires_at_0": "", "expires_at_1": ""}
    plain = {name: getattr(item, name) for name in ("title", "summary", "link", "image_url")}
    return {**plain, **moment, "hashtags": "", "posts-TOTAL_FORMS": "0", "posts-INITIAL_FORMS": "0"}


@pytest.mark.django_db
def test_an_editors_own_words_stay_when_the_item_is_mended(desk, telegram_account):
    item = _tried(telegram_account, P.FAILED, END.REJECTED)
    item.posts.update(caption="Mine", caption_edited=True)
    desk.client.post(_change(item), _form(desk, item, title="Right"))
    assert item.posts.get().caption == "Mine"


@pytest.mark.django_db
def test_data_of_other_names_stays_and_the_cooldown_sees_the_new_game(desk, item_factory, telegram_account):
    item = item_factory(telegram_account, data={"game": "Old", "odds": [1, 2]})
    desk.client.post(_change(item), _form(desk, item, data_game="New Game", data_rtp="97"))
    item.refresh_from_db()
    assert item.data == {"game": "New Game", "rtp": "97", "odds": [1, 2]} and item.game == "new game"


@pytest.mark.django_db
def test_the_second_of_two_editors_changes_nothing_and_sees_both_texts(desk, item_factory, telegram_account):
    item = item_factory(telegram_account, summary="One\nTwo")
    first, second = _form(desk, item, summary="Of the first"), _form(desk, item, summary="Of the second", data_rtp="9")
    desk.client.post(_change(item), first)
    answer = desk.client.post(_change(item), second)
    item.refresh_from_db()
    assert answer.status_code == 409 and item.summary == "Of the first" and item.data["rtp"] == 97.2
    page = answer.content.decode()
    assert "Of the first" in page and "Of the second" in page and "editor has saved this" in page


@pytest.mark.django_db
def test_the_second_editor_can_go_on_without_losing_what_the_first_did_elsewhere(desk, item_factory, telegram_account):
    item = item_factory(telegram_account)
    first = _form(desk, item, title="New title", summary="Of the first")
    second = _form(desk, item, summary="Of the second")
    desk.client.post(_change(item), first)
    carried = _hidden(desk.client.post(_change(item), second))
    answer = desk.client.post(_change(item), carried, follow=True)
    item.refresh_from_db()
    assert "kept as you changed it" in desk.text(answer)
    assert (item.title, item.summary) == ("New title", "Of the second")


@pytest.mark.django_db
def test_the_second_editor_sees_what_only_he_changed_beside_what_is_saved(desk, item_factory, telegram_account):
    item = item_factory(telegram_account, summary="As it was")
    first, second = _form(desk, item, title="New title"), _form(desk, item, summary="Of the second", data_rtp="9")
    desk.client.post(_change(item), first)
    page = desk.client.post(_change(item), second).content.decode()
    shown = {name: (saved, written) for name, saved, written in _BESIDE.findall(page)}
    assert shown.pop("title")[0] == "New title"
    assert shown == {"summary": ("As it was", "Of the second"), "data_rtp": ("97.2", "9")}


@pytest.mark.django_db
def test_facts_without_a_field_and_nothing_that_was_left_alone_are_shown_to_the_second_editor(
    desk, item_factory, telegram_account
):
    item = item_factory(telegram_account, data={"game": "Old", "odds": "1"})
    composed = {"composed": "1", "channels": [telegram_account.slug], "data_key": "odds"}
    first = _form(desk, item, title="New title", data_value="1", **composed)
    second = _form(desk, item, data_value="2", **composed)
    desk.client.post(_change(item), first)
    page = desk.client.post(_change(item), second).content.decode()
    shown = {name: (saved, written) for name, saved, written in _BESIDE.findall(page)}
    assert set(shown) == {"title", "data_key"} and shown["data_key"] == ("odds: 1", "odds: 2")


def _hidden(answer):
    """The fields that the page of two texts carries along."""
    form = answer.content.decode().partition("data-conflict")[2].partition("</form>")[0]
    tags = [tag for tag in re.findall(r"<input[^>]*>", form) if "csrf" not in tag]
    found = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: html.unescape(value[1]) if value else "" for name, value in found}


@pytest.mark.django_db
def test_a_moved_item_is_not_moved_back_by_a_form_that_was_open(desk, item_factory, telegram_account):
    item = item_factory(telegram_account)
    stale = _form(desk, item, summary="Mine")
    desk.press(item, "reschedule", publish_at_0="2031-01-02", publish_at_1="03:04")
    assert desk.client.post(_change(item), stale).status_code == 409
    item.refresh_from_db()
    assert item.publish_at.year == 2031


@pytest.mark.django_db
def test_a_form_left_as_it_was_changes_nothing(desk, item_factory, telegram_account):
    moment = timezone.now().replace(second=17, microsecond=123)
    item = item_factory(telegram_account, publish_at=moment, summary="One\nTwo")
    desk.client.post(_change(item), _form(desk, item, summary="One\r\nTwo"))
    item.refresh_from_db()
    assert (item.publish_at, item.summary) == (moment, "One\nTwo")


@pytest.mark.django_db
def test_a_caption_that_somebody_else_rewrote_is_not_overwritten(desk, item_factory, telegram_account):
    post = item_factory(telegram_account).posts.get()
    address = f"/admin/queue/post/{post.pk}/change/"
    seen = desk.client.get(address).context["adminform"].form.initial["seen"]
    desk.client.post(address, {"caption": "Of the first", "seen": seen})
    answer = desk.client.post(address, {"caption": "Of the second", "seen": seen})
    post.refresh_from_db()
    assert (answer.status_code, post.caption) == (409, "Of the first")
    assert b"Of the first" in answer.content and b"Of the second" in answer.content
    desk.client.post(address, _hidden(answer))
    post.refresh_from_db()
    assert post.caption == "Of the second"


@pytest.mark.django_db
@pytest.mark.parametrize("seen", ["", "nonsense", "[]", '{"data": 7, "publish_at": "soon", "hashtags": null}'])
def test_a_form_that_does_not_say_what_it_was_filled_with_is_compared_with_what_stands(
    desk, item_factory, telegram_account, seen
):
    item = item_factory(telegram_account)
    desk.client.post(_change(item), _form(desk, item, title="New title", seen=seen))
    item.refresh_from_db()
    assert item.title == "New title" and item.data["game"] == "Gates of Olympus"
