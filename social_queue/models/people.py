"""Who did not come in: what django-axes counts, as a table of the desk."""

from axes.models import AccessFailureLog
from django.utils.translation import gettext_lazy as _


class FailedLogIn(AccessFailureLog):
    """One wrong password or code; a proxy, so that it has a page and a permission of its own."""

    class Meta:
        app_label = "queue"
        proxy = True
        verbose_name = _("failed log-in")
        verbose_name_plural = _("failed log-ins")

    def __str__(self) -> str:
        return f"{self.username or '–'} ({self.ip_address})"
