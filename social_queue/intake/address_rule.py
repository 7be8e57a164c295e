"""What an address in an ingest body must look like."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from connectors.texts.ascii_links import ascii_link
from social_queue.intake.bad_fields import BadField, all_visible, of_type, too_long
from social_queue.sentences import said

_HIGHEST_PORT = 65535
_NO_ADDRESS_LETTER = re.compile(r"[\s\x00-\x1f\x7f-\x9f]")
_HOST = re.compile(r"[^\s/?#@\\:%<>\"^`{|}\[\]]+")
_BRACKETS = re.compile(r"\[[^\[\]]+\](:\d*)?")


@dataclass(frozen=True)
class Address:
    """An absolute http(s) address with a host and without a user, as it came, never repaired.

    ``most`` counts as it came and as it is sent. ``may_be_empty``: empty text means none.
    """

    most: int
    may_be_empty: bool = False

    def clean(self, value: object) -> str:
        """The address. Raises BadField."""
        return "" if self.may_be_empty and value == "" else self._judged(all_visible(of_type(value, str)))

    def schema(self) -> dict[str, object]:
        """The JSON schema of the rule; it accepts more than ``clean`` does."""
        schema: dict[str, object] = {"type": "string", "maxLength": self.most}
        return schema if self.may_be_empty else schema | {"pattern": r"^[Hh][Tt][Tt][Pp][Ss]?://[^\s/?#@]+\S*$"}

    def _judged(self, given: str) -> str:
        if len(given) > self.most:
            raise too_long(self.most, given)
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
        if (count := len(ascii_link(given))) > self.most:
            raise BadField(
                said("must be at most %(most)s characters as it is sent, percent-encoded, not %(count)s.",
                  most=self.most, count=count)
            )  # fmt: skip
        return given


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
