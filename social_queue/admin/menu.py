"""The sidebar: what people do first stands first, with a number where somebody is waited for."""

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from social_queue.admin import badges


def navigation(request: HttpRequest) -> list[dict]:
    """Groups of pages the reader may see."""
    daily = [
        ("", [(_("Today"), "home", reverse("admin:index"), 0, "")]),
        (_("Publishing"), _publishing()),
        (_("Results"), _results()),
    ]
    seldom = [
        (_("Places and wording"), _places()),
        (_("What comes in"), _inbound()),
        (_("What goes out to programs"), _outbound()),
        (_("What went wrong"), _trouble()),
        (_("People"), _people()),
    ]
    found = [_group(request, title, entries) for title, entries in daily]
    found += [_folded(_group(request, title, entries)) for title, entries in seldom]
    return [group for group in found if group["items"]]


def _publishing() -> list[tuple]:
    posts, items = _list("post"), _list("queueitem")
    return [
        (_("Calendar"), "calendar_month", address("calendar"), 0, "queue.view_queueitem"),
        (_("Review"), "edit_note", address("review"), badges.to_approve(), "queue.view_queueitem"),
        (_("Queue items"), "inbox", items, 0, "queue.view_queueitem"),
        (_("Import"), "upload_file", reverse("import"), 0, "queue.add_queueitem"),
        (_("Repeats"), "event_repeat", _list("series"), 0, "queue.view_queueitem"),
        (_("Posts"), "send", posts, 0, "queue.view_post"),
        (_("Failed"), "error", f"{posts}?status__exact=failed", badges.failed(), "queue.view_post"),
        (_("Undecided"), "help", f"{posts}?status__exact=unknown", badges.unknown(), "queue.view_post"),
    ]


def _results() -> list[tuple]:
    """Pages of the floor above, by name: this one may not import it."""
    reports, clicks = address("admin:metrics_reports"), address("admin:metrics_click_changelist")
    return [
        (_("Reports"), "monitoring", reports, 0, "metrics.view_clicktotal"),
        (_("Best hour"), "query_stats", address("admin:metrics_best_hour"), 0, "metrics.view_clicktotal"),
        (_("Clicks"), "ads_click", clicks, 0, "metrics.view_click"),
    ]


def _places() -> list[tuple]:
    in_need = badges.accounts_in_need()
    return [
        (_("Accounts"), "account_circle", _list("platformaccount"), in_need, _view("platformaccount")),
        (_("Wording"), "text_fields", address("admin:metrics_wordings"), 0, _view("captiontemplate")),
        (_("Cooldown rules"), "hourglass", _list("cooldownrule"), 0, _view("cooldownrule")),
    ]


def _inbound() -> list[tuple]:
    return [
        (_("API keys"), "key", _list("apikey"), 0, _view("apikey")),
        (_("Webhook sources"), "webhook", _list("webhooksource"), 0, _view("webhooksource")),
        (_("Feeds"), "rss_feed", _list("feed"), 0, _view("feed")),
        (_("Webhook deliveries"), "move_to_inbox", _list("webhooklog"), 0, _view("webhooklog")),
    ]


def _outbound() -> list[tuple]:
    paused = badges.paused_subscriptions()
    return [
        (_("Subscriptions"), "campaign", _list("subscription"), paused, _view("subscription")),
        (_("Events"), "bolt", _list("event"), 0, _view("event")),
        (_("Events sent"), "outbox", _list("eventsending"), 0, _view("eventsending")),
    ]


def _trouble() -> list[tuple]:
    still_open = badges.open_alerts()
    return [
        (_("Alerts"), "notifications", _list("alert"), still_open, _view("alert")),
        (_("Attempts"), "history", _list("attempt"), 0, _view("attempt")),
    ]


def _people() -> list[tuple]:
    return [
        (_("Users"), "group", reverse("admin:auth_user_changelist"), 0, "auth.view_user"),
        (_("Invite people"), "person_add", reverse("invitations"), 0, "auth.add_user"),
        (_("Activity"), "overview", _list("activity"), 0, _view("activity")),
        (_("Approvals as a file"), "fact_check", address("evidence"), 0, "queue.export_approval"),
        (_("Failed log-ins"), "lock_person", _list("failedlogin"), 0, _view("failedlogin")),
    ]


def _group(request: HttpRequest, title: str, entries: list[tuple]) -> dict:
    items = [_entry(request, entry) for entry in entries if entry[2] and _may_see(request, entry[4])]
    return {"title": title, "separator": bool(title), "items": items}


def _folded(group: dict) -> dict:
    """Open where its reader is, or where somebody is waited for."""
    opened = any(entry["active"] or entry.get("badge") for entry in group["items"])
    return group | {"folds": True, "opened": opened}


def _entry(request: HttpRequest, entry: tuple) -> dict:
    title, icon, link, waiting, _permission = entry
    shown = {"title": title, "icon": icon, "link": link, "active": _is_here(request, link)}
    return shown | ({"badge": "99+" if waiting >= badges.ENOUGH else str(waiting)} if waiting else {})


def _is_here(request: HttpRequest, link: str) -> bool:
    """The entry of this very list, filter included; pages below a list light the list's plain entry."""
    page, _mark, query = link.partition("?")
    if query:
        return request.path == page and query in request.META.get("QUERY_STRING", "")
    if page == reverse("admin:index"):
        return request.path == page
    filtered = {"status__exact=failed", "status__exact=unknown", "status__exact=draft"}
    own = request.META.get("QUERY_STRING", "").split("&")
    return request.path.startswith(page) and not filtered & set(own)


def _may_see(request: HttpRequest, permission: str) -> bool:
    return not permission or request.user.has_perm(permission)


def _list(model: str) -> str:
    return address(f"admin:queue_{model}_changelist")


def address(name: str) -> str:
    """The address of a page by its name; "" where there is none of it."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _view(model: str) -> str:
    return f"queue.view_{model}"
