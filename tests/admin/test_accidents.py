"""No accident: what acts on many is counted first, can be taken back for a moment, and leaves its history."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from social_queue.access import keys
from social_queue.alerts import ledger
from social_queue.delivery import claim, dispatch
from social_queue.models import Alert, CooldownRule, ItemStatus, Post, PostStatus, Press, QueueItem
from social_queue.operations import items as operations
from social_queue.operations import posts as post_operations
from social_queue.operations import pressing, undo
from tests import factories
from tests.support.clock import Clock

pytestmark = pytest.mark.django_db
COLUMNS = [*pressing.KEPT, "attempts_made", "caption_edited", "variant"]


@pytest.fixture
def coming():
    """Six items of the coming week on two accounts, and one whose time has come."""
    accounts = [factories.make_account("telegram", slug="tg"), factories.make_account("facebook", slug="fb")]
    soon = timezone.now() + timedelta(days=2)
    items = [factories.make_item(*accounts, publish_at=soon + timedelta(hours=hour)) for hour in range(6)]
    return [*items, factories.make_item(accounts[0], publish_at=timezone.now() - timedelta(minutes=1))]


def _state():
    posts = {row.pop("pk"): row for row in Post.objects.values("pk", *COLUMNS)}
    items = {row.pop("pk"): row for row in QueueItem.objects.values("pk", "status", "publish_at", "skip_reason")}
    return posts, items, sorted(Alert.objects.values_list("open_key", "resolved_at"), key=str)


def test_sending_many_now_first_says_how_many_where_and_how_many_were_planned(desk, coming):
    before = _state()
    asked = desk.choose("queueitem", "requeue_now", coming)
    page = desk.text(asked)
    assert "13 posts on 2 accounts: out now." in page and "12 of them were planned for later." in page
    assert 'data-effect="13"' in asked.content.decode() and 'data-act="confirm"' in asked.content.decode()
    assert _state() == before
    desk.confirm(asked)
    assert not Post.objects.filter(not_before__gt=timezone.now() + timedelta(seconds=11)).exists()


def test_both_places_call_it_send_now(desk, coming):
    for model in ("queueitem", "post"):
        page = desk.list(model)
        assert "Send now" in page and "Requeue" not in page
    assert "Send now" in desk.page(coming[0])


@pytest.mark.parametrize("model", ["queueitem", "post"])
def test_one_row_is_not_sent_now_without_a_question(desk, coming, model):
    row = coming[0] if model == "queueitem" else coming[0].posts.first()
    before = _state()
    asked = desk.push(row, "requeue")
    assert "planned for later" in desk.text(asked) and _state() == before
    assert not LogEntry.objects.exists()
    desk.confirm(asked)
    assert _state() != before and LogEntry.objects.get().change_message == "Send now"


def test_approving_what_would_go_out_at_once_asks_and_what_is_planned_does_not(desk, facebook_account):
    late = factories.make_item(status=ItemStatus.DRAFT, publish_at=timezone.now() - timedelta(hours=1))
    planned = factories.make_item(status=ItemStatus.DRAFT, publish_at=timezone.now() + timedelta(hours=1))
    asked = desk.push(late, "approve")
    assert "1 post on 1 account: out now." in desk.text(asked) and not late.posts.exists()
    desk.push(planned, "approve")
    assert planned.posts.count() == 1
    told = desk.text(desk.choose("queueitem", "approve", [late]))
    assert "1 post on 1 account: out now." in told


def test_a_time_that_has_passed_is_called_now_before_anything_moves(desk, coming):
    before = _state()
    past = {"publish_at_0": "2020-01-01", "publish_at_1": "10:00"}
    for asked in (
        desk.push(coming[0], "reschedule", **past),
        desk.confirm(desk.choose("queueitem", "reschedule", coming[:1]), **past),
    ):
        assert "2 posts on 2 accounts: out now." in desk.text(asked) and _state() == before
    desk.confirm(asked, **past)
    assert _state() != before


def test_what_became_more_since_the_page_was_shown_is_asked_again(desk, coming):
    asked = desk.choose("queueitem", "requeue_now", coming[:1])
    factories.make_post(coming[0], factories.make_account("twitter"))
    before = _state()
    again = desk.confirm(asked)
    assert "Look again" in desk.text(again) and "3 posts on 3 accounts" in desk.text(again) and _state() == before


def test_select_all_acts_on_the_filtered_list_and_no_more(desk, coming):
    other = factories.make_item(status=ItemStatus.DRAFT, title="Another")
    chosen = {"action": "cancel_items", "_selected_action": [coming[0].pk], "select_across": "1", "index": 0}
    asked = desk.client.post("/admin/queue/queueitem/?status__exact=ready", chosen)
    assert 'data-effect="13"' in asked.content.decode()
    answer = desk.confirm(asked)
    other.refresh_from_db()
    assert other.status == ItemStatus.DRAFT
    assert answer.redirect_chain[-1][0] == "/admin/queue/queueitem/?status__exact=ready"


def test_rows_that_are_no_numbers_are_a_bad_request(desk, coming):
    assert desk.client.post("/admin/queue/queueitem/act/send-now/", {"rows": "1,x"}).status_code == 400
    assert desk.client.post("/admin/queue/queueitem/act/nothing/", {"rows": "1"}).status_code == 404
    assert desk.client.get("/admin/queue/queueitem/act/send-now/").status_code == 405


@pytest.mark.parametrize(
    ("model", "action"),
    [
        ("queueitem", "requeue_now"),
        ("queueitem", "retry_failed"),
        ("queueitem", "cancel_items"),
        ("queueitem", "approve"),
        ("queueitem", "send_anyway"),
        ("queueitem", "reschedule"),
        ("queueitem", "restore_items"),
        ("post", "requeue_now"),
        ("post", "retry_failed"),
        ("post", "cancel_posts"),
        ("post", "restore_posts"),
    ],
)
def test_every_bulk_press_is_taken_back_exactly_and_leaves_its_lines(desk, coming, model, action, now):
    account = coming[0].posts.first().account
    Post.objects.filter(item=coming[-1]).update(not_before=timezone.now() + timedelta(days=1))
    failed = factories.make_post(
        factories.make_item(status=ItemStatus.FAILED), account, status="failed", attempts_made=2, failures_in_row=4,
        error="Too small.", error_kind="rejected", caption="As sent", draft_ref="d7", short_link="https://x.example/1",
    )  # fmt: skip
    factories.make_post(factories.make_item(status=ItemStatus.POSTING), account, status="unknown", attempts_made=1)
    factories.make_item(status=ItemStatus.DRAFT, publish_at=timezone.now() - timedelta(hours=1))
    later = timezone.now() + timedelta(hours=1)
    factories.make_item(status=ItemStatus.SKIPPED, skip_reason="cooldown", publish_at=later)
    ledger.raise_for_post(Alert.Kind.REJECTED, failed, reason="Too small.", now=now)
    for stopped in (coming[0], factories.make_item(status=ItemStatus.DRAFT)):
        operations.cancel_item(stopped, now=timezone.now())
    before = _state()
    rows = QueueItem.objects.all() if model == "queueitem" else Post.objects.all()
    more = {"publish_at_0": "2031-01-01", "publish_at_1": "10:00"} if action == "reschedule" else {}
    answer = desk.confirm(desk.choose(model, action, rows), **more)
    pressed, lines = _state(), LogEntry.objects.count()
    assert pressed != before and lines == len(Press.objects.get().rows) > 0
    assert {entry.user.get_username() for entry in LogEntry.objects.all()} == {"editor"}
    assert not claim.claim(now=timezone.now(), worker="tests", limit=50).attempts
    desk.undo(answer)
    assert _state() == before
    assert LogEntry.objects.filter(change_message__startswith="Undo: ").count() == lines


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_now_and_taken_back_never_reaches_the_wall(desk, coming, sandbox):
    Post.objects.filter(item=coming[-1]).update(not_before=timezone.now() + timedelta(days=1))
    answer = desk.confirm(desk.choose("queueitem", "requeue_now", coming))
    dispatch.drain(clock=Clock())
    desk.undo(answer)
    dispatch.drain(clock=lambda: timezone.now() + timedelta(minutes=10))
    assert not sandbox.wall


def test_what_a_worker_has_claimed_stays_and_the_rest_comes_back(desk, coming):
    answer = desk.confirm(desk.choose("queueitem", "requeue_now", coming[:2]))
    claimed = coming[0].posts.first()
    Post.objects.filter(pk=claimed.pk).update(status=PostStatus.PUBLISHING, attempts_made=1)
    told = desk.text(desk.undo(answer))
    assert "3 done" in told and "1 was changed meanwhile" in told
    assert Post.objects.get(pk=claimed.pk).status == PostStatus.PUBLISHING
    assert Post.objects.filter(not_before__gt=timezone.now() + timedelta(hours=1)).count() >= 3


def test_what_another_editor_moved_meanwhile_is_not_moved_again(desk, coming):
    answer = desk.confirm(desk.choose("queueitem", "requeue_now", coming[:1]))
    elsewhere = timezone.now() + timedelta(days=9)
    Post.objects.filter(item=coming[0]).update(not_before=elsewhere)
    assert "2 was changed meanwhile" in desk.text(desk.undo(answer))
    assert {post.not_before for post in coming[0].posts.all()} == {elsewhere}


def test_the_way_back_ends_works_once_and_is_its_owners(desk, coming, client, django_user_model):
    answer = desk.confirm(desk.choose("queueitem", "cancel_items", coming[:1]))
    press = Press.objects.get()
    stranger = django_user_model.objects.create_superuser("stranger")
    client.force_login(stranger)
    assert client.post(f"/admin/queue/queueitem/undo/{press.key}/").status_code == 404
    client.force_login(press.person)
    assert client.get(f"/admin/queue/queueitem/undo/{press.key}/").status_code == 405
    assert "2 done" in desk.text(desk.undo(answer))
    assert "is over" in desk.text(desk.undo(answer))
    answer = desk.confirm(desk.choose("queueitem", "cancel_items", coming[:1]))
    Press.objects.update(undo_until=timezone.now() - timedelta(seconds=4))
    assert "is over" in desk.text(desk.undo(answer))
    assert set(coming[0].posts.values_list("status", flat=True)) == {PostStatus.CANCELLED}


def test_without_undo_seconds_nothing_waits_and_nothing_is_offered(desk, coming, settings):
    settings.UNDO_SECONDS = 0
    answer = desk.confirm(desk.choose("queueitem", "requeue_now", coming))
    assert 'data-act="undo"' not in answer.content.decode()
    assert Post.objects.filter(not_before__lte=timezone.now()).count() == 13


@pytest.mark.django_db(transaction=True)
def test_a_single_retry_waits_as_long_as_it_can_be_taken_back(desk, sandbox, telegram_account):
    post = factories.make_post(account=telegram_account, status=PostStatus.FAILED, attempts_made=1)
    answer = desk.push(post, "retry")
    assert 'data-act="undo"' in answer.content.decode()
    dispatch.drain(clock=Clock())
    assert not sandbox.wall
    dispatch.drain(clock=Clock(timezone.now() + timedelta(seconds=11)))
    assert len(sandbox.wall) == 1


@pytest.mark.parametrize("button", ["retry", "cancel"])
def test_a_single_press_can_be_taken_back_too(desk, telegram_account, button, now):
    item = factories.make_item(status=ItemStatus.FAILED)
    told = {"error": "x", "caption": "As sent"}
    post = factories.make_post(item, telegram_account, status=PostStatus.FAILED, attempts_made=1, **told)
    ledger.raise_for_post(Alert.Kind.REJECTED, post, reason="x", now=now)
    before = _state()
    answer = desk.push(post, button)
    assert _state() != before
    desk.undo(answer)
    assert _state() == before


_presses = st.sampled_from(["retry_item", "requeue_item", "cancel_item"])
_changes = st.lists(st.tuples(st.integers(0, 5), st.sampled_from(["claim", "move", "cancel", "retry"])), max_size=4)


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(PostStatus.values), min_size=1, max_size=6), _presses, _changes)
def test_an_undo_gives_back_what_nobody_touched_and_touches_nothing_else(editors, statuses, name, changes):
    Post.objects.all().delete()
    press, item = pressing.Pressing(timezone.now(), hold=timedelta(seconds=10)), factories.make_item()
    posts = [
        factories.make_post(item, factories.make_account(), status=status, external_id="1", attempts_made=1)
        for status in statuses
    ]
    before = _state()[0]
    getattr(operations, name)(item, now=press.now, press=press)
    kept = undo.keep(press, person=editors.pk, model="queueitem", label="x", rows=[item.pk], now=timezone.now())
    touched = {posts[place % len(posts)].pk: how for place, how in changes}
    for number, how in touched.items():
        _touch(number, how)
    pressed = _state()[0]
    if kept:
        undo.take_back(kept, now=timezone.now())
    after = _state()[0]
    for post in posts:
        # A row that somebody changed in between stays as it was left; every other one is as it was before.
        unchanged = post.pk not in touched or pressed[post.pk] == _as_pressed(kept, post.pk, before, pressed)
        assert after[post.pk] == (before if unchanged else pressed)[post.pk]


def _touch(number: int, how: str) -> None:
    rows = Post.objects.filter(pk=number)
    if how == "claim":
        rows.filter(status=PostStatus.PENDING).update(status=PostStatus.PUBLISHING, attempts_made=2)
    elif how == "move":
        rows.filter(status=PostStatus.PENDING).update(not_before=factories.NOW)
    else:
        getattr(post_operations, how)(list(rows), now=timezone.now())


def _as_pressed(kept, number, before, pressed):
    """The row as the press left it, or (not taken) as it was."""
    if kept is None or str(number) not in kept.before["posts"]:
        return before[number] if pressed[number] == before[number] else None
    held = kept.before["posts"][str(number)]
    same = pressed[number]["status"] == held["status"] and pressed[number]["attempts_made"] == held["attempt"]
    return pressed[number] if same and pressed[number]["not_before"].isoformat() == held["not_before"] else None


@pytest.fixture
def editors(django_user_model):
    """Somebody who presses."""
    return django_user_model.objects.create_superuser("presser")


def test_a_deletion_has_words_in_its_history(desk):
    rule = CooldownRule.objects.create(name="Twice", fields=["game"])
    desk.client.post(f"/admin/queue/cooldownrule/{rule.pk}/delete/", {"post": "yes"})
    assert LogEntry.objects.get().change_message == "Deleted."


def test_bulk_actions_on_accounts_and_keys_leave_a_line_for_each_row(desk):
    accounts = [factories.make_account(), factories.make_account()]
    desk.bulk("platformaccount", "pause", accounts)
    desk.bulk("apikey", "revoke", [keys.issue("one")[0]])
    assert sorted(LogEntry.objects.values_list("change_message", flat=True)) == ["Pause", "Pause", "Revoke"]
