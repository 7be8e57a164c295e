"""Renders caption templates: a Django engine that can load nothing and cannot be made to run away."""

import bisect
import functools
import re
from collections.abc import Callable, Mapping

from django.template import Context, Engine, TemplateSyntaxError, VariableDoesNotExist
from django.template.base import Node, tag_re
from django.template.defaulttags import ForNode

from social_queue.sentences import Sentence, said
from social_queue.wording.faults import TemplateFault
from social_queue.wording.templates.django_words import in_our_words
from social_queue.wording.templates.parts import CaptionTemplate, PricedContext, charge
from social_queue.wording.templates.tags import NOTHING

#: Longest template, in characters.
LARGEST_BODY = 8_000
#: What one rendering may cost, in characters of template run through plus characters written.
_BUDGET = 1_000_000

# Lines that hold nothing but these tags vanish whole, so that each may stand on a line of its own.
_STRUCTURE = r"(?:if|elif|else|endif|for|empty|endfor|with|endwith|comment|endcomment|joined)\b"
_TAGS_ALONE = re.compile(rf"[ \t]*(?:(?:\{{%[ \t]*{_STRUCTURE}(?:(?!%\}}).)*%\}}|\{{#(?:(?!#\}}).)*#\}})[ \t]*)+\n?")
# What a wrong template or odd data can raise while it is compiled or rendered; all else is a fault of ours.
_BAD_TEMPLATE = (
    TemplateSyntaxError,
    VariableDoesNotExist,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


class _CaptionEngine(Engine):
    default_builtins = ["social_queue.wording.templates.tags"]


class _Forgiving(PricedContext):
    """Unknown names are empty, also as arguments of a filter, where Django would raise."""

    def __getitem__(self, key: int | str | Node) -> object:
        return self.get(key, "")


class _Step(Node):
    """Stands first in every loop's body and charges for each turn."""

    child_nodelists = ()

    def __init__(self, price: int, loop: ForNode) -> None:
        self.price = price
        self.token, self.origin = loop.token, loop.origin

    def render(self, context: Context) -> str:
        """Nothing to write, something to pay."""
        charge(context, self.price)
        return ""


def _charged(render: Callable[[Context], str], context: Context) -> str:
    written = render(context)
    charge(context, len(written))
    return written


def render(name: str, body: str, facts: Mapping[str, object], *, markup: str = "plain") -> str:
    """The caption that a template makes of ``facts``; with markup ``html`` every value is escaped.

    Unknown values are empty. Lines that hold only tags leave no line behind, three and more line breaks become two,
    and white space at the ends of lines and of the text goes. Raises TemplateFault with the template's name and line.
    """
    template, lines = _compiled(name, body, markup)
    context = _Forgiving(dict(facts), autoescape=markup == "html", use_l10n=False, use_tz=False)
    context.budget = _BUDGET
    try:
        return tidy(template.render(context))
    except _BAD_TEMPLATE as fault:
        raise _as_template_fault(fault, name, lines) from fault


def compiled(body: str, *, markup: str = "plain") -> CaptionTemplate:
    """The template taken apart, for whoever wants to look at its names. Raises TemplateFault."""
    return _compiled("", body, markup)[0]


def validate(body: str, *, markup: str = "plain", name: str = "") -> list[TemplateFault]:
    """What is wrong with a template, for whoever is writing it; an empty list when nothing is."""
    sample = {"title": "Title", "summary": "Summary", "link": "https://example.com/", "hashtags": ("#One", "#Two")}
    data = {"game": "Game", "rtp": 97.2, "window": "19:00-21:00", "pattern": "Pattern", "jam": "19:00"}
    try:
        for facts in ({**sample, **data, "data": data}, {"title": "Title"}):
            render(name, body, facts, markup=markup)
    except TemplateFault as fault:
        return [fault]
    return []


def tidy(text: str) -> str:
    """No blank space at the ends of lines, no two blank lines in a row, none at either end."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(NOTHING + "\n", "").replace(NOTHING, "")
    text = re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@functools.lru_cache(maxsize=256)
def _compiled(name: str, body: str, markup: str) -> tuple[CaptionTemplate, list[int]]:
    if len(body) > LARGEST_BODY:
        sentence = said("it has %(count)s characters; %(most)s are allowed.", count=len(body), most=LARGEST_BODY)
        raise TemplateFault(name, 0, sentence)
    _refuse_loose_braces(name, body)
    source, lines = _without_bare_lines(body)
    try:
        template = CaptionTemplate(source, name=name, engine=_engine(markup))
    except _BAD_TEMPLATE as fault:
        raise _as_template_fault(fault, name, lines) from fault
    for node in template.nodelist.get_nodes_by_type(Node):
        # Each node of this one tree is charged; Django has no hook for it.
        node.render = functools.partial(_charged, node.render)  # type: ignore[method-assign]
        if isinstance(node, ForNode):
            node.nodelist_loop.insert(0, _Step(max(len(source), 10), node))  # type: ignore[arg-type]  # the stubs take a list of nodes for one of texts
    return template, lines


@functools.cache
def _engine(markup: str) -> Engine:
    # debug makes exceptions carry their place in the template; it shows nothing to anybody.
    return _CaptionEngine(loaders=[], debug=True, autoescape=markup == "html")


def _refuse_loose_braces(name: str, body: str) -> None:
    """Django prints a tag that is not closed on its line as it stands; readers must never see one."""
    for number, line in enumerate(body.splitlines(), start=1):
        if loose := re.search(r"\{\{|\{%|%\}|\}\}", tag_re.sub("", line)):
            sentence = said("%(what)s stands alone; a tag must open and close on one line.", what=loose[0])
            raise TemplateFault(name, number, sentence)


def _without_bare_lines(body: str) -> tuple[str, list[int]]:
    """The source with tag-only lines joined to the next, and where each original line now starts."""
    pieces, starts, length = [], [], 0
    for line in body.replace("\r\n", "\n").replace("\r", "\n").splitlines(keepends=True):
        piece = line.strip() if _TAGS_ALONE.fullmatch(line) else line
        starts.append(length)
        pieces.append(piece)
        length += len(piece)
    return "".join(pieces), starts


def _as_template_fault(fault: Exception, name: str, starts: list[int]) -> TemplateFault:
    if isinstance(fault, RecursionError):
        return TemplateFault(name, 0, said("its tags are nested too deeply."))
    place = getattr(fault, "template_debug", None)
    line = bisect.bisect_right(starts, place["start"]) if place else 0
    if isinstance(fault, VariableDoesNotExist):
        return TemplateFault(name, line, said("%(what)s is not known here.", what=fault.params[0]))
    if isinstance(str(fault), Sentence):
        return TemplateFault(name, line, str(fault))
    return TemplateFault(name, line, in_our_words(str(fault)) or type(fault).__name__)
