"""What stands beside a wording while it is written: names to press, items to try it on, and the text as shipped."""

from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from social_queue.admin.pieces.filters import is_id
from social_queue.models import CaptionTemplate, EarlierWording, QueueItem
from social_queue.wording.templates import finding, names

_TRIED, _KEPT = 20, 10


def keep_earlier(number: int, body: str, by: User) -> None:
    """The text that a new one replaces, so that it can be taken up again."""
    row = CaptionTemplate.objects.get(pk=number)
    if row.body != body:
        EarlierWording.objects.create(template=row, body=row.body, replaced_by=by, replaced_at=timezone.now())


def beside(platform: str, variant: str, row: CaptionTemplate | None = None) -> dict[str, Any]:
    """For the page: ``placeholders``, ``items``, ``shipped`` and ``earlier``."""
    kept = EarlierWording.objects.filter(template=row).select_related("replaced_by")[:_KEPT] if row else []
    items = QueueItem.objects.order_by("-created_at", "-pk").values_list("pk", "title")[:_TRIED]
    shipped = finding.shipped(platform, variant)
    return {"placeholders": placeholders(), "items": list(items), "shipped": shipped, "earlier": list(kept)}


def placeholders() -> list[dict[str, str]]:
    """What a wording may name, as it is written there."""
    own = [name for name in names.OWN if name != "data"]
    data = [f"data.{name}" for name in names.names_of_data(timezone.now())[:20] if name.isidentifier()]
    return [{"name": name, "text": f"{{{{ {name} }}}}"} for name in [*own, *data]]


def facts_of(chosen: str, sample: dict[str, Any]) -> dict[str, Any]:
    """What the chosen item says; without one, or when it has gone, the sample."""
    item = QueueItem.objects.filter(pk=chosen).first() if is_id(chosen) else None
    if item is None:
        return sample
    return {
        "title": item.title,
        "summary": item.summary,
        "link": sample["link"],
        "hashtags": tuple(item.hashtags),
        "data": item.data,
    }
