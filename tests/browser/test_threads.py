"""A thread as people see it: on its post's page, with the buttons for what stands, and on the wall below its post."""

import os
from pathlib import Path

import pytest

from social_queue.delivery import dispatch
from social_queue.operations.following import acts
from tests import factories
from tests.support.clock import Clock

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"width": 390, "height": 844}


def photograph(tab, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("PICTURES_INTO"):
        tab.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


@pytest.fixture
def thread(sandbox, media_root):
    """A published post, whose third follow-up of four was refused."""
    clock = Clock()
    account = factories.make_account("telegram", slug="tg-kabar", min_interval_s=1)
    texts = [{"text": f"Part {number}: what the figures say, and what they do not."} for number in range(1, 5)]
    post = factories.make_post(factories.make_item(publish_at=clock(), follow_ups=texts), account)
    for _ in range(3):
        dispatch.drain(clock=clock)
        clock.forward(seconds=2)
    sandbox.scenario(account.address, "reply_refused", times=1)
    dispatch.drain(clock=clock)
    assert list(post.parts.values_list("status", flat=True)) == ["published", "published", "failed", "pending"]
    return post


@pytest.mark.parametrize("size", [None, PHONE])
def test_the_post_says_where_its_thread_stands_and_a_press_lets_it_go_on(desk, thread, size):
    if size:
        desk.set_viewport_size(size)
    desk.goto(f"/admin/queue/post/{thread.pk}/change/")
    photograph(desk, f"thread-{'phone' if size else 'desktop'}")
    assert "Follow-up 3 was refused, and 1 behind it wait." in desk.inner_text("main")
    assert desk.locator("[data-part]").count() == 5
    assert desk.evaluate("document.documentElement.scrollWidth <= innerWidth")
    desk.once("dialog", lambda dialog: dialog.accept())
    desk.click("[data-act=part-retry]")
    desk.wait_for_selector("text=Try the follow-up again: done.")
    assert thread.parts.get(number=4).status == "pending"


def test_the_wall_hangs_a_thread_below_its_post_in_order_and_as_it_grows(page, sandbox, thread):
    page.goto(f"{sandbox.url}/")
    rows = page.locator(".post.telegram .thread li")
    assert [row.split("\n")[0] for row in rows.all_inner_texts()] == [
        f"Part {number}: what the figures say, and what they do not." for number in (1, 2)
    ]
    assert page.locator(".post.telegram").count() == 1
    acts.retry(thread.parts.get(number=4), now=Clock()())
    clock = Clock()
    clock.forward(minutes=1)
    dispatch.drain(clock=clock)
    rows.nth(2).wait_for()
    assert rows.count() == 3
    assert page.locator(".post.telegram").count() == 1
    photograph(page, "wall")
