"""Marks a link with UTM parameters without disturbing anything that is already in it.

The address is cut as text and never parsed and put together again: what came in goes out byte for byte, odd things
such as ``a;b``, ``%zz``, ``+``, repeats, blank values and international hosts included. New parameters are appended
behind the query and before the fragment.
"""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_plus

from django.utils.text import slugify

from social_queue.sentences import said

MEDIUM = "social"
CAMPAIGN = "autopost"
#: Longest value taken from ``meta``, and the most that a link may grow by, percent-encoded; in characters.
LONGEST_VALUE = 200
LONGEST_GROWTH = 500
_LONGEST_CAMPAIGN = 60
#: In the order in which they are appended; the last three are left out unless somebody names them.
PARAMETERS = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_id")
#: Carries the code of a post when ``utm_content`` is taken.
CODE_PARAMETER = "ap"

_ADDRESS = re.compile(r"https?://(?P<authority>[^/?#]+)", re.IGNORECASE)
# White space, controls, unpaired surrogates: nothing of the kind belongs in an address or in a campaign's name.
_UNFIT_FOR_LINK = re.compile(r"[\s\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_UNFIT_FOR_VALUE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class UtmFault(ValueError):
    """A value that cannot go into a link. ``field`` names it: ``link`` or ``meta.utm_campaign`` and its like."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        self.message = message
        super().__init__(f"{field}: {message}")


def build_utm(url: str, platform: str, meta: Mapping[str, object] | None, *, code: str = "", campaign: str = "") -> str:
    """The address with ``utm_source``, ``utm_medium``, ``utm_campaign`` and, where given, content, term and id.

    ``meta`` may name any of ``PARAMETERS`` (text or number); blank or missing ones fall back:

    - ``utm_source``: the platform's name
    - ``utm_medium``: ``social``
    - ``utm_campaign``: ``campaign`` made a slug (callers hand down the game), else ``autopost``
    - ``utm_content``: ``code``, the post's own code, so that every post has its own address
    - ``utm_term``, ``utm_id``: left out

    A parameter already in the address wins, whatever its case and even when it is blank. When ``utm_content`` is
    taken, the code travels in ``ap``; a code that is there already is not added twice, so the function is idempotent.

    Raises UtmFault (a ValueError) that names the field.
    """
    _check_link(url)
    address, hash_sign, fragment = url.partition("#")
    head, question_mark, query = address.partition("?")
    present = _parameters(query)
    wanted = _wanted(platform, meta or {}, campaign)
    added = {name: value for name, value in wanted.items() if name not in present}
    if code and code not in {*added.values(), *(value for values in present.values() for value in values)}:
        added[_free_name({**present, **wanted})] = code
    appended = "&".join(f"{name}={quote(value, safe='')}" for name, value in _in_order(added))
    if len(appended) > LONGEST_GROWTH:
        longest = max(added, key=lambda name: len(quote(added[name])))
        grown = said("is too long: the link would grow by over %(most)s characters.", most=LONGEST_GROWTH)
        raise UtmFault(f"meta.{longest}", grown)
    joint = "&" if query and appended and not query.endswith("&") else ""
    mark = question_mark or ("?" if appended else "")
    return f"{head}{mark}{query}{joint}{appended}{hash_sign}{fragment}"


def check_meta(meta: Mapping[str, object]) -> None:
    """Raise UtmFault when ``meta`` holds a UTM value that ``build_utm`` would refuse; for use at the door."""
    build_utm("https://example.com/", "p" * 30, meta, code="c" * 16, campaign="g" * _LONGEST_CAMPAIGN)


def _check_link(url: str) -> None:
    if not isinstance(url, str) or not url:
        raise UtmFault("link", said("must be an absolute http(s) address."))
    if _UNFIT_FOR_LINK.search(url):
        raise UtmFault("link", said("must not contain white space or control characters."))
    address = _ADDRESS.match(url)
    if address is None or not address["authority"].rpartition("@")[2].partition(":")[0]:
        raise UtmFault("link", said("must be an absolute http(s) address with a host."))


def _parameters(query: str) -> dict[str, list[str]]:
    """Decoded names, lower-cased, with their decoded values. Only ``&`` separates, as browsers have it."""
    found: dict[str, list[str]] = {}
    for part in filter(None, query.split("&")):
        name, _equals, value = part.partition("=")
        found.setdefault(unquote_plus(name).lower(), []).append(unquote_plus(value))
    return found


def _wanted(platform: str, meta: Mapping[str, object], campaign: str) -> dict[str, str]:
    fallback = {
        "utm_source": platform,
        "utm_medium": MEDIUM,
        "utm_campaign": slugify(campaign)[:_LONGEST_CAMPAIGN] or CAMPAIGN,
    }
    values = {name: _value(meta, name) or fallback.get(name, "") for name in PARAMETERS}
    return {name: value for name, value in values.items() if value}


def _value(meta: Mapping[str, object], name: str) -> str:
    given = meta.get(name)
    if given is None:
        return ""
    if isinstance(given, bool) or not isinstance(given, str | int | float):
        raise UtmFault(f"meta.{name}", said("must be text or a number."))
    text = str(given).strip()
    if _UNFIT_FOR_VALUE.search(text):
        raise UtmFault(f"meta.{name}", said("must not contain line breaks, control characters or broken characters."))
    if len(text) > LONGEST_VALUE:
        many = said("must be at most %(most)s characters, not %(count)s.", most=LONGEST_VALUE, count=len(text))
        raise UtmFault(f"meta.{name}", many)
    return text


def _free_name(taken: Mapping[str, object]) -> str:
    """``utm_content``, else ``ap``, else ``ap`` with as many underscores as it takes to be alone."""
    name = "utm_content" if "utm_content" not in taken else CODE_PARAMETER
    while name in taken:
        name += "_"
    return name


def _in_order(added: Mapping[str, str]) -> list[tuple[str, str]]:
    rank = {name: place for place, name in enumerate(PARAMETERS)}
    return sorted(added.items(), key=lambda pair: rank.get(pair[0], len(rank)))
