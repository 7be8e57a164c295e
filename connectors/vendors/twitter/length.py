"""How X counts a text: twitter-text's rules, version 3, made fast enough to be asked again and again.

Facts and where they stand:
- 280 weighted characters; code points of four ranges weigh 1, all others 2; every link 23, bare domains with a known
  ending included; NFC first: https://github.com/twitter/twitter-text/blob/master/config/v3.json
- every emoji weighs 2 however it is composed, joiners add nothing: https://docs.x.com/fundamentals/counting-characters

Links are found by the package twitter-text-parser, which carries X's own patterns and list of domain endings. The rest
is counted here: the package tries some 3,000 emoji at every character (2 ms for a short post) and knows none that is
younger than Unicode 12.
"""

import functools
import importlib.util
import re
import sys
import types
import unicodedata
from collections.abc import Callable
from typing import Any

import regex

LINK_WEIGHT = 23
#: Name under which the package's patterns are loaded.
PATTERNS = "twitter_text_patterns"

#: Code points that weigh 2; the ranges that weigh 1 are X's published ones.
_HEAVY = re.compile(r"[^\u0000-\u10ff\u2000-\u200d\u2010-\u201f\u2032-\u2037]")
#: Pictures of their own that may also be asked for with the sign for one (FE0F); behind any other such picture the sign
#: is surplus and counts.
_ALSO_SIGNED = (
    r"[\u231A\u231B\u25FD\u25FE\u2614\u2615\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26D4"
    r"\u26EA\u26F2\u26F3\u26F5\u26FA\u26FD\u2757\u2B1B\u2B1C\u2B50\u2B55\U0001F004\U0001F21A\U0001F22F]"
)
#: An emoji as Unicode composes it (https://unicode.org/reports/tr51/#EBNF_and_Regex): a keycap, or pictures, each
#: with its modifiers, held together by joiners. A flag is two letters of its own kind. FE0F makes a picture of what
#: could be a letter; the signs of copyright are letters without it.
_LETTER = r"[#*0-9\p{Regional_Indicator}]"
_SIGNED = rf"(?:{_ALSO_SIGNED}|(?!{_LETTER}|\p{{Emoji_Presentation}})\p{{Emoji}})\uFE0F"
_MODIFIED = r"[\p{Emoji_Modifier_Base}\u26F7]\p{Emoji_Modifier}|\p{Emoji}[\U000E0020-\U000E007E]+\U000E007F"
_ALONE = rf"(?![©®]|{_LETTER})\p{{Emoji}}"
_PICTURE = rf"(?:\p{{Regional_Indicator}}{{2}}|{_SIGNED}|{_MODIFIED}|{_ALONE})"
_EMOJI = regex.compile(rf"[#*0-9]\uFE0F?\u20E3|{_PICTURE}(?:\u200D{_PICTURE})*")

#: Every domain ends in a dot and letters; a sentence in a dot alone.
_DOTTED = re.compile(r"\.[^\W\d_]")
_GAPS = re.compile(r"[ \n]+")
#: X's pattern for links takes time that grows with the square of what stands between two of these signs, letters and
#: digits apart. No host name is longer than this nor has so many dots, so in a word beyond that no link is looked for
#: and the word is counted in full.
_PARTS = re.compile(r"[/?#&=]")
_CHEAP = re.compile(r"[A-Za-z0-9%]+")
_MOST_COSTLY, _MOST_DOTS = 253, 20
_LONGEST_LABEL = 63
#: Letters that Python, but not X, takes for the i and s of ASCII where case does not matter; others stand in for them.
_NO_ASCII = str.maketrans("\u0130\u0131\u017f\u212a", "\u0100\u0101\u0101\u2102")


def weighted_length(text: str) -> int:
    """The number that X compares with 280. Never raises; an empty text is 0."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    words = _GAPS.split(text)
    gaps = len(text) - sum(map(len, words))
    return _weight_of_word(words[0], "") + sum(_weight_of_word(word, " ") for word in words[1:]) + gaps


@functools.lru_cache(maxsize=8192)
def _weight_of_word(word: str, before: str) -> int:
    """Neither a link nor an emoji goes across a space, so words are counted one by one and remembered.

    ``before``: a space, or nothing at the start of the text, which X's pattern tells apart.
    """
    total, place = 0, 0
    for start, end in _links(word, before):
        total += _weight(word[place:start]) + LINK_WEIGHT
        place = end
    return total + _weight(word[place:])


def _weight(text: str) -> int:
    if text.isascii():
        return len(text)
    plain, emoji = _EMOJI.subn("", text)
    return int(2 * emoji + len(plain) + len(_HEAVY.findall(plain)))


def _links(word: str, before: str) -> list[tuple[int, int]]:
    if not _DOTTED.search(word):
        return []
    costly = [_CHEAP.sub("", part) for part in _PARTS.split(word)]
    if any(len(signs) > _MOST_COSTLY or signs.count(".") > _MOST_DOTS for signs in costly):
        return []
    found = [(link["indices"][0] - len(before), link["url"]) for link in _extract()(before + word.translate(_NO_ASCII))]
    # Of a host glued to other letters X counts as many as the link is long, wherever that ends.
    return [(start, start + len(url)) for start, url in found]


@functools.cache
def _extract() -> Callable[[str], list[dict[str, Any]]]:
    """X's link finder, loaded when first needed.

    Only the modules with the patterns are loaded, as a package under another name: the package's own beginning reads a
    list of emoji through setuptools, which takes half a second and is not installed everywhere.
    """
    patterns = types.ModuleType(PATTERNS)
    package = importlib.util.find_spec("twitter_text")
    patterns.__path__ = list(package.submodule_search_locations or []) if package else []
    sys.modules[PATTERNS] = patterns
    module = importlib.import_module(f"{PATTERNS}.extract_urls")
    # By Python's rules for names a host that mixes directions or holds a flag is none, and all of its links are lost.
    vars(module)["idna_to_ascii"] = _punycode
    finder: Callable[[str], list[dict[str, Any]]] = module.extract_urls_with_indices
    return finder


def _punycode(host: str) -> str | None:
    """The host as X writes it in ASCII: nothing is refused but a part that is empty or too long."""
    parts = [part if part.isascii() else f"xn--{part.encode('punycode').decode()}" for part in host.split(".")]
    return ".".join(parts) if all(1 <= len(part) <= _LONGEST_LABEL for part in parts) else None
