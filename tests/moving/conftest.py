"""An old site to move away from, with a row of every kind that could suffer on the way."""

import json
import shutil
from pathlib import Path

import pytest

from tests.support import children

#: Rows that are named by others, sealed, exact to the microsecond, binary, or gone.
_SEED = """
import django; django.setup()
from datetime import timedelta
from django.contrib.auth.models import Group, Permission, User
from social_queue.models import *
from metrics.models import Click
from tests import factories as f
now = f.NOW.replace(microsecond=123456)
account = f.make_account("telegram", slug="tg", credentials={"bot_token": "4242:a-secret"})
item = f.make_item(account, title="Sweet Bonanza 🍭 – “ä”", data={"deep": [{"a": 1.5, "b": None}], "word": "x\\u0000y"})
f.make_item(account, duplicate_of=item, reference="ABC", publish_at=now)
QueueItem.objects.filter(pk=item.pk).update(created_at=now - timedelta(days=400), updated_at=now - timedelta(days=399))
post = item.posts.get()
Attempt.objects.create(post=post, number=1, worker="w", started_at=now)
clicks = {"queue_item": item.pk, "post": post.pk, "platform": "telegram"}
Click.objects.bulk_create(Click(clicked_at=now + timedelta(seconds=number), **clicks) for number in range(1201))
WebhookLog.objects.create(received_at=now, source="s", body=bytes(range(256)) * 40, remote_ip="2001:db8::1")
group = Group.objects.create(name="Editors")
group.permissions.set(Permission.objects.filter(codename__contains="queueitem"))
User.objects.create_user("ann", password="correct horse battery").groups.add(group)
gone = f.make_post(f.make_item(), account)
Post.objects.filter(pk=gone.pk).delete()
print(gone.pk)
"""
_DUMP = """
import django; django.setup()
import json, sys
from autopost_site.moving import places
from social_queue.vault import Sealed
def plain(value):
    return value.text if isinstance(value, Sealed) else value.hex() if isinstance(value, bytes) else value
rows = {
    model._meta.db_table: [
        [plain(value) for value in row]
        for row in model._base_manager.order_by("pk").values_list(
            *[field.attname for field in model._meta.local_concrete_fields]
        )
    ]
    for model in places.tables()
}
json.dump(rows, sys.stdout, default=str)
"""


def run(*words: str, on: str):
    """One process on the database ``on``; whether it went well is for the test to say."""
    return children.run(*words, seconds=280, DATABASE_URL=on)


def move(here: str, there: str):
    """`manage.py move_to`."""
    return run("manage.py", "move_to", there, on=here)


def rows_of(address: str) -> dict[str, list]:
    """{table: every row with every column as the database gives it}."""
    done = run("-c", _DUMP, on=address)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory) -> Path:
    """A file of SQLite as `migrate` leaves it."""
    path = tmp_path_factory.mktemp("moving") / "empty.sqlite3"
    done = run("manage.py", "migrate", "--verbosity", "0", on=f"sqlite:///{path}")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def fresh(empty_file, tmp_path):
    """``fresh(name)``: the address of another empty and migrated file."""

    def copy(name: str) -> str:
        return f"sqlite:///{shutil.copy(empty_file, tmp_path / f'{name}.sqlite3')}"

    return copy


@pytest.fixture(scope="session")
def seeded_file(empty_file) -> Path:
    """The same with the old site's rows."""
    path = Path(shutil.copy(empty_file, empty_file.with_name("old.sqlite3")))
    done = run("-c", _SEED, on=f"sqlite:///{path}")
    assert done.returncode == 0, done.stderr
    return path


@pytest.fixture
def old_site(seeded_file, tmp_path) -> str:
    """The address of the old site."""
    return f"sqlite:///{shutil.copy(seeded_file, tmp_path / 'old.sqlite3')}"


@pytest.fixture
def here(transactional_db) -> str:
    """The address of the tests' own database, which is empty, and whose kind is what the suite runs on."""
    return children.database_url()
