"""Letters that nobody sees: which of them a text holds, and the text without them.

Unicode calls them format characters (category Cf): zero-width spaces, marks of direction, soft hyphens. They come along
when something is copied out of a web page, and then an address leads elsewhere than it seems to.
"""

import regex

# Scripts whose words need joiners inside, https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
_JOINED = (
    r"\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Devanagari}\p{Bengali}\p{Gurmukhi}\p{Gujarati}\p{Oriya}\p{Tamil}"
    r"\p{Telugu}\p{Kannada}\p{Malayalam}\p{Sinhala}\p{Khmer}\p{Myanmar}\p{Tibetan}"
)
# Behind what an emoji may be made of a joiner ties it to the next: https://unicode.org/reports/tr51/#Emoji_ZWJ_Sequences
_PICTURE_END = r"[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F\u20E3\U000E007F]"
_NEEDED = (
    rf"(?<={_PICTURE_END})\u200D(?=\p{{Extended_Pictographic}})"
    rf"|(?<=[{_JOINED}])[\u200C\u200D](?=[{_JOINED}])"
    r"|(?<=\p{Canonical_Combining_Class=Virama})[\u200C\u200D]"
    # The flags of England, Scotland and Wales are spelt with letters that can't be seen.
    r"|(?<=\U0001F3F4)[\U000E0020-\U000E007E]+\U000E007F"
    # Signs above or before Arabic and other numbers are of this category too, and can be seen.
    r"|\p{Prepended_Concatenation_Mark}"
)
_INVISIBLE = regex.compile(rf"(?:{_NEEDED})(*SKIP)(*FAIL)|\p{{Cf}}")
_CONTROL = regex.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def invisible(text: str) -> str:
    """The first invisible letter as ``U+200B``, "" when there is none that words and emoji don't need."""
    found = _INVISIBLE.search(text)
    return named(found[0]) if found else ""


def without(text: str) -> str:
    """The text without its invisible letters."""
    return text if text.isascii() else _INVISIBLE.sub("", text)


def control(text: str) -> str:
    """The first control character that is no line feed as ``U+001B``, "" when there is none."""
    found = _CONTROL.search(text)
    return named(found[0]) if found else ""


def named(letter: str) -> str:
    """A character by its number, as Unicode writes it."""
    return f"U+{ord(letter):04X}"
