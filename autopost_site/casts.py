"""From a setting's text to its value; a ValueError's sentence becomes part of the one that stops the start."""

import base64
import binascii
import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from urllib.parse import SplitResult, parse_qs, urlsplit

from connectors.texts.ascii_links import ascii_link

#: The code of a language before its line (BCP 47: en, id, pt-BR).
_LINE = re.compile(r"(?P<code>[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)\s*=")
LONGEST_LINE = 200
HIGHEST_PORT = 65_535
#: The longest times that a setting may ask for. Keeping for a thousand years is keeping for ever, and still a date.
AN_HOUR, A_DAY, DAYS_FOR_EVER = 3600, 86_400, 365_000
#: Ten years, in each unit.
MOST_HOURS, MOST_MINUTES, MOST_SECONDS = 87_600, 5_256_000, 315_360_000
#: More threads or processes than this no host has room for.
MOST_WORKERS = 1000
_ON, _OFF = ("y", "yes", "t", "true", "on", "1"), ("n", "no", "f", "false", "off", "0")


def one_of(*words: str) -> Callable[[str], str]:
    """One of these words only."""

    def cast(value: str) -> str:
        if value.strip().lower() not in words:
            raise ValueError(f"{value!r} is not one of {', '.join(words)}.")
        return value.strip().lower()

    return cast


def truth(value: str) -> bool:
    """A switch, by any of the words for its two states."""
    word = value.strip().lower()
    if word not in _ON + _OFF:
        raise ValueError(f"{value!r} is neither true nor false." if word else "it is empty: write true or false.")
    return word in _ON


def whole(least: int = 0, most: int = 1_000_000_000) -> Callable[[str], int]:
    """A whole number from ``least`` to ``most``: what counts time or rows can't count further than that."""

    def cast(value: str) -> int:
        try:
            number = int(value)
        except ValueError:
            raise ValueError(f"{value!r} is not a whole number from {least} to {most}.") from None
        if not least <= number <= most:
            raise ValueError(f"{number} is {f'less than {least}' if number < least else f'more than {most}'}.")
        return number

    return cast


def seconds(value: str) -> float:
    """A time to wait, longer than nothing."""
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not 0 < number < 3600:
        raise ValueError(f"{value!r} is not between 0 and 3600 seconds.")
    return number


def names(value: str) -> list[str]:
    """Names, comma between."""
    return [name for part in value.split(",") if (name := part.strip().strip("'\""))]


def address(value: str) -> str:
    """An http(s) address in ASCII, without a slash at the end; empty stays empty."""
    kind = "not an http(s) address."
    parts = _parts(value, kind)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", parts.netloc)):
        raise ValueError(f"{_begin_of(value)} is {kind}")
    return ascii_link(value.rstrip("/"))


def _parts(value: str, kind: str) -> SplitResult:
    """Raises ValueError with a sentence where they can't be told from each other, or the port is none."""
    try:
        parts = urlsplit(value)
    except ValueError:
        raise ValueError(f"{_begin_of(value)} is {kind}") from None
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError(f"{_begin_of(value)} has a port that is no number from 1 to {HIGHEST_PORT}.")
    return parts


def _begin_of(value: str) -> str:
    """An address as a complaint may name it: a log-in, and what some hide behind the host, stay out of it."""
    scheme, mark, rest = value.rpartition("://")
    behind_log_in = rest.rpartition("@")[2]
    host = re.split(r"[/?#]", behind_log_in, maxsplit=1)[0]
    return repr(f"{scheme}{mark}{host}{'…' if host != behind_log_in else ''}")


def is_public(host: str) -> bool:
    """Whether strangers may reach a host of this name: not this machine, a private network or a reserved name.

    Reserved for such uses: RFC 6761 (localhost, test), RFC 6762 (local), RFC 8375 (home.arpa), ICANN 2024 (internal).
    """
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        name = host.lower().rstrip(".")
        return "." in name and not name.endswith((".localhost", ".test", ".local", ".home.arpa", ".internal", ".lan"))


def keys(value: str) -> list[str]:
    """Fernet keys, comma between. An invalid key is reported without its value."""
    found = [part.strip() for part in value.split(",") if part.strip()]
    for place, key in enumerate(found, start=1):
        try:
            fits = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            fits = False
        if not fits:
            raise ValueError(f"its key number {place} is not url-safe base64 of 32 bytes. `make key` prints a new one.")
    return found


def by_language(value: str) -> dict[str, str]:
    """Lines by the code of their language (``en=Made with AI; id=…``), or one without a code, which is for all."""
    parts = [part.strip() for part in value.split(";") if part.strip()]
    if not parts:
        raise ValueError("it is empty. An account's option ai_line switches the line off.")
    found: dict[str, str] = {}
    for part in parts if _LINE.match(parts[0]) else [value.strip()]:
        coded = _LINE.match(part)
        code, line = (coded["code"].lower(), part[coded.end() :].strip()) if coded else ("", part)
        if (found and not code) or not line:
            raise ValueError(f"{part!r} is not a language and its line, such as id=Dibuat dengan AI.")
        if code in found:
            raise ValueError(f"the language {code} stands in it twice.")
        if len(line) > LONGEST_LINE or not line.isprintable():
            raise ValueError(f"{line[:40]!r} is not one line of at most {LONGEST_LINE} characters.")
        found[code] = line
    return found


def zone(value: str) -> str:
    """The name of a time zone."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as fault:
        raise ValueError(f"{value!r} is not a time zone such as Asia/Jakarta.") from fault
    return value


def graph_version(value: str) -> str:
    """A version as Meta writes it."""
    if not re.fullmatch(r"v\d{1,3}\.\d", value):
        raise ValueError(f"{value!r} is not a version such as v26.0.")
    return value


def broker(value: str) -> str:
    """``orm`` or the address of a Redis server."""
    if value.strip().lower() == "orm":
        return "orm"
    kind = "neither orm nor an address such as redis://127.0.0.1:6379/0."
    parts = _parts(value, kind)
    place = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not place:
        raise ValueError(f"{_begin_of(value)} is {kind}")
    number = parse_qs(parts.query).get("db", [""])[0] if parts.scheme == "unix" else parts.path.strip("/")
    if number and not number.isdecimal():
        raise ValueError(f"{number!r} behind {_begin_of(value)} is not the number of a database.")
    return value
