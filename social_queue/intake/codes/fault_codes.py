"""A code for machines beside each sentence about a field: sentences may be reworded, codes stay."""

from collections.abc import Iterable, Mapping

from social_queue.intake.codes import door_faults
from social_queue.sentences import Sentence

#: For whatever has no code of its own.
OTHER = "invalid"
_OF_ITEMS: dict[str, tuple[str, ...]] = {
    "required": ("is required.",),
    "unknown_field": (
        "is not a field here. Known are %(known)s.",
        "is not a field here; did you mean %(near)s? Known are %(known)s.",
    ),
    "null": ("must not be null.",),
    "wrong_type": (
        "must be %(wanted)s, not %(given)s.",
        "must be a list of texts; entry %(place)s is %(kind)s.",
        "must be a list of texts.",
        "must be one file, in the only field of a multipart form.",
        "must be an object with %(names)s.",
        "must be an object with the fields of one item.",
        "may have %(known)s alone, not %(name)s.",
        "must be ISO 8601 text, such as 2026-12-01T19:00:00+07:00.",
    ),
    "empty": (
        "must not be empty.",
        "names no account; leave the field out to mean every active account.",
    ),
    "too_long": (
        "must be at most %(most)s characters, not %(count)s.",
        "must be at most %(most)s characters as it is sent, percent-encoded, not %(count)s.",
        "must have entries of at most %(most)s characters.",
        "Follow-up %(place)s needs %(needs)s characters on %(label)s, but only %(limit)s are allowed.",
        "The rewritten caption needs %(needs)s characters on %(label)s, but only %(limit)s are allowed.",
    ),
    "too_many": (
        "must have at most %(most)s entries, not %(count)s.",
        "may have at most %(most)s items, not %(count)s.",
        "The text holds %(count)s hashtags, but %(label)s allows only %(limit)s.",
        "The text mentions %(count)s accounts, but %(label)s allows only %(limit)s.",
    ),
    "too_large": (
        "may take at most %(most)s bytes of JSON, data and meta together, not %(took)s.",
        "is too large a number; send it as text.",
        "is nested more than %(most)s levels deep.",
    ),
    "bad_address": (
        "must not contain white space, line breaks or control characters.",
        "is not an address: its host or port can't be read (ports end at 65535).",
        "must be an absolute address that begins with http:// or https://.",
        "must not contain a user name or password.",
        "has a port outside 1 to %(highest)s.",
        "must have a host.",
        "must begin with https://; http is for private hosts that MEDIA_ALLOWED_HOSTS names.",
        "is for what comes in under an API key, whose secret signs what is sent there.",
    ),
    "private_address": (
        "is not told anything: %(where)s is %(reason)s, and events go to public ones only. MEDIA_ALLOWED_HOSTS "
        "names the exceptions.",
    ),
    "bad_character": (
        "must not contain null bytes.",
        "must not contain half a character (an unpaired surrogate).",
        "must not contain invisible characters (%(letter)s).",
        "must not contain control characters (%(letter)s).",
    ),
    "bad_number": ("must be a finite number, not NaN or Infinity.",),
    "bad_moment": (
        "is not ISO 8601, such as 2026-12-01T19:00:00+07:00.",
        "is not a moment that exists.",
        "is too far away: the year must be at most %(last)s.",
    ),
    "too_early": ("must be after publish_at (%(moment)s).",),
    "unknown_channel": (
        "No active account for %(names)s. Known: %(known)s.",
        "No active account for %(names)s, nor for anything else: connect one in the desk, or add one with "
        "`manage.py add_account`.",
    ),
    "unknown_account": ("is neither a platform nor an account.",),
    "no_account": (
        "has no active account to go to: add one with `manage.py add_account`, or resume one in the admin.",
    ),
    "not_a_choice": (
        "variant must be one of %(known)s.",
        "%(name)s is no event. Known are %(known)s.",
    ),
    "cashtags": (
        "Follow-up %(place)s holds the cashtags %(tags)s, but %(label)s allows only %(limit)s in a post.",
        "holds the cashtags %(tags)s, but %(label)s allows only %(limit)s in a post.",
        "The text holds the cashtags %(tags)s, but %(label)s allows only %(limit)s. Leave out a $.",
    ),
    "conflict": ("can't stand beside %(names)s: name the picture here.",),
    "either_or": ("must have either url or upload.",),
    "unknown_upload": (
        "upload must be the id that POST media has answered.",
        "there is no such upload; one that no item uses goes after a day.",
    ),
    "no_video": ("%(label)s takes no videos: leave it out there, or add pictures instead.",),
    "media_mixed": ("%(label)s takes either pictures or one video in a post, not both.",),
    "media_too_many": (
        "%(label)s takes one picture a post.",
        "%(label)s takes at most %(most)s media a post.",
    ),
    "bad_video": (
        "%(what)s is %(given)s; %(label)s takes %(taken)s.",
        "%(what)s is %(size)s MB; %(label)s takes %(most)s MB.",
        "%(what)s is %(seconds)s seconds long; %(label)s takes %(most)s.",
        "%(what)s is %(seconds)s seconds long; %(label)s wants at least %(least)s.",
        "%(what)s is %(width)s × %(height)s; on %(label)s its width must be between %(low)s and %(high)s times its "
        "height.",
        "%(what)s is %(width)s × %(height)s; %(label)s wants at least %(size)s.",
        "%(what)s is %(width)s × %(height)s; %(label)s takes at most %(size)s.",
    ),
    "of_several": ("is of one picture; this item has several: say it in media.",),
    "reused": ("stands for another body already.",),
    "differs": ("differs from the header Idempotency-Key.",),
}
_TABLES = (_OF_ITEMS, door_faults.SENTENCES)
_CODE_OF = {pattern: code for table in _TABLES for code, patterns in table.items() for pattern in patterns}
#: All there are, for the schema: a closed list.
KNOWN = (*dict.fromkeys(code for table in _TABLES for code in table), OTHER)


def codes_of(fields: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """{field: [code]} for {field: [sentence]}: one code for each sentence, in the same order."""
    return {name: [_code(sentence) for sentence in sentences] for name, sentences in fields.items()}


def _code(sentence: str) -> str:
    if not isinstance(sentence, Sentence):
        return OTHER
    inner = sentence.values.get("sentence")
    return _code(inner) if isinstance(inner, str) else _CODE_OF.get(sentence.pattern, OTHER)
