"""Correcting in the desk: both texts seen first, stopped for a moment, done by a worker, and told where it can't be."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.utils import timezone

from social_queue.delivery import dispatch
from social_queue.models import Errand, Post
from social_queue.operations.correcting import asking
from social_queue.operations.recalling import asking as recalling
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "The gates open at eight."


@pytest.fixture(autouse=True)
def _ten_seconds(settings):
    settings.UNDO_SECONDS = 10


@pytest.fixture
def post(sandbox, facebook_account):
    """A post that is out."""
    row = factories.make_post(factories.make_item(publish_at=timezone.now()), facebook_account)
    assert dispatch.drain(clock=timezone.now) == {"published": 1}
    row.refresh_from_db()
    return row


def press(desk, post, **fields):
    """The button, or one of its page."""
    return desk.client.post(f"/admin/queue/post/{post.pk}/press/correct/", fields)


def shown(desk, post):
    """The post's page as a browser gets it."""
    return desk.client.get(f"/admin/queue/post/{post.pk}/change/").content.decode()


def seen(page):
    """What the page's form was filled with."""
    return page.context["form"]["seen"].value()


def test_both_texts_are_seen_before_anything_is_asked_for(desk, post):
    assert 'data-act="correct"' in shown(desk, post)
    page = press(desk, post)
    assert page.context["form"].initial["caption"] == post.caption
    assert "data-effect" not in page.content.decode()

    page = press(desk, post, step="look", caption=NEW, seen=seen(page))
    content = page.content.decode()
    assert 'data-effect="1"' in content and 'data-act="confirm"' in content
    assert page.context["judged"].text == NEW and page.context["post"].caption == post.caption
    assert f'data-length="{len(NEW)}" data-limit="63206"' in content
    assert "for 10 seconds afterwards" in desk.text(page)
    assert not Errand.objects.exists() and not LogEntry.objects.exists()


def test_it_is_asked_for_and_a_worker_changes_it(desk, post, sandbox):
    page = press(desk, post)
    answer = press(desk, post, step="do", caption=NEW, seen=seen(page))
    assert answer.status_code == 302
    errand = Errand.objects.get()
    assert (errand.text, errand.old_text, errand.person.username) == (NEW, post.caption, "editor")
    assert errand.asked_by == "editor"
    assert LogEntry.objects.get().get_change_message() == "Correct the text"
    text = desk.page(post)
    assert "The text is changed on the platform in a moment." in text and "It gets another text" in text

    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"corrected": 1} and sandbox.wall[0].text == NEW
    assert "data-correction" in shown(desk, post)
    text = desk.page(post)
    assert post.caption.split()[0] in text and NEW in text and "It read before" in text


def test_it_can_be_stopped_for_a_moment(desk, post, sandbox):
    press(desk, post, step="do", caption=NEW, seen=seen(press(desk, post)))
    assert 'data-act="leave-text"' in shown(desk, post)
    desk.client.post(f"/admin/queue/post/{post.pk}/press/leave-text/")
    assert not Errand.objects.exists()
    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {} and sandbox.wall[0].text == post.caption


@pytest.mark.parametrize(("text", "why"), [("", "needs words"), ("x" * 63_300, "63206")])
def test_what_the_platform_would_refuse_is_said_beside_the_field(desk, post, text, why):
    for step in ("look", "do"):
        page = press(desk, post, step=step, caption=text, seen=seen(press(desk, post)))
        assert page.status_code == 200 and why in str(page.context["form"].errors["caption"])
        assert 'data-act="confirm"' not in page.content.decode()
    assert not Errand.objects.exists()


def test_the_text_that_stands_there_needs_no_change(desk, post):
    page = press(desk, post, step="look", caption=post.caption, seen=seen(press(desk, post)))
    assert "It reads so already" in desk.text(page) and 'data-act="confirm"' not in page.content.decode()


def test_whoever_comes_second_sees_what_the_first_asked_for(desk, post):
    page = press(desk, post)
    asking.correct(post, "The other's words.", asker=asking.Asker("ben"), now=timezone.now())
    answer = press(desk, post, step="do", caption=NEW, seen=seen(page))
    assert "meanwhile" in desk.text(answer) and Errand.objects.get(ended_at=None).text == "The other's words."
    press(desk, post, step="do", caption=NEW, seen=seen(answer))
    assert Errand.objects.get(ended_at=None).text == NEW


def test_where_no_text_is_changed_there_is_no_button(desk, telegram_account):
    there = {"status": "published", "external_id": "1", "published_at": timezone.now(), "attempts_made": 1}
    gram = factories.make_account("instagram")
    for account, offered in ((telegram_account, True), (gram, False)):
        row = factories.make_post(factories.make_item(), account, **there)
        assert ('data-act="correct"' in shown(desk, row)) is offered
    Post.objects.update(status="recalled", recalled_at=timezone.now())
    assert 'data-act="correct"' not in shown(desk, Post.objects.first())


def of_item(desk, item):
    """The item's page as a browser gets it."""
    return desk.client.get(f"/admin/queue/queueitem/{item.pk}/change/").content.decode()


def test_each_card_of_the_item_that_is_out_has_the_button_and_it_leads_back_there(desk, post, sandbox):
    there = {"status": "published", "external_id": "1", "published_at": timezone.now(), "attempts_made": 1}
    factories.make_post(post.item, factories.make_account("instagram"), **there)
    page = of_item(desk, post.item)
    assert page.count('data-act="correct"') == 1 and f"/post/{post.pk}/press/correct/" in page

    page = press(desk, post, back="item")
    assert 'name="back" value="item"' in page.content.decode()
    assert "If somebody has changed its text on the platform by hand" in desk.text(page)
    answer = press(desk, post, step="do", caption=NEW, seen=seen(page), back="item")
    assert answer.url == f"/admin/queue/queueitem/{post.item_id}/change/"
    assert Errand.objects.get().text == NEW
    recalling.recall(Post.objects.filter(pk=post.pk), now=timezone.now())
    assert 'data-act="correct"' not in of_item(desk, post.item)


def test_whoever_may_only_read_gets_no_button_on_the_item(post, client, django_user_model):
    reader = django_user_model.objects.create_user("reader", is_staff=True)
    reader.groups.add(Group.objects.get(name="Viewer"))
    client.force_login(reader)
    page = client.get(f"/admin/queue/queueitem/{post.item_id}/change/")
    assert page.status_code == 200 and 'data-act="correct"' not in page.content.decode()


@pytest.fixture
def thread(sandbox, telegram_account):
    """A post and its two follow-ups, all out."""
    item = factories.make_item(telegram_account, publish_at=timezone.now(), follow_ups=[{"text": "One"}, {"text": "2"}])
    while dispatch.drain(clock=timezone.now):
        pass
    return Post.objects.get(item=item)


def test_each_follow_up_that_is_out_has_a_button_of_its_own(desk, thread, sandbox):
    assert shown(desk, thread).count('data-act="correct-part"') == 2
    page = press(desk, thread, part=3)
    assert page.context["form"].initial["caption"] == "2" and "Correct follow-up 2" in desk.text(page)
    page = press(desk, thread, part=3, step="look", caption="Two", seen=seen(page))
    assert 'data-effect="1"' in page.content.decode() and 'name="part" value="3"' in page.content.decode()
    assert press(desk, thread, part=3, step="do", caption="Two", seen=seen(page)).status_code == 302
    assert Errand.objects.get().part.number == 3
    text = desk.page(thread)
    assert "It gets another text in a moment." in text and "Leave the follow-up as it is" in text

    clock = Clock()
    clock.forward(seconds=11)
    assert dispatch.drain(clock=clock) == {"corrected": 1} and sandbox.wall[-1].text == "Two"
    assert "data-correction" in shown(desk, thread) and "Follow-up 2" in desk.page(thread)


def test_the_follow_up_is_left_as_it_is_and_nothing_that_is_none_is_corrected(desk, thread):
    press(desk, thread, part=2, step="do", caption="Uno", seen=seen(press(desk, thread, part=2)))
    desk.client.post(f"/admin/queue/post/{thread.pk}/press/leave-below/")
    assert not Errand.objects.exists()
    assert press(desk, thread, part=9).status_code == 404
    page = press(desk, thread, part=2, step="do", caption="x" * 4097, seen="")
    assert "meanwhile" in desk.text(page) or "4096" in desk.text(page)


def test_what_could_not_be_changed_says_where_to_do_it(desk, telegram_account):
    row = factories.make_post(
        factories.make_item(), telegram_account, status="published", external_id="1", attempts_made=2,
        published_at=timezone.now() - timedelta(days=1), permalink="https://t.me/news/7",
        error_kind="not_correctable", error="The bot may not edit this message.", caption="Old",
    )  # fmt: skip
    text = desk.page(row)
    assert "does not let us change its text" in text
    assert "Change its text on the platform yourself: https://t.me/news/7" in text
