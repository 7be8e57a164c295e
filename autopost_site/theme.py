"""How the admin looks: django-unfold's settings, and what its pages may load."""

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

#: Our template tags, by the names under which pages load them.
TAGS = {
    "desk_people": "social_queue.admin.people.whose",
    "desk_places": "social_queue.admin.places",
    "desk_times": "social_queue.admin.pieces.time_tags",
}
#: Scripts from our own files only; Alpine, which the theme is made with, evaluates what stands in attributes.
#: Pictures of items are shown from wherever they are.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "https:", "http:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
UNFOLD = {
    "SITE_TITLE": "Autopost",
    "SITE_HEADER": "Autopost",
    "SITE_SUBHEADER": _("Publishing desk"),
    "SITE_SYMBOL": "send",
    "SITE_URL": "/admin/",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_LANGUAGES": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "DASHBOARD_CALLBACK": "metrics.today.dashboard",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("autopost/icon.svg")},
    ],
    "STYLES": [
        lambda request: static("looks/cards.css"),
        lambda request: static("autopost/looks.css"),
        lambda request: static("autopost/admin.css"),
        lambda request: static("autopost/pages.css"),
    ],
    "SCRIPTS": [
        lambda request: static("autopost/desk.js"),
        lambda request: static("autopost/live.js"),
        lambda request: static("autopost/unsent.js"),
    ],
    "ACCOUNT": {
        "navigation": [
            {"title": _("You"), "link": reverse_lazy("me")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
        ]
    },
    "SIDEBAR": {"show_search": False, "navigation": "social_queue.admin.menu.navigation"},
    # A calm teal: red, orange and green are kept for what they mean.
    "COLORS": {
        "primary": {
            "50": "#effafa",
            "100": "#d5f1f1",
            "200": "#ade3e4",
            "300": "#78cdd0",
            "400": "#40aeb4",
            "500": "#229198",
            "600": "#0f747c",
            "700": "#105e66",
            "800": "#134c53",
            "900": "#143f46",
            "950": "#06282e",
        }
    },
}
