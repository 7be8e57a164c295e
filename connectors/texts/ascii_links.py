"""An address as machines send it: the host as punycode, everything else percent-encoded UTF-8, nothing encoded twice.

People paste addresses as their browser shows them, with letters of every script. A header takes none of them, and a
platform that looks for links in a text may stop at the first. What is ASCII already is left letter for letter.
"""

import re
import unicodedata
from urllib.parse import quote

import idna

_PARTS = re.compile(r"(?P<scheme>[a-z][a-z0-9+.-]*://)(?P<authority>[^/?#\\]*)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
#: Every ASCII character that can be printed, the blank aside: `%E6`, `+`, `a;b` and even `%zz` stay as they came.
_AS_IT_IS = "".join(map(chr, range(0x21, 0x7F)))
_ASCII = re.compile(f"[{re.escape(_AS_IT_IS)}]*")
_HALF = re.compile("[\ud800-\udfff]")
#: In a host these would end it: https://url.spec.whatwg.org/#forbidden-host-code-points
_ENDS_HOST = re.compile(r"[\x00-\x20/?#@\\:%<>^|\[\]\x7f]")
#: All that IDNA takes for a dot, https://www.rfc-editor.org/rfc/rfc3490#section-3.1
_DOTS = re.compile("[.\u3002\uff0e\uff61]")


def ascii_link(url: str) -> str:
    """The address in ASCII; the same address comes out again when it goes in again."""
    if _ASCII.fullmatch(url):
        return url
    parts = _PARTS.fullmatch(url)
    if parts is None:
        return _encoded(url)
    user, at, place = parts["authority"].rpartition("@")
    host, colon, port = place.partition(":") if place[:1] != "[" else (place, "", "")
    return f"{parts['scheme']}{_encoded(user)}{at}{_host(host)}{colon}{_encoded(port)}{_encoded(parts['rest'])}"


def _encoded(text: str) -> str:
    return quote(_HALF.sub("\ufffd", text), safe=_AS_IT_IS)


def _host(host: str) -> str:
    """As browsers do it (UTS 46, nothing refused that can be looked up): emoji and underscores are hosts too."""
    if host.isascii():
        return _encoded(host)
    try:
        mapped = idna.uts46_remap(host, std3_rules=False, transitional=False)
    except idna.IDNAError:
        mapped = host
    if _ENDS_HOST.search(mapped):
        # A letter that stands for several, such as ℀ for a/c: what is behind it must not become another host.
        mapped = host
    return ".".join(map(_label, _DOTS.split(mapped)))


def _label(label: str) -> str:
    if label.isascii():
        return label
    folded = unicodedata.normalize("NFC", _HALF.sub("\ufffd", label).lower())
    return f"xn--{folded.encode('punycode').decode()}" if not folded.isascii() else folded
