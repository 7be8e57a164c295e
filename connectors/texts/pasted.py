"""Takes apart the web addresses that people paste where the id, name or handle of an account is wanted."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit

_WEB = re.compile(r"(?P<host>[a-z0-9-]+(?:\.[a-z0-9-]+)+)(?::\d+)?(?P<rest>[/?#].*)?", re.IGNORECASE | re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
#: What sites put before their name for phones and the like.
_FRONTS = ("", "www", "m", "mobile", "web", "business")
NO_ACCOUNT = "%(text)s does not name an account on %(label)s. Write its address like %(example)s."
OTHER_SITE = "%(text)s is not a page of %(label)s. Write the account's address like %(example)s."


class BadAddress(ValueError):
    """What was typed names no account; ``pattern`` and ``values`` make the sentence, in whatever language."""

    def __init__(self, pattern: str, **values: str) -> None:
        super().__init__(pattern % values)
        self.pattern = pattern
        self.values = values


@dataclass(frozen=True)
class Page:
    """A page of a site: the part of its host before the site's own, the parts of its path, and its query."""

    text: str
    site: "Site"
    under: str
    parts: tuple[str, ...]
    query: dict[str, str]

    def part(self, place: int) -> str:
        """One part of the path, "" when it is not so long."""
        return self.parts[place] if place < len(self.parts) else ""

    def refused(self) -> BadAddress:
        """To be raised when the page does not say which account it is."""
        values = {"text": self.text, "label": self.site.label, "example": self.site.example}
        return BadAddress(NO_ACCOUNT, **values)


@dataclass(frozen=True)
class Site:
    """Where a platform shows its accounts to the world, and what an address looks like there."""

    label: str
    hosts: tuple[str, ...]
    example: str

    def page(self, text: str) -> Page | None:
        """The page that a text is, None when it is no web address. Raises BadAddress for a page of another site."""
        given = text.strip()
        scheme = _SCHEME.match(given)
        web = _WEB.fullmatch(given[scheme.end() :] if scheme else given)
        host = web["host"].lower() if web else ""
        own = next((name for name in self.hosts if f".{host}".endswith(f".{name}")), "")
        if not own and not scheme and not (web and web["rest"]):
            return None  # a name, perhaps with a dot in it
        if not own or web is None:
            raise BadAddress(OTHER_SITE, text=given, label=self.label, example=self.example)
        under = host.removesuffix(own).rstrip(".")
        address = urlsplit(f"https://{web[0]}")
        parts = tuple(unquote(part) for part in address.path.split("/") if part)
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        return Page(given, self, "" if under in _FRONTS else under, parts, query)
