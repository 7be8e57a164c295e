"""Review: what waits for a human, one at a time, with what is odd about it."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from social_queue.admin.review import usual
from social_queue.models import Approval, ItemStatus, Post, QueueItem
from social_queue.operations import editing
from tests import factories

pytestmark = pytest.mark.django_db
REVIEW = "/admin/queue/review/"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def drafts(telegram_account, facebook_account):
    """Three drafts, the second of which was pushed in last."""
    soon = timezone.now() + timedelta(hours=1)
    return [
        factories.make_item(status=ItemStatus.DRAFT, title=f"Draft {n}", publish_at=soon + timedelta(hours=hour))
        for n, hour in ((1, 0), (3, 2), (2, 1))
    ]


def _shown(answer) -> int:
    found = re.search(r'data-review="(\d+)"', answer.content.decode())
    return int(found[1]) if found else 0


def test_the_first_of_those_that_wait_is_shown_with_a_true_preview_for_each_account(desk, drafts):
    answer = desk.client.get(REVIEW)
    page = answer.content.decode()
    assert _shown(answer) == drafts[0].pk and "3 wait for you." in desk.text(answer)
    assert 'data-preview="tg-news"' in page and 'data-preview="fb-page"' in page and 'class="ap-look' in page
    assert 'data-act="approve"' in page and 'data-act="send-back"' in page and 'data-key="j"' in page


def test_three_decisions_one_after_the_other(desk, drafts):
    first, third, second = drafts
    answer = desk.client.post(f"{REVIEW}{first.pk}/approve/", **HTMX)
    assert _shown(answer) == second.pk and 'data-act="undo"' in answer.content.decode()
    answer = desk.client.post(f"{REVIEW}{second.pk}/send-back/", {"reason": "RTP is\nwrong"}, **HTMX)
    assert _shown(answer) == third.pk
    answer = desk.client.post(f"{REVIEW}{third.pk}/approve/", **HTMX)
    assert _shown(answer) == 0 and "Nothing waits for you. Good." in desk.text(answer)
    for item in drafts:
        item.refresh_from_db()
    assert [item.status for item in (first, second, third)] == ["ready", "draft", "ready"]
    assert second.sent_back_reason == "RTP is wrong" and "RTP is wrong" in desk.page(second)
    words = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    assert list(words) == ["Approve", "Sent back: RTP is wrong", "Approve"]
    assert "Sent back: RTP is wrong" in desk.text(desk.client.get(f"/admin/queue/queueitem/{second.pk}/history/"))


def test_without_scripts_the_next_one_comes_all_the_same(desk, drafts):
    answer = desk.client.post(f"{REVIEW}{drafts[0].pk}/approve/", follow=True)
    assert _shown(answer) == drafts[2].pk and "<main" in answer.content.decode()
    assert _shown(desk.client.get(f"{REVIEW}?at={drafts[1].pk}")) == drafts[1].pk
    assert _shown(desk.client.get(f"{REVIEW}?at=x")) == drafts[2].pk


def test_an_approval_is_taken_back(desk, drafts):
    answer = desk.client.post(f"{REVIEW}{drafts[0].pk}/approve/", follow=True)
    desk.undo(answer)
    assert _shown(desk.client.get(REVIEW)) == drafts[0].pk and Approval.objects.get().ended_at


def test_what_was_changed_since_it_was_shown_is_shown_again(desk, drafts):
    seen = re.search(r'name="seen" value="(\w+)"', desk.client.get(REVIEW).content.decode())[1]
    editing.edit(drafts[0].pk, {"title": "Another"}, now=timezone.now())
    answer = desk.client.post(f"{REVIEW}{drafts[0].pk}/approve/", {"seen": seen}, **HTMX)
    assert _shown(answer) == drafts[0].pk and "Another" in desk.text(answer) and "Look at it again" in desk.text(answer)
    assert not Post.objects.exists()


def test_what_somebody_else_decided_meanwhile_is_left_alone(desk, drafts):
    desk.client.post(f"{REVIEW}{drafts[0].pk}/approve/")
    answer = desk.client.post(f"{REVIEW}{drafts[0].pk}/approve/", **HTMX)
    assert "Somebody was faster: editor approved it" in desk.text(answer) and Approval.objects.count() == 1
    desk.client.post(f"{REVIEW}{drafts[1].pk}/send-back/", {"reason": "RTP is wrong"})
    answer = desk.client.post(f"{REVIEW}{drafts[1].pk}/approve/", **HTMX)
    assert "Somebody was faster: it was sent back (“RTP is wrong”)." in desk.text(answer)
    QueueItem.objects.filter(pk=drafts[2].pk).update(status="cancelled")
    answer = desk.client.post(f"{REVIEW}{drafts[2].pk}/approve/", **HTMX)
    assert "Somebody was faster: it is cancelled now." in desk.text(answer)


def test_sending_back_needs_a_reason(desk, drafts):
    answer = desk.client.post(f"{REVIEW}{drafts[0].pk}/send-back/", {"reason": "  "}, **HTMX)
    assert "Say why it goes back" in desk.text(answer) and _shown(answer) == drafts[0].pk


def test_nothing_here_is_done_by_looking(desk, drafts):
    for verb in ("approve", "send-back"):
        assert desk.client.get(f"{REVIEW}{drafts[0].pk}/{verb}/").status_code == 302
    drafts[0].refresh_from_db()
    assert drafts[0].status == ItemStatus.DRAFT
    assert desk.client.post(f"{REVIEW}{drafts[0].pk}/publish/").status_code == 404


def _with_rtp(*values, game="Gates of Olympus", **fields):
    for value in values:
        factories.make_item(status="posted", data={"game": game, "rtp": value}, game=game.casefold(), **fields)


def test_a_number_that_is_unusual_for_its_game_is_marked_and_said_in_words(desk, telegram_account):
    _with_rtp(97.2, 97.1, 97.3, 97.2, 97.2, "97.4", 97.0, 97.2, 97.25)
    _with_rtp(*[50] * 20, game="Another")
    odd = {"game": "Gates of Olympus", "rtp": 96.1, "pattern": "A-B-A"}
    factories.make_item(status="draft", data=odd, game="gates of olympus", publish_at=timezone.now())
    page = desk.client.get(REVIEW)
    assert 'data-remark="unusual"' in page.content.decode() and page.content.decode().count("data-odd") == 1
    said = desk.text(page)
    assert "RTP in percent is 96.1, which is unusual: the last 9 of Gates of Olympus had 97.0" in said.replace(
        "97 to", "97.0 to"
    )


def test_a_usual_number_and_one_without_a_history_are_not(desk, telegram_account):
    _with_rtp(*[97.2, 97.1, 97.3] * 4)
    _with_rtp(12, game="New")
    for data in ({"game": "Gates of Olympus", "rtp": 97.15}, {"game": "New", "rtp": 99, "lines": 20}):
        factories.make_item(status="draft", data=data, game=data["game"].casefold(), source="elsewhere")
    for item in QueueItem.objects.filter(status="draft"):
        assert "data-remark" not in desk.client.get(f"{REVIEW}?at={item.pk}").content.decode()


@given(st.lists(st.floats(-1e6, 1e6), min_size=usual.FEWEST, max_size=usual.MOST))
def test_the_middle_of_what_there_was_is_never_unusual(values):
    assert usual.unusual(sorted(values)[len(values) // 2], values) is None or len(set(values)) > 1


@given(st.floats(90, 99), st.integers(usual.FEWEST, usual.MOST), st.floats(1e5, 1e9))
def test_a_few_wrong_ones_do_not_make_another_wrong_one_usual(middle, count, wild):
    others = [middle + (n % 5) / 10 for n in range(count)]
    others[0] = wild
    assert usual.unusual(wild * 2, others)
    assert usual.unusual(middle + 0.2, others) is None


@pytest.mark.parametrize(
    ("given_", "read"),
    [("97,2 %", 97.2), ("97.2", 97.2), (3, 3.0), (True, None), ("19:00", None), ("A", None), ([], None), (1e30, None)],
)
def test_numbers_are_read_as_people_write_them(given_, read):
    assert usual.number(given_) == read


def test_those_without_remarks_are_approved_together_after_a_page_that_counts(desk, drafts):
    _with_rtp(*[97.2, 97.1, 97.3] * 4)
    QueueItem.objects.filter(pk=drafts[1].pk).update(
        data={"game": "Gates of Olympus", "rtp": 12}, game="gates of olympus"
    )
    assert "Approve the 2 without remarks" in desk.text(desk.client.get(f"{REVIEW}batch/"))
    asked = desk.client.post(f"{REVIEW}batch/")
    assert 'data-effect="4"' in asked.content.decode() and 'data-act="confirm"' in asked.content.decode()
    assert not Post.objects.exists()
    answer = desk.confirm(asked)
    assert answer.redirect_chain[-1][0] == REVIEW and _shown(answer) == drafts[1].pk
    assert Post.objects.count() == 4 and Approval.objects.count() == 2
    desk.undo(answer)
    assert QueueItem.objects.filter(status="draft").count() == 3


def test_a_person_without_the_right_sees_no_button_and_is_refused(client, django_user_model, grant, drafts):
    viewer = django_user_model.objects.create_user("viewer", is_staff=True)
    client.force_login(viewer)
    assert client.get(REVIEW).status_code == 403
    grant(viewer, "queue.view_queueitem")
    page = client.get(REVIEW).content.decode()
    assert f'data-review="{drafts[0].pk}"' in page and 'data-act="skip"' in page
    assert not re.search(r'data-act="(approve|send-back|edit)"', page)
    for address in (f"{REVIEW}{drafts[0].pk}/approve/", f"{REVIEW}batch/"):
        answer = client.post(address)
        assert answer.status_code == 403 and "data-refused" in answer.content.decode()
    assert not Post.objects.exists()
