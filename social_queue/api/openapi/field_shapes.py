"""JSON schemas of the fields of an item: what their rules say of themselves, with words for people."""

from social_queue.intake.incoming import REQUIRED, RULES
from social_queue.operations.editing import EMPTY
from social_queue.wording import utm
from social_queue.wording.variants import MODES

_TIME = (
    "ISO 8601; without an offset it is what the clock of all its accounts shows if they share one zone, else in the "
    "site's TIME_ZONE."
)
_MOMENT: dict[str, object] = {"description": _TIME, "example": "2026-12-01T19:00:00+07:00"}
_REPEAT = (
    "RFC 5545 from publish_at on, read by the clock of the zone; FREQ=DAILY or longer, COUNT at most 1000, at most 24 "
    "times a day. Items are laid down two weeks ahead."
)

#: Beside its rule, of each field.
_WORDS: dict[str, dict[str, object]] = {
    "link": {"example": "https://example.com/p?x=1"},
    "alt_text": {
        "description": "What the picture shows, for people who can't see it; left out: the title.",
        "example": "A golden gate under three suns",
    },
    "focus": {
        "description": "What of the picture must stay, across and down in percent: a platform that does not take its "
        "shape gets it cut around this point. Empty: as PICTURE_FIT says, usually with a border.",
        "example": "50,30",
    },
    "media": {
        "description": "1 to 10 pictures and videos in their order, each by address or by the id of an upload "
        "(POST media), told apart by their content. image_url is the same as one of them, so not both. A platform that "
        "takes fewer, or no such mixture, says so in preview.",
        "example": [{"url": "https://example.com/a.jpg", "alt": "A golden gate under three suns"}],
    },
    "data": {
        "description": "What templates and cards may use: game, rtp, window, pattern, jam and whatever else there is. "
        "game and window feed the cooldown. Together with meta at most 32 KiB of JSON. Whole numbers are "
        "at most 2^63-1 either way (larger ones: as text); no NaN or Infinity, at most 20 levels, no null bytes.",
        "example": {
            "game": "Gates of Olympus",
            "rtp": 97.2,
            "window": "19:00-21:00",
            "pattern": "A-B-A",
            "jam": "19:00",
        },
    },
    "meta": {
        "properties": {
            "variant": {"type": "string", "enum": list(MODES)},
            **dict.fromkeys(utm.PARAMETERS, {"type": "string", "maxLength": utm.LONGEST_VALUE}),
        },
    },
    "channels": {"description": "Platforms, their aliases, or slugs of accounts; left out: every active account."},
    "captions": {
        "description": "Own words, by platform or by an account's slug (which goes before), instead of the template's. "
        "{link} stands for the post's link. Never shortened: what does not fit its platform is refused.",
        "example": {"tg-news": "<b>Gates of Olympus</b> opens at seven: {link}"},
    },
    "follow_ups": {
        "description": "Words that follow each post, in order: a comment, or a reply where the platform has those. "
        "channels names where, left out: everywhere. {link} stands for the post's link. Never shortened; where an "
        "account takes none they are left out, and preview says so.",
        "example": [{"text": "The whole story: {link}"}],
    },
    "ai": {
        "description": "Whether a machine made it, and with which tool. Then readers are told by the platform's "
        "own flag, or by a line below the text where it has none. AI_LABEL says what becomes of what declares nothing.",
        "example": {"generated": True, "tool": "our writer"},
    },
    "hashtags": {
        "description": "With or without #. A second #, a comma or a line break in a text starts another tag, blanks "
        "join one: “#promo #sale” are two, “Gates of Olympus” is #GatesofOlympus. At most 100 tags of 100 characters.",
    },
    "reference": {"description": "Your own id of the item, unique per source."},
    "callback_url": {
        "description": "Events of this item are sent there too, signed with the key's callback secret: https, or http "
        "for a private host that MEDIA_ALLOWED_HOSTS names. Only for what comes in under an API key.",
    },
    "publish_at": _MOMENT
    | {
        "description": f"{_TIME} A past one, or none, means now; next-slot: the next free slot of each account, or now "
        "where it has none."
    },
    "expires_at": _MOMENT
    | {"description": f"{_TIME} What has not gone by then is cancelled. After publish_at and now."},
    "repeat": {
        "description": _REPEAT,
        "example": {"rrule": "FREQ=WEEKLY;BYDAY=MO,TH", "zone": "Asia/Jakarta", "until": "2027-06-30T23:59:00+07:00"},
    },
}


def described(name: str, *, changes: bool = False) -> dict[str, object]:
    """A field's schema in a new item or, with ``changes``, in what shall be different in one."""
    schema = RULES[name].schema() | _WORDS.get(name, {})
    if changes and name == "publish_at":
        schema |= _MOMENT | {"description": f"{_TIME} Or next-slot: the next free slot of each account."}
    if changes and name == "repeat":
        schema |= {"description": f"This item and all that follow it go by this rule; null: it is the last. {_REPEAT}"}
    may_be_null = name in {*EMPTY, "repeat"} if changes else name not in REQUIRED
    return schema | {"nullable": True} if may_be_null else schema
