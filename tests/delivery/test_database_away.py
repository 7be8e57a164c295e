"""A database that goes away, or says nothing any more, in the middle of a run: answers that were read are written.

Nothing waits long, and nothing is sent twice.
"""

import json
import os
import signal
import time

import pytest

from benchmarks.ground import create_in_mariadb, create_in_postgres
from tests.support import children, mariadb, postgres
from tests.support.cable import cable
from tests.support.servers import Unavailable

ACCOUNTS, POSTS, SECONDS_APART = 6, 60, 0.2
#: How long after its time a post may go out when the database was away for a moment, however busy the machine is. What
#: waits for a lease, or for the system to give a connection up, is five minutes late and more.
LATE = 240
#: Seconds in which the database must answer.
TIMEOUT = 4

#: Prints the tables that hold rows then.
_MIGRATE = """
import django; django.setup()
import json
from django.core.management import call_command
from django.db import connection
from tests.support import emptying
call_command("migrate", verbosity=0)
print(json.dumps(emptying.tables_with_rows(connection)))
"""
#: Is told those tables: what else holds rows was left by another test.
_LAY_DOWN = f"""
import django; django.setup()
import json, sys
from datetime import timedelta
from django.db import connection
from django.utils import timezone
from tests import factories
from tests.support import emptying
emptying.empty(connection, set(emptying.tables_with_rows(connection)) - set(json.loads(sys.argv[1])))
accounts = [factories.make_account("telegram", address=f"-100{{n}}", slug=f"tg-{{n}}") for n in range({ACCOUNTS})]
now = timezone.now() + timedelta(seconds=4)
for number in range({POSTS}):
    due = now + timedelta(seconds=number * {SECONDS_APART})
    factories.make_post(factories.make_item(publish_at=due), accounts[number % {ACCOUNTS}], not_before=due)
"""
_TELL = """
import django; django.setup()
import json
from social_queue.models import Attempt, Post
late = [(post.published_at - post.not_before).total_seconds() for post in Post.objects.filter(status="published")]
counts = {}
for status in Post.objects.values_list("status", flat=True):
    counts[status] = counts.get(status, 0) + 1
outcomes = sorted(set(Attempt.objects.values_list("outcome", flat=True)))
print(json.dumps({"posts": counts, "outcomes": outcomes, "latest_s": max(late, default=0)}))
"""


@pytest.fixture(scope="module", params=[mariadb, postgres], ids=["mariadb", "postgres"])
def server(request):
    """A private server that the tests may stop, kill and start."""
    try:
        with request.param.restartable_server() as running:
            yield running
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="module")
def migrated(server):
    """The address of a database on it for one test after the other, and the tables that `migrate` fills."""
    address = f"{server.address.rpartition('/')[0]}/away"
    create_in_mariadb(address) if address.startswith("mysql") else create_in_postgres(address)
    return address, _run(os.environ | {"DATABASE_URL": address}, "-c", _MIGRATE)


@pytest.fixture
def line(server):
    """The cable between the worker and the server."""
    with cable(server.port) as laid:
        yield laid


@pytest.fixture
def worker(migrated, line, sandbox, tmp_path):
    """The environment of processes on that database, and a worker there that is gone after the test.

    It finds posts that fall due for some seconds, and nothing of another test.
    """
    address, filled = migrated
    near, _, name = address.rpartition("/")
    database = f"{near.rpartition(':')[0]}:{line.port}/{name}"
    env = os.environ | {f"{name}_API_URL": sandbox.url for name in ("FACEBOOK", "INSTAGRAM", "TELEGRAM", "X", "BITLY")}
    env |= {"DATABASE_URL": database, "MEDIA_ROOT": str(tmp_path), "CARDS": "off", "LOG_LEVEL": "warning"}
    env |= {"DJANGO_SETTINGS_MODULE": "autopost_site.settings", "DATABASE_TIMEOUT": str(TIMEOUT)}
    # The server may still be taking back what the worker of another test had begun.
    _run(env | {"DATABASE_TIMEOUT": "60"}, "-c", _LAY_DOWN, filled)
    with children.start_anew("manage.py", "dispatch", "--loop", "--json", told=env) as child:
        yield child, env
        if child.poll() is None:
            child.kill()


def _run(env: dict[str, str], *words: str) -> str:
    done = children.run_anew(*words, told=env, seconds=280)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _wait(happened, *, seconds: float) -> bool:
    ends = time.monotonic() + seconds
    while not (good := happened()) and time.monotonic() < ends:
        time.sleep(0.1)
    return good


@pytest.mark.parametrize(("ending", "away_s"), [("stop", 2), ("kill", 6)])
def test_what_was_answered_while_the_database_was_away_is_written_when_it_is_back(
    server, sandbox, worker, ending, away_s
):
    child, env = worker
    sandbox.world.latency = 0.5  # so that answers arrive all the time
    assert _wait(lambda: len(sandbox.wall) >= ACCOUNTS, seconds=60)

    getattr(server, ending)()
    time.sleep(away_s)
    server.start()

    _all_is_out(sandbox, child, env)


@pytest.mark.parametrize("gone_s", [10, None], ids=["cut for a while", "forgotten by a firewall"])
def test_a_database_whose_words_are_swallowed_is_given_up_and_asked_anew(line, sandbox, worker, gone_s):
    child, env = worker
    sandbox.world.latency = 0.5
    assert _wait(lambda: len(sandbox.wall) >= ACCOUNTS, seconds=60)

    if gone_s is None:
        line.forget()
    else:
        line.cut()
        time.sleep(gone_s)
        line.mend()

    _all_is_out(sandbox, child, env)


def _all_is_out(sandbox, child, env) -> None:
    assert _wait(lambda: len(sandbox.wall) >= POSTS, seconds=200), f"{len(sandbox.wall)} are out"
    child.send_signal(signal.SIGTERM)
    out, err = child.communicate(timeout=60)
    told = json.loads(_run(env, "-c", _TELL))
    assert told["posts"] == {"published": POSTS}, f"{told}\n{err[-3000:]}"
    assert len(sandbox.wall) == POSTS
    # No human, no lease and no second try was needed.
    assert told["outcomes"] == ["published"]
    assert told["latest_s"] < LATE
    assert "unrecorded" not in out
