"""The rules of the ingest fields: each cleans a value or raises with the reason, and gives its JSON schema."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from social_queue.intake.bad_fields import BadField, all_visible, kind_of, of_type, too_long, without_controls
from social_queue.reading import invisible, moments
from social_queue.sentences import said
from social_queue.wording import hashtags as tags

#: Bytes of JSON that ``data`` and ``meta`` may take together.
LARGEST_DATA = 32 * 1024


class Rule(Protocol):
    """What one field must look like."""

    def clean(self, value: object) -> object:
        """The clean value. Raises ValueError (as a rule BadField) with sentences that go on after the field's name."""

    def schema(self) -> dict[str, object]:
        """The rule as JSON schema, as far as that can express it; without null."""


@dataclass(frozen=True)
class Text:
    """Text of so many characters, white space around it not counted and not kept."""

    most: int
    least: int = 0

    def clean(self, value: object) -> str:
        """The text. Raises BadField."""
        cleaned = of_type(value, str).strip()
        if len(cleaned) < self.least:
            raise BadField(said("must not be empty."))
        if len(cleaned) > self.most:
            raise too_long(self.most, cleaned)
        return cleaned

    def schema(self) -> dict[str, object]:
        """Between ``least`` and ``most``."""
        least = {"minLength": self.least} if self.least else {}
        return {"type": "string", **least, "maxLength": self.most}


class Printable(Text):
    """Text that can be printed; lines may end as on Windows, and one of which nobody sees a letter is empty."""

    def clean(self, value: object) -> str:
        """The text with its lines ended as on Unix. Raises BadField."""
        plain = value.strip().replace("\r\n", "\n") if isinstance(value, str) else value
        if isinstance(plain, str) and not invisible.without(plain).strip():
            plain = ""
        return without_controls(super().clean(plain))


class Visible(Text):
    """Text without a letter that nobody sees."""

    def clean(self, value: object) -> str:
        """The text. Raises BadField."""
        return all_visible(super().clean(value))


class Focus:
    """A point of the picture, across and down in percent: "50,30"; empty for none."""

    _POINT = re.compile("(100|[1-9]?[0-9]) *, *(100|[1-9]?[0-9])")

    def clean(self, value: object) -> str:
        """The point without spaces. Raises BadField."""
        given = of_type(value, str).strip()
        found = self._POINT.fullmatch(given)
        if given and not found:
            raise BadField(said("must be two whole numbers from 0 to 100, across and down, such as 50,30."))
        return ",".join(found.groups()) if found else ""

    def schema(self) -> dict[str, object]:
        """As it is written."""
        return {"type": "string", "pattern": rf"^({self._POINT.pattern})?$"}


class Moment:
    """A moment in ISO 8601."""

    def clean(self, value: object) -> datetime:
        """The moment, UTC. Raises ValueError."""
        return moments.parse(value)

    def schema(self) -> dict[str, object]:
        """Text; ``format: date-time`` would forbid what has no offset."""
        return {"type": "string"}


class Mapping:
    """A JSON object."""

    def clean(self, value: object) -> dict[str, Any]:
        """The object itself. Raises BadField."""
        return of_type(value, dict)

    def schema(self) -> dict[str, object]:
        """An object with any names."""
        return {"type": "object", "additionalProperties": True}


@dataclass(frozen=True)
class Words:
    """A list of texts, each once, in their order; blank ones are dropped."""

    most: int
    longest: int

    def clean(self, value: object) -> list[str]:
        """The texts. Raises BadField."""
        return self._short([word.strip() for word in self._texts(value)])

    def schema(self) -> dict[str, object]:
        """So many texts of so many characters."""
        return {"type": "array", "items": {"type": "string", "maxLength": self.longest}, "maxItems": self.most}

    def _texts(self, value: object) -> list[str]:
        listed = self._few(of_type(value, list))
        wrong = [place for place, word in enumerate(listed, 1) if not isinstance(word, str)]
        if wrong:
            kind = kind_of(listed[wrong[0] - 1])
            raise BadField(said("must be a list of texts; entry %(place)s is %(kind)s.", place=wrong[0], kind=kind))
        return listed

    def _few(self, listed: list[Any]) -> list[Any]:
        if len(listed) > self.most:
            many = said("must have at most %(most)s entries, not %(count)s.", most=self.most, count=len(listed))
            raise BadField(many)
        return listed

    def _short(self, cleaned: list[str]) -> list[str]:
        if any(len(word) > self.longest for word in cleaned):
            raise BadField(said("must have entries of at most %(most)s characters.", most=self.longest))
        return list(dict.fromkeys(filter(None, cleaned)))


class Hashtags(Words):
    """Hashtags, each once; one text may hold several."""

    def clean(self, value: object) -> list[str]:
        """The tags. Raises BadField."""
        return self._short(self._few(list(map(without_controls, tags.told_apart(self._texts(value))))))

    def schema(self) -> dict[str, object]:
        """One text may hold several, so its length says nothing."""
        return super().schema() | {"items": {"type": "string"}}


class Channels(Words):
    """Names of platforms or accounts. An empty list names nobody, which is not the same as leaving the field out."""

    def clean(self, value: object) -> list[str]:
        """The names. Raises BadField."""
        named = super().clean(value)
        if not named:
            raise BadField(said("names no account; leave the field out to mean every active account."))
        return list(map(all_visible, named))

    def schema(self) -> dict[str, object]:
        """At least one."""
        return super().schema() | {"minItems": 1}
