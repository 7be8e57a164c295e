"""Finished items go when a site wants it; their links lead on, and nothing that was counted is counted less."""

import itertools
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from connectors.base import Published
from metrics.clicks import targets
from metrics.models import Click, ClickTotal, Tally
from metrics.reports.lines import Period
from metrics.reports.report import Report
from metrics.sums import tallies, totals
from social_queue.delivery import claim, deliver, outcomes
from social_queue.media import files
from social_queue.models import Attempt, Errand, Part, Post, QueueItem
from social_queue.operations import posts as acts
from social_queue.operations.recalling import asking
from social_queue.upkeep import prune
from tests import factories
from tests.support import work_of_database

pytestmark = pytest.mark.django_db(transaction=True)

LONG_AGO = timedelta(days=100)


@pytest.fixture
def old(now, facebook_account, settings):
    """A post that went out long ago, through everything that a post goes through."""
    settings.KEEP_ITEMS_DAYS = 90
    return _published(now - LONG_AGO, facebook_account)


def _published(moment, account) -> Post:
    post = factories.make_post(factories.make_item(publish_at=moment), account)
    [attempt] = claim.claim(now=moment, worker="w", limit=1).attempts
    assert deliver.begin_sending(attempt, now=moment)
    outcomes.record(attempt, Published(f"1_{post.pk}"), now=moment)
    Post.objects.filter(pk=post.pk).update(tracked_url="https://shop.test/?a=1")
    _aged(moment)
    post.refresh_from_db()
    return post


def _follows(post, status, **fields) -> None:
    number = 2 + Part.objects.filter(post=post).count()
    Part.objects.create(post=post, account=post.account, number=number, text="More", status=status, **fields)


def _aged(moment) -> None:
    QueueItem.objects.update(created_at=moment, updated_at=moment)


def test_without_the_setting_everything_stays(now, facebook_account):
    _published(now - LONG_AGO, facebook_account)
    assert prune.prune(now)["items"] == 0
    assert (QueueItem.objects.count(), Post.objects.count(), Attempt.objects.count()) == (1, 1, 1)


def test_what_is_old_and_finished_goes_with_all_that_hangs_on_it(now, old):
    assert prune.prune(now)["items"] == 1
    assert (QueueItem.objects.count(), Post.objects.count(), Attempt.objects.count()) == (0, 0, 0)


def test_its_link_leads_on_and_a_click_is_counted(client, now, old):
    prune.prune(now)
    targets.forget()
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    answer = client.get(f"/go/{old.code}", headers={"user-agent": agent})
    assert (answer.status_code, answer["Location"]) == (302, "https://shop.test/?a=1")
    Click.objects.update(clicked_at=now)
    totals.roll_up(now)
    total = ClickTotal.objects.get()
    assert (total.post, total.account, total.humans) == (old.pk, old.account_id, 1)
    assert client.get("/go/never-there").status_code == 404


def test_reports_and_counters_say_the_same_as_before(now, old):
    def told():
        tallies.add_up(now)
        day = (now - LONG_AGO).date()
        report = Report(Period(day - timedelta(days=1), day + timedelta(days=1)))
        return report.sums["posts"], list(Tally.objects.order_by("pk").values_list("of", "result", "count"))

    before = told()
    assert before[0] == 1 and before[1]
    prune.prune(now)
    assert told() == before


@pytest.mark.parametrize("status", ["unknown", "pending", "publishing"])
def test_what_is_still_open_stays_however_old(now, old, status):
    fields = {"external_id": "", "published_at": None} if status != "publishing" else {"external_id": ""}
    Post.objects.update(status=status, **fields)
    assert prune.prune(now)["items"] == 0


@pytest.mark.parametrize("status", ["pending", "publishing", "unknown"])
def test_what_still_follows_stays_with_its_post(now, old, status):
    _follows(old, status, not_before=now - LONG_AGO)
    assert prune.prune(now)["items"] == 0


def test_what_failed_below_and_what_it_holds_go_as_a_failed_post_does(now, old):
    _follows(old, "failed")
    _follows(old, "pending")
    assert prune.prune(now)["items"] == 1


def test_what_is_to_be_deleted_stays_until_it_is_done_and_a_while_longer(now, old, settings):
    asking.recall([old], now=now - LONG_AGO + timedelta(minutes=1))
    assert prune.prune(now)["items"] == 0
    Errand.objects.update(ended_at=now - timedelta(days=5), open_key=None)
    assert prune.prune(now)["items"] == 0
    assert prune.prune(now + timedelta(days=86))["items"] == 1


def test_what_waited_long_and_failed_a_moment_ago_stays(now, old):
    Attempt.objects.filter(post=old).update(ended_at=now - timedelta(hours=1), outcome="rejected")
    Post.objects.update(status="failed", external_id="", published_at=None)
    assert prune.prune(now)["items"] == 0


def test_what_somebody_touched_since_stays(now, old):
    QueueItem.objects.update(updated_at=now - timedelta(days=5))
    assert prune.prune(now)["items"] == 0


def test_a_young_item_stays(now, old, facebook_account):
    young = factories.make_item(facebook_account, publish_at=now)
    assert prune.prune(now)["items"] == 1
    assert QueueItem.objects.get() == young
    assert acts.retry([], now=now).taken == 0


def test_it_ends_when_nothing_is_left_to_remove(now, old, facebook_account, monkeypatch):
    from social_queue.upkeep import old_items

    monkeypatch.setattr(old_items, "_AT_ONCE", 2)
    for days in range(5):
        _published(now - LONG_AGO - timedelta(days=days), facebook_account)
    _aged(now - LONG_AGO)
    assert prune.prune(now)["items"] == 6
    assert QueueItem.objects.count() == 0


@pytest.fixture
def many(now, settings):
    """A hundred and twenty finished items without posts."""
    settings.KEEP_ITEMS_DAYS = 90
    _lay(120, now - LONG_AGO)


def _lay(count: int, then) -> None:
    columns = {"link": "https://example.com/", "source": "tests", "status": "cancelled"}
    QueueItem.objects.bulk_create(QueueItem(title=f"{number}", publish_at=then, **columns) for number in range(count))
    _aged(then)


def test_many_go_a_few_at_a_time(now, many):
    taken = []

    def note(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if sql.startswith("DELETE") and "social_queue" in sql.split("WHERE")[0]:
            taken.append((context["cursor"].rowcount, len(connection.savepoint_ids)))
        return result

    with connection.execute_wrapper(note):
        assert prune.prune(now)["items"] == 120
    assert [count for count, _within in taken] == [50, 50, 20]
    # Each in the transaction that looked at it, and all in none.
    assert {within for _count, within in taken} == {1}


def test_it_ends_within_its_time_and_goes_on_the_next_day(now, many, settings, monkeypatch):
    from social_queue.upkeep import old_items

    seconds = itertools.count(0, settings.Q_TIMEOUT / 4)
    monkeypatch.setattr(old_items, "monotonic", lambda: next(seconds))
    assert prune.prune(now)["items"] == 50
    assert prune.prune(now + timedelta(days=1))["items"] == 50
    assert QueueItem.objects.count() == 20


@pytest.fixture
def many_by_the_clock(many):
    """The same, long ago for a command, which asks the clock."""
    then = timezone.now() - LONG_AGO
    QueueItem.objects.update(publish_at=then, created_at=then, updated_at=then)


def test_whoever_asks_for_all_gets_it_round_by_round(many_by_the_clock, settings, monkeypatch, capsys, media_root):
    from social_queue.upkeep import old_items

    seconds = itertools.count(0, settings.Q_TIMEOUT / 4)
    monkeypatch.setattr(old_items, "monotonic", lambda: next(seconds))
    call_command("prune")
    assert (QueueItem.objects.count(), _lines(capsys)) == (70, ["items: 50 removed"])
    call_command("prune", "--all")
    assert QueueItem.objects.count() == 0
    assert _lines(capsys) == ["items: 50 removed", "items: 20 removed", "items: 0 removed"]


def test_what_stumbles_meanwhile_is_told_when_all_else_is_gone(many_by_the_clock, monkeypatch, media_root):
    def refuse(*_words, **_more):
        raise PermissionError("not yours")

    monkeypatch.setattr(files, "prune", refuse)
    with pytest.raises(CommandError, match="not yours"):
        call_command("prune", "--all")
    assert QueueItem.objects.count() == 0


def _lines(capsys) -> list[str]:
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("items")]


@pytest.mark.only_on("sqlite")
def test_a_few_take_as_long_however_many_are_old(now, many, settings, monkeypatch):
    from social_queue.upkeep import old_items

    def first_group() -> int:
        tallies.add_up(now)  # else the first group's part
        seconds = iter([0, 0, settings.Q_TIMEOUT])
        monkeypatch.setattr(old_items, "monotonic", lambda: next(seconds))
        return work_of_database.steps_of(lambda: old_items.prune(now))

    few = first_group()
    _lay(1_400, now - LONG_AGO)
    assert first_group() < 1.2 * few
