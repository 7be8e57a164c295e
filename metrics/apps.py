"""What came of it: clicks and health."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MetricsConfig(AppConfig):
    """Clicks, reports, health."""

    name = "metrics"
    verbose_name = _("Results")
    default_auto_field = "django.db.models.BigAutoField"
