"""The site as a Django app."""

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import pre_migrate


class SiteConfig(AppConfig):
    """Carries what concerns the site as a whole: its commands, and what its database may do."""

    name = "autopost_site"

    def ready(self) -> None:
        """Let migrations take their time, whatever limit statements have."""
        from autopost_site import databases

        pre_migrate.connect(
            lambda using, **_: databases.wait_as_long_as_it_takes(connections[using]),
            weak=False,
            dispatch_uid="autopost-slow-migrations",
        )
