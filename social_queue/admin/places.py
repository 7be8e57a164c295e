"""The bar at the foot of a phone's page: the five places where a day is spent, under the thumb."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.template import Context
from django.urls import reverse
from django.utils.translation import gettext as _

from social_queue.admin import menu

register = template.Library()


@register.simple_tag(takes_context=True)
def places(context: Context) -> list[dict[str, Any]]:
    """Those of them that the reader may see, as the menu has them, number and all; none where there is no menu."""
    groups = context.get("sidebar_navigation") or []
    if not groups:
        return []
    entries = {entry["link"]: entry for group in groups for entry in group["items"]}
    shown = [entries[link] | {"title": title} for link, title in _daily() if link in entries]
    return [*shown, *_new(context["request"])]


def _daily() -> list[tuple[str, str]]:
    return [
        (reverse("admin:index"), _("Today")),
        (menu.address("calendar"), _("Calendar")),
        (menu.address("review"), _("Review")),
        # Of the floor above, by name.
        (menu.address("admin:metrics_reports"), _("Results")),
    ]


def _new(request: HttpRequest) -> list[dict[str, Any]]:
    if not request.user.has_perm("queue.add_queueitem"):
        return []
    link = reverse("admin:queue_queueitem_add")
    return [{"title": _("New"), "icon": "add", "link": link, "active": request.path == link}]
