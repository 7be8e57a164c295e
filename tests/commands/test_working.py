"""The commands that do the daily work: what they print, and the code they end with."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_q.models import Schedule

from social_queue.media.card_design import fonts
from social_queue.models import Alert, PlatformAccount, Post
from social_queue.workings import heartbeat
from tests import factories
from tests.support import children

pytestmark = pytest.mark.django_db(transaction=True)


def said(command, *words) -> list[str]:
    out = io.StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue().splitlines()


def failed(*accounts, **fields):
    moment = timezone.now()
    posts = [
        factories.make_post(factories.make_item(publish_at=moment), account, status="failed", attempts_made=1, **fields)
        for account in accounts
    ]
    for post in posts:
        factories.make_attempt(post, started_at=moment)
    return posts


def test_dispatch_prints_one_object_a_post_on_standard_output_alone(sandbox, media_root, facebook_account):
    refused = factories.make_account("telegram", slug="tg-refused")
    sandbox.scenario(refused.address, "reject")
    item = factories.make_item(facebook_account, refused, publish_at=timezone.now())

    ended = children.run("manage.py", "dispatch", "--json")

    assert ended.returncode == 0, ended.stderr
    told = {row["account"]: row for row in map(json.loads, ended.stdout.splitlines())}
    assert set(told) == {"fb-page", "tg-refused"}
    out, refusal = told["fb-page"], told["tg-refused"]
    post = item.posts.get(account=facebook_account)
    assert out == {
        "post": post.pk,
        "item": item.pk,
        "platform": "facebook",
        "account": "fb-page",
        "outcome": "published",
        "external_id": post.external_id,
        "error_kind": "",
    }
    assert (refusal["outcome"], refusal["error_kind"], refusal["external_id"]) == ("rejected", "rejected", "")


def test_dispatch_says_in_words_what_became_of_each(sandbox, facebook_account):
    assert said("dispatch") == ["Nothing was due."]
    post = factories.make_post(factories.make_item(publish_at=timezone.now()), facebook_account)
    assert said("dispatch") == [f"post {post.pk} on fb-page: published", "1 published"]


def test_dispatch_loop_stays_until_it_is_told_to_stop(sandbox, facebook_account):
    worker = children.start("manage.py", "dispatch", "--loop", "--json")
    try:
        factories.make_item(facebook_account, publish_at=timezone.now())
        row = json.loads(worker.stdout.readline())
        assert row["outcome"] == "published"
        assert worker.poll() is None
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
    assert worker.returncode == 0


def test_reconcile_prints_both_halves(sandbox, facebook_account):
    nothing = ["expired leases: none", "undecided posts asked about: none", "expired posts: none"]
    assert [line for line in said("reconcile") if line in nothing] == nothing
    now = timezone.now()
    held = {"status": "publishing", "attempts_made": 1, "lease_until": now - timedelta(minutes=1)}
    factories.make_post(account=facebook_account, in_flight_account=facebook_account.pk, **held)
    factories.make_post(
        factories.make_item(publish_at=now), facebook_account, status="unknown", attempts_made=1, caption="Never sent",
        not_before=now, waiting_since_at=now,
    )  # fmt: skip
    assert said("reconcile")[:2] == ["expired leases: 1 now pending", "undecided posts asked about: 1 now pending"]


def test_retry_failed_takes_all_of_one_platform_or_since_a_moment(facebook_account, telegram_account):
    failed(facebook_account, telegram_account)
    assert said("retry_failed", "--platform", "tg") == ["1 failed posts will be tried again."]
    assert Post.objects.get(account=telegram_account).status == "pending"

    later = (timezone.now() + timedelta(minutes=1)).isoformat()
    assert said("retry_failed", "--since", later) == ["0 failed posts will be tried again."]
    earlier = (timezone.now() - timedelta(hours=1)).isoformat()
    assert said("retry_failed", "--since", earlier) == ["1 failed posts will be tried again."]
    assert said("retry_failed") == ["0 failed posts will be tried again."]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--platform", "myspace"], "'myspace' is not known. Posts have failed on: facebook."),
        (["--platform", ""], "'' is not known"),
        (["--since", "yesterday"], "ISO 8601"),
    ],
)
def test_retry_failed_names_what_it_does_not_understand(facebook_account, words, sentence):
    failed(facebook_account)
    with pytest.raises(CommandError, match=sentence):
        call_command("retry_failed", *words)
    assert Post.objects.get().status == "failed"


def test_check_tokens_prints_every_account_and_the_counts(sandbox, facebook_account, telegram_account):
    sandbox.scenario(telegram_account.address, "token_expired")
    lines = said("check_tokens")
    assert lines[0] == "fb-page: active."
    assert lines[1].startswith("tg-news: needs a token. ")
    assert lines[2] == "1 invalid, 1 valid"


def test_check_tokens_on_an_empty_site_says_what_to_do():
    assert said("check_tokens") == ["There is no account yet: add one with add_account."]


def test_prune_prints_counts(media_root):
    lines = said("prune")
    assert "alerts: 0 removed" in lines
    assert all(line.endswith(" removed") for line in lines)


def test_setup_schedules_writes_what_is_missing_or_different_once():
    Schedule.objects.all().delete()
    said("setup_schedules")
    assert set(Schedule.objects.values_list("name", flat=True)) >= {"dispatch", "reconcile", "check_tokens", "prune"}
    assert said("setup_schedules")[0].startswith("0 schedules written")
    Schedule.objects.filter(name="dispatch").update(minutes=30)
    assert said("setup_schedules")[0].startswith("1 schedules written")
    assert Schedule.objects.get(name="dispatch").minutes == 1


@pytest.fixture
def healthy(facebook_account, media_root):
    """A site on which nothing is wrong."""
    said("setup_schedules")
    heartbeat.beat("tick", now=timezone.now())


def diagnose() -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return end.code, out.getvalue()
    return 0, out.getvalue()


def test_doctor_ends_with_0_on_a_sound_site(healthy):
    assert diagnose() == (0, "Everything looks well.\n")


@pytest.mark.parametrize(
    ("break_it", "sentence"),
    [
        (lambda: PlatformAccount.objects.all().delete(), "There is no account yet"),
        (
            lambda: PlatformAccount.objects.all().delete(),
            "/admin/connect/), or add one with `manage.py add_account`.",
        ),
        (
            lambda: PlatformAccount.objects.update(status="needs_token", last_error="Session has expired"),
            "fb-page needs a token: Session has expired. Put in a new one on its page in the desk.",
        ),
        (lambda: PlatformAccount.objects.update(status="blocked", last_error="Policy."), "fb-page is blocked: Policy."),
        (
            lambda: PlatformAccount.objects.update(token_expires_at=timezone.now()),
            "fb-page: its token works only until",
        ),
        (lambda: Schedule.objects.all().delete(), "run `manage.py setup_schedules`"),
        (lambda: heartbeat.beat("tick", now=timezone.now() - timedelta(minutes=9)), "last sign of a worker"),
    ],
    ids=["no account", "where to connect one", "needs a token", "blocked", "token ends", "no clock", "no worker"],
)
def test_doctor_ends_with_1_and_a_sentence_per_problem(healthy, break_it, sentence):
    break_it()
    code, text = diagnose()
    assert code == 1
    assert [line for line in text.splitlines() if line.startswith("✗ ") and sentence in line]
    assert len(text.splitlines()) == 1


def test_doctor_tells_that_emoji_on_cards_come_out_poorer(healthy, monkeypatch):
    monkeypatch.setattr(fonts, "SHAPED", False)
    code, text = diagnose()
    assert code == 1
    assert "install libfribidi0" in text and len(text.splitlines()) == 1


@pytest.mark.parametrize(
    ("status", "age", "sentence"),
    [("pending", 11, "over ten minutes late"), ("publishing", 11, "held by workers that vanished"),
     ("unknown", 31, "were not asked about")],
)  # fmt: skip
def test_doctor_finds_posts_that_are_stuck(healthy, facebook_account, status, age, sentence):
    moment = timezone.now() - timedelta(minutes=age)
    # It met a limit once, long ago: that excuses nothing.
    PlatformAccount.objects.update(paused_until=timezone.now() - timedelta(days=9))
    factories.make_post(account=facebook_account, status=status, not_before=moment, lease_until=moment)
    code, text = diagnose()
    assert code == 1
    assert sentence in text


def test_doctor_leaves_posts_of_a_resting_account_alone(healthy, facebook_account):
    PlatformAccount.objects.update(paused_until=timezone.now() + timedelta(hours=1))
    factories.make_post(account=facebook_account, not_before=timezone.now() - timedelta(hours=2))
    assert diagnose()[0] == 0


def test_doctor_finds_credentials_that_cannot_be_read(healthy, settings):
    settings.CREDENTIALS_KEY = ["x" * 43 + "="]
    code, text = diagnose()
    assert (code, "CREDENTIALS_KEY" in text) == (1, True)


def test_alerts_met_by_a_command_are_sent_by_it(sandbox, facebook_account, settings):
    settings.TELEGRAM_ALERT_BOT_TOKEN, settings.TELEGRAM_ALERT_CHAT_ID = "4242:sandbox-alerts", "-100777"
    sandbox.scenario(facebook_account.address, "token_expired")
    said("check_tokens")
    [message] = [posting.text for posting in sandbox.wall]
    assert "fb-page" in message
    assert Alert.objects.get().sent_at
