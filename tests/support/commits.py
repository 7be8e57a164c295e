"""Where a transaction of the database in use is committed, for tests in which that goes wrong."""

from django.db import DEFAULT_DB_ALIAS, connections


def backend() -> type:
    """The class whose ``_commit`` is called: a backend of ours may have one of its own."""
    return type(connections[DEFAULT_DB_ALIAS])
