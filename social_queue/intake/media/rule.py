"""What the field ``media`` must look like."""

import re
from dataclasses import dataclass
from typing import Any

from social_queue.intake.address_rule import Address
from social_queue.intake.bad_fields import BadField, of_type
from social_queue.intake.field_rules import Text
from social_queue.sentences import said

#: The id of an upload, as POST media answers it.
UPLOAD = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Media:
    """A list of ``{"url" or "upload", "alt"}``."""

    most: int
    url: Address
    alt: Text

    def clean(self, value: object) -> list[dict[str, str]]:
        """The entries, each with its clean values. Raises BadField."""
        listed: list[Any] = of_type(value, list)
        if not listed:
            raise BadField(said("must not be empty."))
        if len(listed) > self.most:
            many = said("must have at most %(most)s entries, not %(count)s.", most=self.most, count=len(listed))
            raise BadField(many)
        entries: list[dict[str, str]] = []
        faults: list[str] = []
        for place, given in enumerate(listed):
            try:
                entries.append(self._entry(given))
            except BadField as fault:
                faults += [at(place, sentence) for sentence in fault.sentences]
        if faults:
            raise BadField(*faults)
        return entries

    def schema(self) -> dict[str, object]:
        """The same as JSON schema."""
        alt = {"alt": self.alt.schema() | {"nullable": True}}
        upload = {"type": "string", "pattern": f"^{UPLOAD.pattern}$"}
        either = [("url", self.url.schema()), ("upload", upload)]
        return {
            "type": "array",
            "minItems": 1,
            "maxItems": self.most,
            "items": {
                "oneOf": [
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "required": [name],
                        "properties": {name: schema, **alt},
                    }
                    for name, schema in either
                ]
            },
        }

    def _entry(self, given: object) -> dict[str, str]:
        entry: dict[str, Any] = of_type(given, dict)
        if set(entry) - {"url", "upload", "alt"}:
            raise BadField(said("must be an object with %(names)s.", names="url or upload, alt"))
        if ("url" in entry) == ("upload" in entry):
            raise BadField(said("must have either url or upload."))
        alt = self.alt.clean(entry.get("alt") if entry.get("alt") is not None else "")
        if "url" in entry:
            return {"url": self.url.clean(entry["url"]), "alt": alt}
        upload = of_type(entry["upload"], str)
        if not UPLOAD.fullmatch(upload):
            raise BadField(said("upload must be the id that POST media has answered."))
        return {"upload": upload, "alt": alt}


def at(place: int, sentence: str) -> str:
    """A sentence about one entry; they are counted as people count."""
    return said("entry %(place)s: %(sentence)s", place=place + 1, sentence=sentence)
