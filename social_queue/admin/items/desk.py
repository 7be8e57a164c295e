"""What the composer's page shows around its fields."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from social_queue.admin import tag_sets
from social_queue.admin.beside import declared, follow_ups
from social_queue.admin.items import kept, live, previews
from social_queue.admin.items.composed import rows_of
from social_queue.admin.items.forms import DATA
from social_queue.admin.pieces import looks
from social_queue.models import ItemStatus, PlatformAccount, PostStatus, QueueItem

_NAMES = tuple(name for name, _label, _example in DATA)
#: Hashtags are read from so many of the newest items, and so many sets of them are offered.
_NEWEST, _SETS = 200, 6
_LETTERS = 2
#: From so many accounts on they are folded, a platform each.
_MANY = 13


def next_hour(now: datetime) -> datetime:
    """A moment to begin with: what is scheduled by mistake can still be stopped."""
    return (timezone.localtime(now) + timedelta(hours=2)).replace(minute=0, second=0, microsecond=0)


def of_new(form: Any, original: QueueItem | None, *, picture: str, may_send: bool) -> dict[str, Any]:
    """For a new item, or a copy."""
    address = reverse("admin:queue_queueitem_preview")
    presses = [_press("save-draft", gettext("Save draft"))]
    if may_send:
        presses += [
            _press("send-now", gettext("Send now"), icon="bolt"),
            _press("schedule", gettext("Schedule"), look="primary", icon="schedule"),
        ]
    return _page(form, None, data=original.data if original else {}) | {
        "preview": f"{address}?from={original.pk}" if original else address,
        "key": f"from-{original.pk}" if original else "new",
        "presses": presses,
        "picture": _kept_picture(form) or picture,
    }


def of_item(form: Any, item: QueueItem, *, picture: str, may_send: bool) -> dict[str, Any]:
    """For an item that may still be changed."""
    return _page(form, item, data=item.data) | {
        "preview": f"{reverse('admin:queue_queueitem_preview')}?item={item.pk}",
        "key": f"item-{item.pk}",
        "presses": _presses(item, may_send=may_send),
        "picture": _kept_picture(form) or picture,
        "own_picture": bool(item.image),
        "tried": item.posts.filter(attempts_made__gt=0).exists(),
    }


def _kept_picture(form: Any) -> str:
    name = kept.name_of(str(form["kept"].value() or ""))
    return kept.address(QueueItem(image=name)) if name else ""


def _presses(item: QueueItem, *, may_send: bool) -> list[dict[str, str]]:
    if item.status == ItemStatus.DRAFT:
        going = [
            _press("send-now", gettext("Send now"), icon="bolt"),
            _press("approve", gettext("Approve"), look="primary", icon="check"),
        ]
        return [_press("save-draft", gettext("Save draft")), *(going if may_send else [])]
    if item.status == ItemStatus.SKIPPED:
        going = [_press("send-anyway", gettext("Send anyway"), look="primary", icon="send")]
        return [_press("save", gettext("Save")), *(going if may_send else [])]
    found = [_press("schedule" if item.status == ItemStatus.READY else "save", gettext("Save"), look="primary")]
    statuses = set(item.posts.values_list("status", flat=True))
    if PostStatus.FAILED in statuses:
        found[0]["look"] = ""
        found.append(_press("retry", gettext("Save and retry"), look="primary", icon="refresh"))
    if PostStatus.PENDING in statuses:
        found.insert(0, _press("send-now", gettext("Send now"), icon="bolt"))
    return found


def _press(name: str, label: str, *, look: str = "", icon: str = "") -> dict[str, str]:
    return {"name": name, "label": label, "look": look, "icon": icon}


def _page(form: Any, item: QueueItem | None, *, data: dict) -> dict[str, Any]:
    seen = form if form.is_bound else _bound(form)
    found = live.of(seen, item) if hasattr(seen, "cleaned_data") else live.Look()
    accounts = [_account(form, account) for account in form.accounts]
    return {
        "accounts": accounts,
        "places": _by_platform(accounts),
        "many": len(accounts) >= _MANY,
        "rows": [*_rows(form, data), ("", "")],
        "follow_up_places": follow_ups.places(form.accounts, str(form["follow_ups"].value() or "")),
        "label_ways": declared.ways(form.accounts),
        "named": [form[f"data_{name}"] for name in _NAMES],
        "cards": found.cards,
        "slots": found.slots,
        "icons": previews.icons(),
        "sets": _sets(),
        "tag_sets": tag_sets.shown(),
        "picture_fit": settings.PICTURE_FIT,
    }


def _bound(form: Any) -> Any:
    """The form as if its page were sent as it was filled."""
    form.cleaned_data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    form.cleaned_data["image"] = None
    return form


def _account(form: Any, account: PlatformAccount) -> dict[str, Any]:
    name = account.name or account.slug
    return {
        "slug": account.slug,
        "platform": looks.platform_label(account.platform),
        "letters": looks.platform_label(account.platform)[:_LETTERS],
        "name": name,
        "active": account.status == PlatformAccount.Status.ACTIVE,
        "ticked": account.slug in (form["channels"].value() or []),
        "state": "" if account.status == PlatformAccount.Status.ACTIVE else looks.status_chip(account),
        "field": form[f"caption:{account.slug}"],
        "own": bool(form[f"caption:{account.slug}"].value()),
    }


def _by_platform(accounts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The accounts as they stand below their platforms."""
    found: dict[str, list[dict[str, Any]]] = {}
    for account in accounts:
        found.setdefault(account["platform"], []).append(account)
    return [{"platform": platform, "accounts": rows} for platform, rows in found.items()]


def _rows(form: Any, data: dict) -> list[tuple[str, str]]:
    if form.is_bound and hasattr(form.data, "getlist"):
        return list(zip(form.data.getlist("data_key"), form.data.getlist("data_value"), strict=False))
    return list(rows_of(data, _NAMES))


def _sets() -> list[str]:
    """The hashtags that were used together most often lately."""
    newest = QueueItem.objects.order_by("-id").values_list("hashtags", flat=True)[:_NEWEST]
    used = Counter(", ".join(map(str, tags)) for tags in newest if tags)
    return [tags for tags, _count in used.most_common(_SETS)]
