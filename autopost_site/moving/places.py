"""Where a site may move to: another database that `migrate` has made and that holds nothing yet."""

from collections.abc import Iterator

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django_q.models import Schedule

from autopost_site import databases
from connectors.texts.sentences import ended

ALIAS = "move_to"
#: What `migrate` lays down by itself, under numbers of its own: rights, the four roles that hold them, schedules. The
#: old site's rows take their place.
LAID_BY_MIGRATE = (Group.permissions.through, Group, Permission, ContentType, Schedule)


class NoPlace(Exception):
    """The site can't move there; the sentence says why and what to do."""


def tables() -> Iterator[type[Model]]:
    """A model for every table of the site, those between two others included."""
    for model in apps.get_models(include_auto_created=True):
        if model._meta.managed and not model._meta.proxy:
            yield model


def open_place(url: str) -> BaseDatabaseWrapper:
    """The database at ``url`` as a second connection. Raises NoPlace unless it is ready to be moved into."""
    try:
        parsed = databases.parse(url)
    except ValueError as fault:
        raise NoPlace(str(fault)) from fault
    connections.settings[ALIAS] = connections.configure_settings({"default": parsed})["default"]
    target = connections[ALIAS]
    for either in (connection, target):
        databases.wait_as_long_as_it_takes(either)
    _reach(connection, "This")
    _reach(target, "The other")
    try:
        _look(target)
    except DatabaseError as fault:
        raise NoPlace(f"The other database does not answer: {ended(' '.join(str(fault).split()))}") from fault
    return target


def _reach(either: BaseDatabaseWrapper, which: str) -> None:
    try:
        either.ensure_connection()
    except DatabaseError as fault:
        raise NoPlace(f"{which} database does not answer: {ended(' '.join(str(fault).split()))}") from fault


def _look(target: BaseDatabaseWrapper) -> None:
    if _unapplied(connection):
        raise NoPlace("This database is not up to date; first: python manage.py migrate")
    if _unapplied(target):
        raise NoPlace(
            "The other database has no tables yet; first: DATABASE_URL=<its address> python manage.py migrate"
        )
    full = [
        model._meta.db_table
        for model in tables()
        if model not in LAID_BY_MIGRATE and model._base_manager.using(target.alias).exists()
    ]
    if full:
        raise NoPlace(
            f"The other database is not empty: there are rows in {', '.join(full)}. If they come from a move that was "
            "cut off, all of it is there: go on with that database, or move into another that is empty."
        )


def _unapplied(looked_at: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(looked_at)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
