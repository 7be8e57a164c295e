"""The site as a Django app, and the theme with the site's own list of pages."""

from typing import Any

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin import sites
from django.db import connections
from django.db.models.signals import pre_migrate
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from unfold.apps import BasicAppConfig
from unfold.sites import UnfoldAdminSite


class SiteConfig(AppConfig):
    """Carries what concerns the site as a whole: its commands, and what its database may do."""

    default, name = True, "autopost_site"

    def ready(self) -> None:
        """Let migrations take their time, whatever limit statements have."""
        from autopost_site import databases

        pre_migrate.connect(
            lambda using, **_: databases.wait_as_long_as_it_takes(connections[using]),
            weak=False,
            dispatch_uid="autopost-slow-migrations",
        )


class DeskSite(UnfoldAdminSite):
    """Asked for everything that is registered, it waits until somebody reads it: the sidebar is our own.

    Django works it out for every page; with the rights of each model that was a tenth of a small one.
    """

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """As Django's own, once it is read."""
        return SimpleLazyObject(lambda: super(DeskSite, self).get_app_list(request, app_label))


class ThemeConfig(BasicAppConfig):
    """The theme as a Django app, with our site in place of its own."""

    def ready(self) -> None:
        """As the theme does it."""
        admin.site = sites.site = DeskSite()
