"""How the admin looks: django-unfold's settings."""

from django.utils.translation import gettext_lazy as _

UNFOLD = {
    "SITE_TITLE": "Autopost",
    "SITE_HEADER": "Autopost",
    "SITE_SUBHEADER": _("Publishing desk"),
    "SITE_SYMBOL": "send",
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": True,
}
