"""Pages that are open renew themselves: cheaply when nothing has changed, and without taking a message away."""

from datetime import timedelta

import pytest
from django.contrib import messages
from django.core.cache import cache
from django.utils import timezone

from social_queue.models import ItemStatus, Post, QueueItem
from social_queue.operations import editing
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ("/admin/", "/admin/queue/review/", "/admin/queue/queueitem/", "/admin/queue/post/", "/admin/queue/alert/")


@pytest.fixture
def rows(telegram_account):
    cache.clear()
    soon = timezone.now() + timedelta(hours=2)
    factories.make_item(status=ItemStatus.DRAFT, publish_at=soon)
    return factories.make_item(telegram_account, publish_at=soon)


def _ask(desk, page: str, stamp: str = "-"):
    return desk.client.get(page, HTTP_X_LIVE=stamp)


@pytest.mark.parametrize("page", PAGES)
def test_what_has_not_changed_is_not_drawn_again(desk, rows, page):
    whole = desk.client.get(page)
    stamp = whole.headers.get("X-Live") or whole.content.decode().split('data-live-stamp="')[1].split('"')[0]
    answer = _ask(desk, page, stamp)
    assert answer.status_code == 304 and not answer.content
    assert _ask(desk, page).status_code == 200


@pytest.mark.parametrize(
    ("page", "change"),
    [
        ("/admin/", lambda item: Post.objects.filter(item=item).update(status="failed", error="x")),
        ("/admin/queue/queueitem/", lambda item: Post.objects.filter(item=item).update(status="failed")),
        ("/admin/queue/queueitem/", lambda item: QueueItem.objects.filter(pk=item.pk).update(title="Another")),
        ("/admin/queue/post/", lambda item: QueueItem.objects.filter(pk=item.pk).update(title="Another")),
        (
            "/admin/queue/review/",
            lambda item: editing.edit(QueueItem.objects.get(status="draft").pk, {"title": "x"}, now=timezone.now()),
        ),
    ],
)
def test_what_has_changed_is(desk, rows, page, change):
    stamp = _ask(desk, page).headers["X-Live"]
    assert _ask(desk, page, stamp).status_code == 304
    change(rows)
    answer = _ask(desk, page, stamp)
    assert answer.status_code == 200 and answer.headers["X-Live"] != stamp


def test_a_question_of_the_script_takes_no_message_away(desk, rows):
    request = desk.client.get("/admin/").wsgi_request
    messages.info(request, "Still to be read")
    request._messages.update(answer := desk.client.get("/admin/login/"))
    desk.client.cookies.update(answer.cookies)
    request.session.save()
    for page in (*PAGES, "/admin/queue/calendar/"):
        assert "Still to be read" not in _ask(desk, page).content.decode()
    assert "Still to be read" in desk.client.get(PAGES[0]).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_every_one_of_them_says_what_is_to_be_renewed(desk, rows, page):
    assert "data-live " in desk.client.get(page).content.decode()


def test_an_unknown_filter_is_answered_as_ever(desk, rows):
    assert _ask(desk, "/admin/queue/post/?p=x").status_code in (200, 302)
    assert _ask(desk, "/admin/queue/post/?code=1").status_code == 400
