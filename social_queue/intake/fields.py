"""The fields of an ingest body, each with its rule, in the order in which they are documented."""

from dataclasses import dataclass

import connectors
from social_queue.intake import field_rules, follow_up_rules, when
from social_queue.intake.address_rule import Address
from social_queue.intake.bad_fields import BadField, kind_of, of_type
from social_queue.intake.event_rules import Callback
from social_queue.intake.field_rules import Rule
from social_queue.intake.media.rule import Media
from social_queue.media import carried
from social_queue.sentences import said


@dataclass(frozen=True)
class OwnCaptions:
    """A JSON object {slug of an account, or a platform's name or alias: text}."""

    most: int
    longest: int

    def clean(self, value: object) -> dict[str, str]:
        """The texts; a platform goes by its full name. Raises BadField."""
        if not isinstance(value, dict):
            wanted = said("an object of texts")
            raise BadField(said("must be %(wanted)s, not %(given)s.", wanted=wanted, given=kind_of(value)))
        if len(value) > self.most:
            raise BadField(said("must have at most %(most)s entries, not %(count)s.", most=self.most, count=len(value)))
        words: dict[str, str] = {}
        faults: list[str] = []
        for name, text in value.items():
            whose = connectors.resolve_alias(name) or name.strip()
            try:
                words[whose] = field_rules.Printable(most=self.longest, least=1).clean(text)
            except BadField as fault:
                faults += [
                    said("%(name)s: %(sentence)s", name=whose[:100], sentence=sentence) for sentence in fault.sentences
                ]
        if len(words) + len(faults) < len(value):
            faults.append(said("names one platform by two of its names."))
        if faults:
            raise BadField(*faults[:10])
        return words

    def schema(self) -> dict[str, object]:
        """Texts under whatever names; who they are is looked up."""
        text = field_rules.Printable(most=self.longest, least=1).schema()
        return {"type": "object", "additionalProperties": text, "maxProperties": self.most}


@dataclass(frozen=True)
class Declared:
    """Whether a machine made it, and perhaps with which tool."""

    longest: int = 100

    def clean(self, value: object) -> dict[str, object]:
        """``generated``, and ``tool`` where it is named. Raises BadField."""
        if not isinstance(value, dict) or not isinstance(value.get("generated"), bool):
            raise BadField(said('must be an object such as {"generated": true}.'))
        if unknown := sorted(set(map(str, value)) - {"generated", "tool"}):
            raise BadField(said("knows generated and tool, not %(name)s.", name=unknown[0][:100]))
        tool = value.get("tool")
        named = {} if tool is None else {"tool": field_rules.Printable(most=self.longest).clean(tool)}
        return {"generated": value["generated"], **named}

    def schema(self) -> dict[str, object]:
        """The two of them."""
        tool = field_rules.Printable(most=self.longest).schema()
        properties = {"generated": {"type": "boolean"}, "tool": tool}
        return {
            "type": "object",
            "properties": properties,
            "required": ["generated"],
            "additionalProperties": False,
        }


@dataclass(frozen=True)
class Place:
    """A place in a row, counted from 1."""

    most: int

    def clean(self, value: object) -> int:
        """The number. Raises BadField."""
        if isinstance(value, float) or (isinstance(value, int) and not 1 <= of_type(value, int) <= self.most):
            raise BadField(said("must be a number from 1 to %(most)s.", most=self.most))
        return of_type(value, int)

    def schema(self) -> dict[str, object]:
        """A whole number."""
        return {"type": "integer", "minimum": 1, "maximum": self.most}


#: The columns of ``QueueItem`` are at least as long.
RULES: dict[str, Rule] = {
    "title": field_rules.Printable(least=1, most=300),
    "link": Address(most=2000),
    "summary": field_rules.Text(most=5000),
    "image_url": Address(most=2000, may_be_empty=True),
    # As much as Instagram and X take; https://docs.x.com/x-api/media/create-media-metadata
    "alt_text": field_rules.Text(most=1000),
    "focus": field_rules.Focus(),
    "media": Media(most=carried.MOST, url=Address(most=2000), alt=field_rules.Text(most=1000)),
    "data": field_rules.Mapping(),
    "meta": field_rules.Mapping(),
    "channels": field_rules.Channels(most=100, longest=100),
    "captions": OwnCaptions(most=100, longest=5000),
    "follow_ups": follow_up_rules.FollowUps(most=10, longest=8000),
    "ai": Declared(),
    "hashtags": field_rules.Hashtags(most=100, longest=100),
    "reference": field_rules.Visible(least=1, most=200),
    "callback_url": Callback(most=2000, may_be_empty=True),
    "idempotency_key": field_rules.Text(least=1, most=200),
    "publish_at": when.Start(),
    "expires_at": field_rules.Moment(),
    "repeat": when.Repeating(),
}
REQUIRED = ("title", "link")
#: Another text for one post, or for one part of its thread; no platform takes a longer one.
CAPTION_RULES: dict[str, Rule] = {"caption": field_rules.Printable(most=63_206), "part": Place(most=100)}
