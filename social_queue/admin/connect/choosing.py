"""The first pages of connecting: which platform, and what it needs of whoever runs this site."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

import connectors
from connectors.login import Check, Login
from social_queue.accounts import connecting
from social_queue.admin.connect.guard import along, can_log_in, chosen_way, label, page
from social_queue.models import PlatformAccount

_AT_HOME = ("127.0.0.1", "localhost", "::1")


def overview(request: HttpRequest) -> HttpResponse:
    """A button for each platform that has a log-in, and the way to paste keys for all."""
    rows = [_row(name) for name in connectors.names() if can_log_in(name)]
    others = [(name, text) for name, text in connectors.platform_choices() if not can_log_in(name)]
    return page(request, "overview", title=_("Connect an account"), rows=rows, others=others)


def _row(name: str) -> dict:
    ways = connecting.ways(name)
    usual = connecting.way_of(name)
    counted = PlatformAccount.objects.filter(platform=name).count()
    more = [way for way in ways if way is not usual and way.name != usual.name]
    return {"name": name, "label": label(name), "missing": usual.missing, "more": more, "accounts": counted}


def platform(request: HttpRequest, platform: str) -> HttpResponse:
    """What the platform needs of whoever runs this site; with ``?check`` what can be tried is tried."""
    way = chosen_way(request, platform)
    back = connecting.back_to(platform)
    checks = [*_settings_of(way), *_address(request, back)]
    asked = "check" in request.GET
    if asked and not way.missing:
        checks += [_shown(check) for check in way.check_app(back)]
    context = {"way": way, "back": back, "checks": checks, "asked": asked, "steps": [_(step) for step in way.steps]}
    context |= {"platform": platform, "label": label(platform), "can_ask": bool(way.required)}
    start = along("connect-start", platform, way.name)
    return page(
        request, "platform", title=_("Connect %(platform)s") % {"platform": label(platform)}, start=start, **context
    )


def _settings_of(way: Login) -> list[dict]:
    if not way.required:
        return []
    if way.missing:
        said = _("Not set yet: %(names)s. Set them in the environment of this site and start it again.")
        return [{"said": said % {"names": ", ".join(way.missing)}, "state": "bad"}]
    names = ", ".join(way.site_settings[name] for name in way.required)
    return [{"said": _("Set: %(names)s.") % {"names": names}, "state": "good"}]


def _address(request: HttpRequest, back: str) -> list[dict]:
    """Is it reachable for the reader's browser, and will platforms take it?"""
    target = urlsplit(back)
    rows = []
    if target.scheme == "https":
        rows.append({"said": _("Our address is https."), "state": "good"})
    elif target.hostname in _AT_HOME:
        rows.append({"said": _("Our address is on this machine: fine for trying."), "state": "ask"})
    else:
        rows.append(
            {"said": _("Our address is not https, and platforms refuse it: set PUBLIC_BASE_URL."), "state": "bad"}
        )
    if request.get_host() != target.netloc:
        here = _("You are at %(here)s, but the platform sends you back to %(back)s: open the desk there first.")
        rows.append({"said": here % {"here": request.get_host(), "back": settings.PUBLIC_BASE_URL}, "state": "bad"})
    return rows


def _shown(check: Check) -> dict:
    state = {True: "good", False: "bad", None: "ask"}[check.well]
    return {"said": _(check.pattern) % check.values if check.values else _(check.pattern), "state": state}
