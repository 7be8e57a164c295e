"""The publishing desk as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SocialQueueConfig(AppConfig):
    """Labelled ``queue``; the folder can't have that name, since it would hide Python's own module of it."""

    name = "social_queue"
    label = "queue"
    verbose_name = _("Publishing desk")
    default_auto_field = "django.db.models.BigAutoField"
