"""All wordings on one page: each platform's A and B, whose text is in force, its share of the posts, which leads."""

from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.http import urlencode
from django.utils.translation import gettext

import connectors
from metrics.experiments import contest
from social_queue.admin.pieces import looks
from social_queue.models import CaptionTemplate
from social_queue.wording.faults import TemplateFault
from social_queue.wording.templates import finding


def cards(now: datetime | None = None) -> list[dict[str, Any]]:
    """One group a platform with its cards, and the sentence about which of them leads."""
    now = now or timezone.now()
    given, found = contest.assigned(now), contest.reports(now)
    rows = {(row.platform, row.variant.upper()): row for row in CaptionTemplate.objects.all()}
    groups = []
    for platform in connectors.names():
        total = sum(given.get((platform, variant), 0) for variant in contest.VARIANTS)
        report = found.get(platform)
        # What is ahead by chance as likely as not, or by nothing that matters, does not lead.
        leads = report.leader if report and report.verdict in ("leading", "better") else ""
        one = [
            _card(platform, variant, rows.get((platform, variant)), given.get((platform, variant), 0), total)
            for variant in contest.VARIANTS
        ]
        for card in one:
            card["leads"] = card["variant"] == leads
            card["rate"] = report.variants[card["variant"]].rate if report else None
        said = report.sentence(gettext, number=partial(number_format, force_grouping=True)) if report else ""
        groups.append({"platform": platform, "label": looks.platform_label(platform), "sentence": said, "cards": one})
    return groups


def _card(platform: str, variant: str, row: CaptionTemplate | None, posts: int, total: int) -> dict[str, Any]:
    try:
        source = finding.find(platform, variant)
    except TemplateFault:
        source = None
    # Where there is no B, the text of A is what would go out.
    held = source is not None and source.variant == variant
    own = row is not None and row.active
    add = f"{reverse('admin:queue_captiontemplate_add')}?{urlencode({'platform': platform, 'variant': variant})}"
    return {
        "variant": variant,
        "text": source.body if source and held else "",
        "own": own,
        "changed_at": row.updated_at if row else None,
        "posts": posts,
        "share": round(100 * posts / total) if total else None,
        "address": reverse("admin:queue_captiontemplate_change", args=[row.pk]) if row else add,
    }
