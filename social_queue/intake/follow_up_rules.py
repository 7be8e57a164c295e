"""The rule of ``follow_ups``: words that follow a post, in order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from social_queue.accounts import channels as account_channels
from social_queue.intake import field_rules
from social_queue.intake.bad_fields import BadField, kind_of, of_type
from social_queue.models import PlatformAccount, Post, QueueItem
from social_queue.sentences import said
from social_queue.wording import following, links
from social_queue.wording.utm import UtmFault

#: What they are judged by: these decide about the post's link, too.
OF_FOLLOW_UPS = ("title", "link", "data", "meta", "follow_ups")


@dataclass(frozen=True)
class FollowUps:
    """A list of ``{"text", "channels"?}``."""

    most: int
    longest: int

    def clean(self, value: object) -> list[dict[str, Any]]:
        """The entries. Raises BadField, with the place of each that can't be used."""
        entries = of_type(value, list)
        if not entries:
            raise BadField(said("must not be empty."))
        if len(entries) > self.most:
            count = len(entries)
            raise BadField(said("must have at most %(most)s entries, not %(count)s.", most=self.most, count=count))
        cleaned: list[dict[str, Any]] = []
        faults: list[str] = []
        for place, entry in enumerate(entries, 1):
            try:
                cleaned.append(self._entry(entry))
            except BadField as fault:
                faults += [_at(place, sentence) for sentence in fault.sentences]
        if faults:
            raise BadField(*faults[:10])
        return cleaned

    def _entry(self, entry: object) -> dict[str, Any]:
        if not isinstance(entry, dict):
            wanted = said("an object with text")
            raise BadField(said("must be %(wanted)s, not %(given)s.", wanted=wanted, given=kind_of(entry)))
        known = ("text", "channels")
        if others := [str(name) for name in entry if name not in known]:
            raise BadField(
                said("may have %(known)s alone, not %(name)s.", known="text, channels", name=others[0][:100])
            )
        text = field_rules.Printable(most=self.longest, least=1).clean(entry.get("text", ""))
        if entry.get("channels") is None:
            return {"text": text}
        return {"text": text, "channels": self._channels.clean(entry["channels"])}

    @property
    def _channels(self) -> field_rules.Channels:
        return field_rules.Channels(most=100, longest=100)

    def schema(self) -> dict[str, object]:
        """The entries in order."""
        text = field_rules.Printable(most=self.longest, least=1).schema()
        entry = {
            "type": "object",
            "additionalProperties": False,
            "required": ["text"],
            "properties": {"text": text, "channels": self._channels.schema() | {"nullable": True}},
        }
        return {"type": "array", "items": entry, "minItems": 1, "maxItems": self.most}


def faults(
    values: Mapping[str, Any], accounts: Iterable[PlatformAccount], *, to_look: bool = False
) -> dict[str, list[str]]:
    """What is wrong with the follow-ups on ``accounts``: channels that name nobody, words that a platform refuses.

    ``to_look``: as ``incoming.finish``; then only the names are judged. Nobody shortens a follow-up, so one that does
    not fit is refused here rather than when its post is out.
    """
    given = values.get("follow_ups") or []
    found = [_at(place, why) for place, entry in enumerate(given, 1) if (why := _unknown(entry))]
    if given and not found and not to_look:
        item = QueueItem(**{name: values[name] for name in OF_FOLLOW_UPS if name in values})
        found = [
            said("%(name)s: %(sentence)s", name=account.slug, sentence=why)
            for account in accounts
            for why in _refused(item, account)
        ]
    return {"follow_ups": found[:10]} if found else {}


def _unknown(entry: Mapping[str, Any]) -> str:
    try:
        account_channels.select(entry.get("channels", []))
    except account_channels.UnknownChannels as fault:
        return str(fault)
    return ""


def _refused(item: QueueItem, account: PlatformAccount) -> list[str]:
    post = Post(item=item, account=account, platform=account.platform)
    try:
        link = links.expected_link(post).short if item.link else ""
    except UtmFault:
        # Its field has been told of it.
        return []
    return [problem.message for problem in following.problems(item, account, link=link) if problem.stops]


def _at(place: int, sentence: str) -> str:
    return said("entry %(place)s: %(sentence)s", place=place, sentence=sentence)
