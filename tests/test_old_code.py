"""A version before works on after today's `migrate` went over its database: no host stops for another's upgrade.

The versions lie beside as ``git archive`` gave them (without fonts), so that neither history nor a network is needed.
"""

from collections import Counter

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations.loader import MigrationLoader
from django.db.models.fields import NOT_PROVIDED
from django.test import Client

from social_queue.models import Attempt, Post, PostStatus, QueueItem, WebhookLog
from tests.support.environment import ROOT
from tests.support.old_code import OldCode, versions

_HOUR = str(ROOT / "tests" / "support" / "an_hour.py")


@pytest.fixture(scope="module", params=versions())
def old(request, tmp_path_factory) -> OldCode:
    """Its code, which nothing changes; once for all tests, since each new copy would be compiled anew."""
    return OldCode(request.param, tmp_path_factory.mktemp("releases"))


@pytest.mark.only_on("sqlite", "mysql")  # PostgreSQL came with 0.2.0
@pytest.mark.django_db(transaction=True)
def test_the_version_before_takes_in_publishes_and_shows_on_today_s_tables(old, sandbox):
    old.manage(
        "add_account", "facebook", "1029384756", "--slug", "fb", "--credential", "access_token=sandbox-page-token"
    )
    old.manage(
        "add_account", "telegram", "-1001234567890", "--slug", "tg", "--credential", "bot_token=4242:sandbox-bot"
    )
    key = old.manage("create_api_key", "generator").split()[-1]
    secret = old.manage("webhook_source", "shop", "--channels", "fb,tg").split()[-1]

    old.run(_HOUR, key, secret, "Before")
    old.manage("dispatch")
    old.manage("reconcile")
    old.manage("prune")

    assert Counter(Post.objects.values_list("item__title", "status")) == {
        ("Before", "published"): 2,
        ("Before by hook", "published"): 2,
        ("Before later", "cancelled"): 1,
    }
    assert len(sandbox.wall) == 4
    assert WebhookLog.objects.get().status == "accepted"
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"published"}
    # And what it wrote is whole for today's code.
    for item in QueueItem.objects.all():
        item.full_clean()
    for post in Post.objects.filter(status=PostStatus.PUBLISHED):
        assert Client(HTTP_HOST="autopost.test").get(f"/go/{post.code}").status_code == 302


def _fields(table: type[models.Model]) -> dict[str, models.Field]:
    return {field.column: field for field in table._meta.local_concrete_fields}


def test_a_new_column_is_filled_by_the_database_where_the_version_before_does_not_name_it(old):
    """The rule behind it, so that a column of a rare table is found as well, and named."""
    before = MigrationLoader(None).project_state(old.last_migrations()).apps
    faults = []
    for old_table in (table for label in ("queue", "metrics") for table in before.get_app_config(label).get_models()):
        known, today = _fields(old_table), _fields(apps.get_model(old_table._meta.label))
        where = old_table._meta.db_table
        assert apps.get_model(old_table._meta.label)._meta.db_table == where
        faults += [
            f"{where}.{name} is gone, and the version before asks for it" for name in known.keys() - today.keys()
        ]
        faults += [
            f"{where}.{name} needs db_default: the version before lays rows down without it"
            for name in today.keys() - known.keys()
            if not today[name].null and today[name].db_default is NOT_PROVIDED
        ]
        faults += [
            f"{where}.{name} must not be empty any more, but the version before leaves it so"
            for name in known.keys() & today.keys()
            if known[name].null and not today[name].null
        ]
    assert faults == []


def test_the_last_version_is_among_those_that_are_tried():
    assert versions()[-1] >= "0.1.1"
