"""How X counts a text: weighted characters, links as 23, an emoji sequence as 2.

https://docs.x.com/fundamentals/counting-characters · https://github.com/twitter/twitter-text (config v3, Apache-2.0)
"""

import re
import unicodedata

import regex

from connectors.sandbox.stage.x_links import real_links

LONGEST, LINK_WEIGHT = 280, 23
#: No text of more characters is short enough, were it nothing but the longest links.
_HOPELESS = (LONGEST // LINK_WEIGHT + 1) * 4200
_SINGLE = ((0x0000, 0x10FF), (0x2000, 0x200D), (0x2010, 0x201F), (0x2032, 0x2037))
#: Pictures by themselves that may be asked to be one all the same, by the sign FE0F.
_EITHER = (
    r"[\u231A\u231B\u25FD\u25FE\u2614\u2615\u2648-\u2653\u267F\u2693\u26A1\u26AA\u26AB\u26BD\u26BE\u26C4\u26C5\u26D4\u26EA"
    r"\u26F2\u26F3\u26F5\u26FA\u26FD\u2757\u2B1B\u2B1C\u2B50\u2B55\U0001F004\U0001F21A\U0001F22F]"
)
#: What is drawn as one picture (https://unicode.org/reports/tr51/). A skin tone colours only who has skin; FE0F asks
#: only what could be a letter, and elsewhere counts as a sign of its own. Joined pictures are one, also those X has not
#: drawn yet: its documentation says so, its library goes by a list of 2019.
_ONE = (
    r"(?:\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\U0001F3F4[\U000E0020-\U000E007E]+\U000E007F"
    rf"|{_EITHER}\uFE0F|\p{{Emoji_Presentation}}|(?![0-9#*]|\p{{RI}})\p{{Emoji}}\uFE0F"
    r"|(?![0-9#*\xA9\xAE]|\p{RI})\p{Emoji})"
)
_EMOJI = regex.compile(rf"[0-9#*]\uFE0F?\u20E3|\p{{RI}}{{2}}|{_ONE}(?:\u200D{_ONE})*")
#: After a space or at the start; a letter or two may follow a dot or a line: $BRK.A (twitter-text's cashtags).
_CASHTAG = re.compile(r"(?:^|(?<=\s))\$[A-Za-z]{1,6}(?:[._][A-Za-z]{1,2})?(?=$|[\s!'#%&()*+,\\\-./:;<=>?@\[\]^_{|}~$])")


def weighted_length(text: str) -> int:
    """What X's limit of 280 is compared with."""
    text = unicodedata.normalize("NFC", text)
    if len(text) > _HOPELESS:
        return len(text)
    total, place = 0, 0
    for link in real_links(text):
        total += _weight(text[place : link.start]) + LINK_WEIGHT
        place = link.end
    return total + _weight(text[place:])


def cashtags(text: str) -> int:
    """How many cashtags X sees."""
    return len(_CASHTAG.findall(text))


def _weight(text: str) -> int:
    plain, emoji = _EMOJI.subn("", text)
    return 2 * emoji + sum(1 if any(low <= ord(sign) <= high for low, high in _SINGLE) else 2 for sign in plain)
