"""What the fields of an ingest body must look like: functions that return the clean value or say why not."""

import ipaddress
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import SplitResult, urlsplit

from connectors.texts.ascii_links import ascii_link
from social_queue.intake.bad_fields import BadField, all_visible, kind_of, of_type, too_long, without_controls
from social_queue.sentences import said
from social_queue.wording import hashtags as tags

LONGEST_ADDRESS = 2000
LARGEST_DATA = 32 * 1024
#: As much as Instagram and X take; https://docs.x.com/x-api/media/create-media-metadata
LONGEST_ALT_TEXT = 1000
_MOST_WORDS = 100
_LONGEST_WORD = 100
_LONGEST_TITLE = 300
_LONGEST_REFERENCE = 200
_HIGHEST_PORT = 65535

_NO_ADDRESS_LETTER = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_HOST = re.compile(r"[^\s/?#@\\:%<>\"^`{|}\[\]]+")
_BRACKETS = re.compile(r"\[[^\[\]]+\](:\d*)?")


def text(*, least: int = 0, most: int) -> Callable[[object], str]:
    """A rule for text of so many characters, white space around it not counted and not kept."""

    def rule(value: object) -> str:
        cleaned = of_type(value, str).strip()
        if len(cleaned) < least:
            raise BadField(said("must not be empty."))
        if len(cleaned) > most:
            raise too_long(most, cleaned)
        return cleaned

    return rule


def title(value: object) -> str:
    """A text of 1 to 300 characters that can be printed; lines may end as on Windows."""
    plain = value.strip().replace("\r\n", "\n") if isinstance(value, str) else value
    return without_controls(text(least=1, most=_LONGEST_TITLE)(plain))


def reference(value: object) -> str:
    """The generator's own id."""
    return all_visible(text(least=1, most=_LONGEST_REFERENCE)(value))


def address(value: object) -> str:
    """An absolute http(s) address with a host and without a user, as it came, never repaired."""
    given = all_visible(of_type(value, str))
    if len(given) > LONGEST_ADDRESS:
        raise too_long(LONGEST_ADDRESS, given)
    if _NO_ADDRESS_LETTER.search(given):
        raise BadField(said("must not contain white space, line breaks or control characters."))
    try:
        parts = urlsplit(given)
        port = parts.port
    except ValueError:
        raise BadField(said("is not an address: its host or port can't be read (ports end at 65535).")) from None
    if parts.scheme.lower() not in ("http", "https") or not parts.netloc:
        raise BadField(said("must be an absolute address that begins with http:// or https://."))
    if "@" in parts.netloc:
        raise BadField(said("must not contain a user name or password."))
    if port is not None and not 0 < port <= _HIGHEST_PORT:
        raise BadField(said("has a port outside 1 to %(highest)s.", highest=_HIGHEST_PORT))
    if not _is_host(parts):
        raise BadField(said("must have a host."))
    if (count := len(ascii_link(given))) > LONGEST_ADDRESS:
        raise BadField(
            said("must be at most %(most)s characters as it is sent, percent-encoded, not %(count)s.",
              most=LONGEST_ADDRESS, count=count)
        )  # fmt: skip
    return given


def optional_address(value: object) -> str:
    """An address, or empty text for none."""
    return "" if value == "" else address(value)


def mapping(value: object) -> dict[str, Any]:
    """A JSON object."""
    return of_type(value, dict)


def hashtags(value: object) -> list[str]:
    """A list of hashtags, each once; one text may hold several."""
    told = list(map(without_controls, tags.told_apart(_texts(value))))
    if len(told) > _MOST_WORDS:
        raise _too_many(told)
    return _short(told)


def words(value: object) -> list[str]:
    """A list of texts, each once, in their order; blank ones are dropped."""
    return _short([word.strip() for word in _texts(value)])


def _texts(value: object) -> list[str]:
    listed = of_type(value, list)
    if len(listed) > _MOST_WORDS:
        raise _too_many(listed)
    wrong = [place for place, word in enumerate(listed) if not isinstance(word, str)]
    if wrong:
        kind = kind_of(listed[wrong[0]])
        raise BadField(said("must be a list of texts; entry %(place)s is %(kind)s.", place=wrong[0], kind=kind))
    return listed


def _too_many(listed: list[Any]) -> BadField:
    return BadField(said("must have at most %(most)s entries, not %(count)s.", most=_MOST_WORDS, count=len(listed)))


def _short(cleaned: list[str]) -> list[str]:
    if any(len(word) > _LONGEST_WORD for word in cleaned):
        raise BadField(said("must have entries of at most %(most)s characters.", most=_LONGEST_WORD))
    return list(dict.fromkeys(filter(None, cleaned)))


def channels(value: object) -> list[str]:
    """Names of platforms or accounts. An empty list names nobody, which is not the same as leaving the field out."""
    named = words(value)
    if not named:
        raise BadField(said("names no account; leave the field out to mean every active account."))
    return list(map(all_visible, named))


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if parts.netloc.startswith("["):
        return bool(_BRACKETS.fullmatch(parts.netloc)) and _is_version_six(host)
    return bool(_HOST.fullmatch(host)) and all(host.removesuffix(".").split("."))


def _is_version_six(host: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(host))
    except ValueError:
        return False
