"""A database that was written before the modules moved into wings starts under this code without a step in between.

``fixtures/before_wings.sql`` was filled by the code of 0.1.1 itself: items and posts in every status, attempts, an
alert, a press, schedules, tasks that no worker had taken yet, a session, webhook sources with a delivery that was
still to be picked up, and a click.
"""

import json
import os
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import children
from tests.support.environment import NOWHERE

_DUMP = Path(__file__).parent / "fixtures" / "before_wings.sql"
_PLATFORMS = ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")
_KEPT = ("social_queue", "social_posts", "social_attempts", "social_alerts", "platform_accounts", "webhooks_log")

_NAMES_IN_ROWS = """
import json, django
django.setup()
from django.utils.module_loading import import_string
from django_q.models import OrmQ, Schedule
names = [row.func for row in Schedule.objects.all()] + [row.task["func"] for row in OrmQ.objects.all()]
assert all(callable(import_string(name)) for name in names)
print(json.dumps(sorted(names)))
"""
_VISITS = """
import json, sys, django
django.setup()
from django.test import Client
from social_queue.models import Post, WebhookSource
from tests.webhooks.sender import packed, standard
from social_queue.webhooks import signing_secrets
editor = Client(HTTP_HOST="autopost.test")
editor.cookies["sessionid"] = sys.argv[1]
body = packed({"title": "Signed with the old secret", "link": "https://example.com/signed"})
headers = standard(signing_secrets.current(WebhookSource.objects.get(slug="shop")), body)
code = Post.objects.filter(status="published").first().code
pages = ["/admin/", "/admin/queue/queueitem/", "/admin/queue/post/", "/admin/queue/alert/", f"/go/{code}"]
seen = {page: editor.get(page).status_code for page in pages}
shop = "/api/autopost/webhook/shop"
seen[shop] = editor.post(shop, body, content_type="application/json", headers=headers).status_code
print(json.dumps(seen))
"""


class Old:
    """The old database in a file of its own, and processes of this code on it."""

    def __init__(self, path: Path, platforms: str = NOWHERE) -> None:
        self.path = path
        self._env = os.environ | {f"{name}_API_URL": platforms for name in _PLATFORMS}
        self._env |= {"DATABASE_URL": f"sqlite:///{path}", "MEDIA_ROOT": str(path.parent / "media")}
        self._env |= {"MEDIA_ALLOWED_HOSTS": platforms.removeprefix("http://"), "COOLDOWN_MINUTES": "0"}

    def run(self, *arguments: str, status: int = 0) -> str:
        """What a Python process says; fails when it ends with another status."""
        done = children.run_anew(*arguments, told=self._env, seconds=120)
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout

    def rows(self, sql: str) -> list[tuple]:
        with closing(sqlite3.connect(self.path)) as file:
            return file.execute(sql).fetchall()

    def status_of(self, title: str) -> list[str]:
        """The statuses of an item's posts."""
        posts = "SELECT p.status FROM social_posts p JOIN social_queue q ON q.id = p.item_id WHERE q.title = "
        return sorted(status for (status,) in self.rows(f"{posts}'{title}'"))


@pytest.fixture(scope="module")
def migrated(tmp_path_factory):
    """The file after ``migrate`` and nothing else, once for all tests."""
    database = Old(tmp_path_factory.mktemp("old") / "old.sqlite3")
    with closing(sqlite3.connect(database.path)) as file:
        file.executescript(_DUMP.read_text())
    before = {table: database.rows(f"SELECT count(*) FROM {table}") for table in _KEPT}
    database.run("manage.py", "migrate", "--verbosity", "0")
    assert {table: database.rows(f"SELECT count(*) FROM {table}") for table in _KEPT} == before
    return database.path


@pytest.fixture
def old(migrated, tmp_path, sandbox):
    """A test's own copy of it, and somewhere to post."""
    return Old(Path(shutil.copy(migrated, tmp_path)), sandbox.url)


def test_the_old_database_holds_every_status():
    """Else the others would prove less than they say."""
    file = sqlite3.connect(":memory:")
    with closing(file):
        file.executescript(_DUMP.read_text())
        posts = Counter(status for (status,) in file.execute("SELECT status FROM social_posts"))
        items = {status for (status,) in file.execute("SELECT status FROM social_queue")}
    assert set(posts) == {"pending", "publishing", "published", "failed", "unknown", "cancelled"}
    assert items >= {"draft", "ready", "posting", "posted", "failed", "skipped", "cancelled"}


def test_the_doctor_finds_only_what_was_wrong_before(old):
    sentences = old.run("manage.py", "doctor", status=1).splitlines()
    known = (
        "fb-asleep needs a token: ",
        "tg-blocked is ",
        "The last sign of a worker",
        "held by workers that vanished",
    )
    assert [words for words in known if not any(words in sentence for sentence in sentences)] == []
    known += ("ten minutes late", "were not asked about")
    assert [sentence for sentence in sentences if not any(words in sentence for words in known)] == []


def test_schedules_and_waiting_tasks_name_functions_that_exist(old):
    names = json.loads(old.run("-c", _NAMES_IN_ROWS))
    assert {"social_queue.tasks.dispatch_tick", "metrics.tasks.roll_up"} <= set(names)
    assert "social_queue.tasks.dispatch_kick" in names


def test_what_was_due_goes_out_and_what_a_vanished_worker_held_is_taken_back(old, sandbox):
    old.run("manage.py", "dispatch")
    assert old.status_of("Due since the old days") == ["published"]
    assert old.status_of("Held by a worker that is gone") == ["published"]
    assert old.status_of("Waits to be retried") == ["published"]
    assert old.status_of("For later") == ["pending"]
    assert [posting.text for posting in sandbox.wall if "Already out" in posting.text] == []


def test_the_undecided_are_asked_about_and_the_waiting_delivery_is_picked_up(old):
    old.run("manage.py", "reconcile")
    assert old.status_of("Perhaps out") == ["pending"]
    assert old.rows("SELECT status FROM webhooks_log WHERE delivery_id = 'msg_waits'") == [("accepted",)]
    assert old.status_of("Taken by the old code") == ["pending"]


def test_the_old_session_secret_and_short_link_still_open_their_doors(old):
    session = old.rows("SELECT session_key FROM django_session")[0][0]
    seen = json.loads(old.run("-c", _VISITS, session).splitlines()[-1])
    assert seen.pop("/api/autopost/webhook/shop") == 202
    assert {status for page, status in seen.items() if page.startswith("/admin/")} == {200}
    assert {status for page, status in seen.items() if page.startswith("/go/")} == {302}


def test_a_failed_post_of_before_can_be_retried(old):
    old.run("manage.py", "retry_failed")
    assert old.status_of("Failed") == ["pending"]
