"""`manage.py move_to` carries a whole site to another database, or nothing at all."""

import json
import re
import sqlite3
from datetime import timedelta

import pytest
from django.db import connection

from autopost_site.management.commands import move_to
from autopost_site.moving import living
from social_queue.models import PlatformAccount, PostStatus
from social_queue.workings import heartbeat
from tests import factories
from tests.moving.conftest import move, rows_of, run


def _as_kept(rows: dict[str, list]) -> dict[str, list]:
    """What was seeded, as PostgreSQL keeps it: without the null byte."""
    if connection.vendor != "postgresql":
        return rows
    return json.loads(json.dumps(rows).replace("\\u0000", "\\ufffd"))


def test_a_site_moves_here_and_on_to_a_file_and_every_column_of_every_row_is_as_it_was(old_site, here, fresh):
    before, third = rows_of(old_site), fresh("third")
    moved = move(old_site, here)
    assert moved.returncode == 0, moved.stderr
    assert "metrics_clicks: 1201\n" in moved.stdout
    assert f"{sum(map(len, before.values()))} rows copied" in moved.stdout
    moved = move(here, third)
    assert moved.returncode == 0, moved.stderr
    assert rows_of(third) == _as_kept(before)

    account = PlatformAccount.objects.get(slug="tg")
    assert account.credentials.open() == {"bot_token": "4242:a-secret"}
    # The last post of the old site is gone; its number is not given again, here or there.
    gone = max(row[0] for row in before["social_posts"]) + 1
    assert factories.make_post(account=account).pk == gone + 1
    script = (
        "import django; django.setup(); from tests import factories; "
        "from social_queue.models import PlatformAccount; "
        "print(factories.make_post(account=PlatformAccount.objects.get(slug='tg')).pk)"
    )
    assert run("-c", script, on=third).stdout == f"{gone + 1}\n"


def test_the_password_of_the_new_address_is_not_printed():
    assert move_to._shown("postgres://a:b%40c@h:1/n") == "postgres://a:…@h:1/n"


def test_without_tables_there_nothing_is_moved(old_site, tmp_path):
    refused = move(old_site, f"sqlite:///{tmp_path / 'nothing.sqlite3'}")
    assert refused.returncode == 1
    assert "first: DATABASE_URL=<its address> python manage.py migrate" in refused.stderr


@pytest.mark.parametrize("address", ["oracle://x/y", "postgres://nobody@127.0.0.1:9/nothing"])
def test_an_address_that_leads_nowhere_is_a_sentence(old_site, address):
    refused = move(old_site, address)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "Nothing was moved." in refused.stderr


def test_which_of_both_databases_does_not_answer_is_said(fresh, tmp_path):
    (broken := tmp_path / "desk.sqlite3").write_text(
        "This is no database, and too long to be the beginning of one. " * 2
    )
    moved = move(f"sqlite:///{broken}", fresh("there"))
    assert moved.returncode == 1
    assert re.search(r"This database does not answer: .+\. Nothing was moved\.$", moved.stderr.strip()), moved.stderr


def test_no_address_at_all_is_a_sentence(old_site):
    refused = move(old_site, "")
    assert (refused.returncode, "Traceback" in refused.stderr, "cockroach" in refused.stderr) == (1, False, False)
    assert "There is no address." in refused.stderr


def test_two_sites_are_never_mixed(old_site, here):
    factories.make_account(slug="mine")
    refused = move(old_site, here)
    assert refused.returncode == 1
    assert "not empty: there are rows in platform_accounts." in refused.stderr
    assert [account.slug for account in PlatformAccount.objects.all()] == ["mine"]


@pytest.mark.only_on("mysql", "postgresql")
def test_a_row_that_is_refused_there_is_named_and_nothing_is_moved(old_site, here):
    too_long = (
        "import django; django.setup(); from tests import factories; from social_queue.models import PlatformAccount\n"
        "factories.make_account(slug='long'); PlatformAccount.objects.filter(slug='long').update(name='x' * 3000)"
    )
    assert run("-c", too_long, on=old_site).returncode == 0
    refused = move(old_site, here)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "The row platform_accounts 2 is refused by the other database" in refused.stderr
    assert not PlatformAccount.objects.exists()


@pytest.mark.only_on("mysql", "postgresql")
def test_all_rows_that_are_refused_are_named_at_once(old_site, here):
    """Nobody copies half an hour for each of them."""
    too_long = (
        "import django; django.setup(); from tests import factories; from social_queue.models import *\n"
        "[factories.make_account(slug=slug, name='x' * 3000) for slug in ('one', 'two')]\n"
        "QueueItem.objects.filter(reference='ABC').update(skip_reason='y' * 500)"
    )
    assert run("-c", too_long, on=old_site).returncode == 0
    refused = move(old_site, here)
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    told = re.findall(r"The row (\w+ \d+) is refused by the other database", refused.stderr)
    assert told == ["platform_accounts 2", "platform_accounts 3", "social_queue 2"]
    assert not PlatformAccount.objects.exists()


@pytest.mark.only_on("sqlite")
def test_a_file_that_somebody_else_holds_is_a_sentence(old_site, fresh):
    with sqlite3.connect(old_site.removeprefix("sqlite:///"), isolation_level=None) as web:
        web.execute("BEGIN IMMEDIATE")
        refused = move(old_site, fresh("there"))
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert "database is locked. Stop the workers and the web" in refused.stderr
    assert "Nothing was moved." in refused.stderr


def test_how_far_a_large_table_is_copied_is_told_meanwhile(old_site, fresh):
    told = (
        "import sys, django; django.setup()\n"
        "from autopost_site.moving import copying, places\n"
        "copying._TELL_EVERY_S = 0\n"
        "copying.copy(places.open_place(sys.argv[1]), report=lambda *_: None, under_way=lambda *far: print(*far))"
    )
    done = run("-c", told, fresh("there"), on=old_site)
    assert [line for line in done.stdout.splitlines() if "clicks" in line] == [
        f"metrics_clicks {far} 1201" for far in (500, 1000, 1201)
    ], done.stderr


_WRITTEN_MEANWHILE = """
import sys, threading, django; django.setup()
from django.db import connection
from autopost_site.moving import copying, places
from social_queue.models import Post
from tests import factories
written = []
def write():
    factories.make_item(); connection.close()
def report(table, rows):
    if table == "social_posts" and not written:
        written.append(table)
        other = threading.Thread(target=write); other.start(); other.join()
try:
    copying.copy(places.open_place(sys.argv[1]), report=report)
except copying.NotMoved as fault:
    print(fault, Post.objects.using(places.ALIAS).count())
"""


@pytest.mark.only_on("mysql", "postgresql")
def test_what_is_written_meanwhile_stops_the_move_and_nothing_is_there(here, fresh):
    factories.make_item(factories.make_account())
    done = run("-c", _WRITTEN_MEANWHILE, fresh("there"), on=here)
    assert "somebody is still writing" in done.stdout, done.stderr
    assert done.stdout.endswith(" 0\n")


_CUT_OFF_AFTER_ITS_COMMIT = """
import os, sys, django; django.setup()
from autopost_site.moving import copying, places
target = places.open_place(sys.argv[1])
commit = target.commit
def die():
    commit(); os._exit(9)
target.commit = die
copying.copy(target, report=lambda *_: None)
"""


def test_a_move_that_is_cut_off_once_it_is_written_is_whole_and_says_so_when_it_is_begun_again(old_site, here):
    before = rows_of(old_site)
    assert run("-c", _CUT_OFF_AFTER_ITS_COMMIT, here, on=old_site).returncode == 9
    assert rows_of(here) == _as_kept(before)
    again = move(old_site, here)
    assert again.returncode == 1
    assert "all of it is there" in again.stderr
    # No number of the old site is given a second time, though its last post is gone.
    gone = max(row[0] for row in before["social_posts"]) + 1
    assert factories.make_post(account=PlatformAccount.objects.get(slug="tg")).pk == gone + 1


@pytest.mark.django_db
def test_a_worker_that_beats_is_noticed(now):
    heartbeat.beat("tick", now=now)

    def beat_again(seconds: float) -> None:
        heartbeat.beat("tick", now=now + timedelta(seconds=10))

    assert "A worker is alive" in living.trouble(clock=lambda: now + timedelta(seconds=5), sleep=beat_again)


@pytest.mark.django_db
def test_a_worker_that_was_just_stopped_is_waited_for(now):
    heartbeat.beat("tick", now=now)
    slept = []
    moment = lambda: now + timedelta(seconds=sum(slept))  # noqa: E731
    assert living.trouble(clock=moment, sleep=slept.append) is None
    assert sum(slept) >= living.SILENCE.total_seconds()


@pytest.mark.django_db
def test_a_post_in_somebodys_hands_is_not_carried_away(now, facebook_account):
    held = {"status": PostStatus.PUBLISHING, "in_flight_account": facebook_account.pk}
    factories.make_post(account=facebook_account, lease_until=now + timedelta(minutes=1), **held)
    assert "1 posts are still in the hands of a worker" in living.trouble(clock=lambda: now)
    assert living.trouble(clock=lambda: now + timedelta(minutes=2)) is None
