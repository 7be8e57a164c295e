"""A database that can't hold every letter is named, and a text it refuses is not asked for again."""

import json
import re

import pytest
from django.db import DataError, OperationalError, connection

from social_queue.api import errors
from social_queue.upkeep import charset
from tests.support import children

TITLE = "Sweet Bonanza 🍭"
NARROW = "autopost_narrow"
_PUSH = """
import json, django, sys
django.setup()
from django.test import Client
from social_queue.access import keys
from social_queue.models import PlatformAccount, QueueItem
PlatformAccount.objects.get_or_create(platform="telegram", slug="tg", address="@a", defaults={"credentials": {}})
key = keys.issue(sys.argv[1], keys.SCOPES)[1]
body = json.dumps({"title": sys.argv[2], "link": "https://example.com/a", "publish_at": "2030-12-01"})
answer = Client(SERVER_NAME="127.0.0.1").post("/api/autopost/ingest", body, content_type="application/json",
                       headers={"Authorization": f"Bearer {key}"})
print(json.dumps([answer.status_code, answer.headers.get("Retry-After"), answer.json()]))
"""


def test_a_database_of_another_kind_holds_every_letter(db):
    if connection.vendor == "sqlite":
        assert charset.problems() == []


@pytest.mark.parametrize(
    ("fault", "refused"),
    [
        (OperationalError(1366, "Incorrect string value: '\\xF0\\x9F\\x8D\\xAD'"), True),
        (DataError(1366, "Incorrect string value"), True),
        (OperationalError(2006, "Server has gone away"), False),
        (OperationalError(), False),
        (ValueError(1366), False),
    ],
)
def test_a_refused_letter_is_told_from_a_database_that_is_away(fault, refused, rf):
    assert charset.refused_a_letter(fault) is refused
    answer = errors.handle(fault, {"request": rf.post("/api/autopost/ingest")})
    assert ("manage.py doctor" in answer.data["error"]["message"]) is refused
    if refused:
        assert (answer.status_code, "Retry-After" in answer.headers) == (500, False)
        assert "Send the same request again" not in str(answer.data)


@pytest.fixture
def narrow(transactional_db):
    """The address of a database that was made with the older character set, without any table."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NARROW} CHARACTER SET utf8mb3")
    yield f"{children.database_url().rpartition('/')[0]}/{NARROW}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE {NARROW}")


def push(address: str, key: str, title: str) -> list:
    ended = children.run("-c", _PUSH, key, title, DATABASE_URL=address)
    return json.loads(ended.stdout.splitlines()[-1])


def exact_columns() -> set:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, is_nullable FROM information_schema.columns "
            f"WHERE table_schema = '{NARROW}' AND collation_name = 'utf8mb4_bin' AND data_type = 'varchar'"
        )
        return set(cursor.fetchall())


@pytest.mark.only_on("mysql")
def test_migrate_warns_doctor_names_the_statements_and_they_mend_it(narrow, tmp_path):
    migrated = children.run("manage.py", "migrate", seconds=200, DATABASE_URL=narrow)
    assert migrated.returncode == 0, migrated.stderr
    assert f"The database {NARROW} has the character set utf8mb3" in migrated.stderr
    assert f"ALTER DATABASE `{NARROW}` CHARACTER SET utf8mb4;" in migrated.stderr

    status, again_after, body = push(narrow, "first", TITLE)
    assert (status, again_after, body["error"]["code"]) == (500, None, "error")
    assert "can't hold a letter of this text" in body["error"]["message"]
    assert push(narrow, "second", "Plain letters")[0] == 201

    rows = json.dumps([{"title": title, "link": "https://example.com/b"} for title in (TITLE, "After it")])
    (tmp_path / "rows.json").write_text(rows)
    filed = children.run("manage.py", "enqueue", str(tmp_path / "rows.json"), DATABASE_URL=narrow)
    assert (filed.returncode, "Traceback" in filed.stderr) == (1, False)
    assert "line 1: body holds a letter that this site's database can't keep" in filed.stderr
    assert "1 queued, 0 skipped (cooldown), 0 already there, 1 bad." in filed.stdout

    exact = exact_columns()
    assert ("social_posts", "code", "NO") in exact
    looked = children.run("manage.py", "doctor", DATABASE_URL=narrow)
    assert looked.returncode == 1
    assert "ALTER TABLE `social_queue` CONVERT TO CHARACTER SET utf8mb4" in looked.stdout
    with connection.cursor() as cursor:
        cursor.execute(f"USE {NARROW}")
        try:
            for statement in re.findall(r"ALTER [^;]+;", looked.stdout):
                cursor.execute(statement)
        finally:
            cursor.execute(f"USE {connection.settings_dict['NAME']}")
    assert exact_columns() == exact
    assert "character set" not in children.run("manage.py", "doctor", DATABASE_URL=narrow).stdout
    assert push(narrow, "third", TITLE)[0] == 201


@pytest.mark.only_on("mysql", "postgresql")
def test_a_database_made_as_it_should_be_has_no_such_problem(db):
    assert charset.problems() == []


@pytest.mark.only_on("postgresql")
def test_an_encoding_of_one_alphabet_is_named_and_a_letter_it_refuses_is_not_asked_for_again(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {NARROW} ENCODING 'LATIN1' TEMPLATE template0 LOCALE 'C'")
    narrow = f"{children.database_url().rpartition('/')[0]}/{NARROW}"
    try:
        migrated = children.run("manage.py", "migrate", seconds=200, DATABASE_URL=narrow)
        assert migrated.returncode == 0, migrated.stderr
        assert f"The database {NARROW} has the encoding LATIN1" in migrated.stderr
        status, again_after, body = push(narrow, "first", TITLE)
        assert (status, again_after, body["error"]["code"]) == (500, None, "error")
        assert "can't hold a letter of this text" in body["error"]["message"]
        assert push(narrow, "second", "Plain letters")[0] == 201
        assert "ENCODING 'UTF8'" in children.run("manage.py", "doctor", DATABASE_URL=narrow).stdout
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {NARROW} WITH (FORCE)")
