"""Finds the template of a platform and a variant, and the lines about AI: an editor's row, else what was shipped."""

import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from social_queue import kept
from social_queue.models import CaptionTemplate, LabelLine
from social_queue.sentences import said
from social_queue.wording.faults import TemplateFault
from social_queue.workings import group_commit

FIRST = "A"
SECOND = "B"
#: No line about AI is longer, be it the setting's or an editor's own.
LONGEST_LINE = 200


@dataclass(frozen=True)
class Source:
    """One template; ``variant`` is the wording it really holds, which may not be the one asked for."""

    name: str
    body: str
    variant: str


class Shelf:
    """The templates as they stood when they were first asked for: one look for all posts that go out together."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str], Source] = {}
        self._lines: Mapping[str, str] | None = None
        self._looking = threading.Lock()

    def find(self, platform: str, variant: str) -> Source:
        """As ``find``."""
        with self._looking:
            if (platform, variant) not in self._held:
                self._held[platform, variant] = find(platform, variant)
            return self._held[platform, variant]

    def label_lines(self) -> Mapping[str, str]:
        """As ``label_lines``."""
        with self._looking:
            if self._lines is None:
                self._lines = label_lines()
            return self._lines


def label_lines() -> Mapping[str, str]:
    """{language: line} of what is said about AI: an editor's own in the place of the setting's, others behind them.

    The first is the one for whoever wished for no language that is there.
    """
    own = group_commit.once("label lines", lambda: dict(LabelLine.objects.values_list("language", "line")))
    lines: Mapping[str, str] = settings.AI_LINE | own
    return lines


def find(platform: str, variant: str) -> Source:
    """The template for this platform and variant; A where the variant has none ("" means A).

    Raises TemplateFault when the platform has no template at all or its file cannot be read.
    """
    wanted = variant.strip().upper() or FIRST
    rows = {row.variant.upper(): row.body for row in _rows(platforms=[platform])}
    for candidate in dict.fromkeys((wanted, FIRST)):
        if candidate in rows:
            return Source(f"{platform} {candidate} of the admin", rows[candidate], candidate)
        if path := _file(platform, candidate):
            return Source(path.name, _read(path), candidate)
    raise TemplateFault(f"{platform}.txt", 0, said("there is no such file, and no wording of an editor's own."))


def shipped(platform: str, variant: str) -> str:
    """The text of the file, whatever an editor has made of it; "" where there is none that can be read."""
    path = _file(platform, variant.strip().upper() or FIRST)
    try:
        return _read(path) if path else ""
    except TemplateFault:
        return ""


def platforms_with_second(platforms: Iterable[str]) -> set[str]:
    """Those of the platforms that have a wording B, be it a row or a file."""
    asked = frozenset(platforms)
    return group_commit.once(("second wordings", asked), lambda: _with_second(asked))


def _with_second(asked: frozenset[str]) -> set[str]:
    rows = {row.platform for row in _rows(platforms=sorted(asked)) if row.variant.upper() == SECOND}
    return rows | {platform for platform in asked if _file(platform, SECOND)}


@kept.rows
def _rows(*, platforms: list[str]) -> QuerySet[CaptionTemplate]:
    return CaptionTemplate.objects.filter(platform__in=platforms, active=True)


def _file(platform: str, variant: str) -> Path | None:
    if not re.fullmatch(r"\w{1,30}", platform) or not re.fullmatch(r"\w{1,10}", variant):
        return None
    name = f"{platform}.txt" if variant == FIRST else f"{platform}.{variant.lower()}.txt"
    folders = (Path(folder) for folder in settings.CAPTION_TEMPLATE_DIRS)
    return next((folder / name for folder in folders if (folder / name).is_file()), None)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise TemplateFault(path.name, 0, said("it cannot be read (%(fault)s).", fault=fault)) from fault
