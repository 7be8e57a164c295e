"""All that a caption template may say: a few of Django's tags and filters, and some of our own.

Left out on purpose: whatever loads something (``include``, ``extends``, ``load``), whatever reads the clock or chance,
whatever makes HTML, and every filter with which a few characters of template make megabytes of text.
"""

import re
from urllib.parse import urlsplit

import regex
from django import template
from django.template import defaultfilters, defaulttags
from django.template.base import FilterExpression, Node, NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from social_queue.sentences import said

register = template.Library()

_TAGS = ("if", "for", "with", "firstof", "comment", "cycle")
_FILTERS = ("upper", "lower", "title", "capfirst", "default", "default_if_none", "first", "last", "length") + (
    "truncatewords",
    "yesno",
    "pluralize",
    "cut",
    "wordcount",
    "divisibleby",
    "slugify",
)
for _name in _TAGS:
    register.tags[_name] = defaulttags.register.tags[_name]
for _name in _FILTERS:
    register.filters[_name] = defaultfilters.register.filters[_name]

#: Written where a tag has nothing to say: the line it stands on goes too.
NOTHING = "\x00"
_LONGEST_JOINT = 20
_LONGEST_JOINED = 10_000
_MOST_DECIMALS = 6
_LONGEST_SHOWN_LINK = 60
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


@register.filter
def percent(value: object) -> str:
    """``97.2``, ``"97.20"`` and ``"97.2 %"`` become ``97.2%``; words stay as they are, nothing stays nothing."""
    text = "" if value is None or isinstance(value, bool) else str(value).strip()
    bare = text.removesuffix("%").rstrip()
    if not _NUMBER.fullmatch(bare):
        return text
    comma = "," in bare
    shown = f"{float(bare.replace(',', '.')):.2f}".rstrip("0").rstrip(".")
    return (shown.replace(".", ",") if comma else shown) + "%"


@register.filter
def line(value: object) -> str:
    """Any value on one line: lists joined by commas, line breaks turned to spaces, nothing for yes and no."""
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(line, value)))
    return " ".join(str(value).split())


@register.filter
def floatformat(value: object, decimals: int | str = -1) -> str:
    """A number with so many decimals, always with a point; negative: only when it is not whole."""
    places = int(decimals)
    if abs(places) > _MOST_DECIMALS:
        raise template.TemplateSyntaxError(said("floatformat takes at most %(most)s decimals.", most=_MOST_DECIMALS))
    if not _NUMBER.fullmatch(str(value)):
        return str(value)
    number = float(str(value).replace(",", "."))
    return f"{number:.0f}" if places < 0 and number.is_integer() else f"{number:.{abs(places)}f}"


@register.filter(is_safe=True, needs_autoescape=True)
def join(value: object, joint: str, autoescape: bool = True) -> object:
    """A list as one text. The joint is short, or lists joined by joined lists would grow without end."""
    if not isinstance(value, list | tuple):
        return value
    if len(joint) > _LONGEST_JOINT:
        sentence = said("join takes at most %(most)s characters between two parts.", most=_LONGEST_JOINT)
        raise template.TemplateSyntaxError(sentence)
    if sum(len(str(part)) + len(joint) for part in value) > _LONGEST_JOINED:
        sentence = said("join makes at most %(most)s characters.", most=_LONGEST_JOINED)
        raise template.TemplateSyntaxError(sentence)
    return defaultfilters.join(value, joint, autoescape)


@register.filter("slice", is_safe=True)
def slice_(value: object, part: str) -> object:
    """Django's slice; a text is cut between graphemes, never inside one."""
    if isinstance(value, str):
        return "".join(defaultfilters.slice_filter(regex.findall(r"\X", value), part))
    return defaultfilters.slice_filter(value, part)


@register.filter
def short_address(link: str) -> str:
    """A link as people read it: itself when it is short, else host and path without what follows."""
    if len(link) <= _LONGEST_SHOWN_LINK:
        return link
    parts = urlsplit(link)
    return f"{parts.netloc}{parts.path}"[:_LONGEST_SHOWN_LINK].rstrip("/")


class JoinedNode(Node):
    """Renders its body and sets the lines that say something in one row."""

    def __init__(self, joint: FilterExpression, nodelist: NodeList) -> None:
        self.joint = joint
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        """The lines that are not blank, stripped, with the joint between them."""
        lines = (line.strip() for line in self.nodelist.render(context).splitlines())
        row = str(self.joint.resolve(context)).join(filter(None, lines))
        return mark_safe(row or NOTHING)  # noqa: S308 - its parts are escaped already


@register.tag
def joined(parser: Parser, token: Token) -> JoinedNode:
    """``{% joined " · " %}`` one part a line ``{% endjoined %}``: parts that are missing leave no separator behind."""
    words = token.split_contents()
    if len(words) != 2 or not re.fullmatch(r"""(["']).{0,20}\1""", words[1]):
        raise template.TemplateSyntaxError(said('joined wants one short text in quotes, such as {% joined " · " %}.'))
    body = parser.parse(("endjoined",))
    parser.delete_first_token()
    return JoinedNode(parser.compile_filter(words[1]), body)
