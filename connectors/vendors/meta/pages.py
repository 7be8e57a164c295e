"""What Facebook tells of a Page when a person's Pages are looked through, and what keeps one from being connected.

What may be done on a Page stands in ``tasks``: https://developers.facebook.com/docs/pages-api/overview
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.texts import log_in_words as words

FIELDS = "id,name,access_token,tasks,instagram_business_account{id,username}"
PUBLISHING = "CREATE_CONTENT"


@dataclass(frozen=True)
class Linked:
    """The professional Instagram account that belongs to a Page."""

    number: str
    name: str


@dataclass(frozen=True)
class Page:
    """One Page. ``tasks`` None: Meta did not list them."""

    number: str
    name: str
    token: str = field(default="", repr=False)
    tasks: tuple[str, ...] | None = None
    linked: Linked | None = None

    @property
    def credentials(self) -> dict[str, str]:
        """What an account keeps of it."""
        return {"access_token": self.token}

    @property
    def problem(self) -> str:
        """The pattern of why it can't be connected, else ""."""
        if not self.token:
            return words.NO_PAGE_TOKEN
        return words.NO_TASK if self.tasks is not None and PUBLISHING not in self.tasks else ""


def page_from(row: Mapping[str, Any]) -> Page:
    """A Page as Graph describes it; all but the id may be missing."""
    number, tasks = str(row["id"]), row.get("tasks")
    return Page(
        number,
        str(row.get("name") or number),
        token=str(row.get("access_token") or ""),
        tasks=tuple(map(str, tasks)) if isinstance(tasks, list) else None,
        linked=_linked(row.get("instagram_business_account")),
    )


def _linked(row: object) -> Linked | None:
    if not isinstance(row, dict) or not row.get("id"):
        return None
    return Linked(str(row["id"]), str(row.get("username") or row["id"]))
