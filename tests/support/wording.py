"""What the project says to people, found in its sources: marked for the translators, or forgotten."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import unfold
from django.utils.translation.template import templatize

from tests.support.environment import ROOT
from tests.support.source import FLOORS, Module, dotted, modules, text_of

_MARKERS = ("django.utils.translation", "social_queue.sentences")
_TEXT = r"""u?("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_MARKED_IN_A_PAGE = re.compile(rf"\b(?:n?gettext|_)\({_TEXT}")
_SENTENCE = re.compile(r"[^\W\d_][^\n]* [^\n]+ [^\n]+[.?!:]\s?")
#: Calls whose words are read by whoever runs the site, or wrote a program that speaks to it, not by its editors.
_FOR_OPERATORS = {"logger", "ImproperlyConfigured", "AssertionError", "add_argument", "ApiProblem", "problem"}
_PAGES = ROOT / "templates" / "admin"
_OF_THE_THEME = ("templates/admin", "templates/registration", "templates/unfold", "contrib/filters")
#: Its search and its command line are switched off.
_NOT_MET_HERE = re.compile(r"^(command_|search)")


def marks(module: Module) -> set[str]:
    """The names by which a module marks text: gettext and its sisters, ``said``, and whatever it calls them."""
    imported = {
        name.asname or name.name
        for node in module.nodes
        if isinstance(node, ast.ImportFrom) and node.module in _MARKERS
        for name in node.names
        if "gettext" in name.name or name.name == "said"
    }
    return imported | {function.name for function in module.functions() if function.name == "gettext_noop"}


def marked_in_python() -> Iterator[tuple[str, object]]:
    """(place, pattern) of all that is marked; the pattern is None where it is not written out on the spot."""
    for module in modules(*FLOORS):
        known = marks(module)
        for call in module.calls():
            if isinstance(call.func, ast.Name) and call.func.id in known and call.args:
                yield module.at(call, ""), _looked_up(call)


def _looked_up(call: ast.Call) -> object:
    """The pattern as catalogues hold it: behind its context, where it has one."""
    given = [text_of(value) for value in call.args]
    return "\x04".join(map(str, given)) if "pgettext" in dotted(call.func) else given[0]


def marked_in_pages() -> Iterator[tuple[str, str]]:
    """The same of the admin's templates, as ``makemessages`` reads them."""
    for path in sorted(_PAGES.rglob("*.*")):
        yield from ((f"{path.relative_to(ROOT)}: ", word) for word in words_of_page(path))


def marked_by_the_theme() -> Iterator[tuple[str, str]]:
    """The same of the theme's pages that can be met here; it brings no language but English."""
    theme = Path(unfold.__file__).parent
    for path in sorted(path for top in _OF_THE_THEME for path in (theme / top).rglob("*.html")):
        if not _NOT_MET_HERE.search(path.name):
            yield from ((f"{path.name}: ", word) for word in words_of_page(path))


def words_of_page(path: Path) -> list[str]:
    """What one page marks; of two forms the one for 1."""
    code = templatize(path.read_text(), origin=str(path))
    return [ast.literal_eval(text) for text in _MARKED_IN_A_PAGE.findall(code)]


def sentences_not_marked(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """(node, words) of every sentence in a module that no reader can have in another language."""
    free = marks(module) | _FOR_OPERATORS
    calls = [call for call in module.calls() if {*dotted(call.func).split(".")} & free]
    spared = {id(node) for call in calls for node in ast.walk(call)}
    inside = {id(part) for node in module.nodes if isinstance(node, ast.JoinedStr) for part in node.values}
    formatted = [node for node in module.nodes if isinstance(node, ast.JoinedStr)]
    plain = [node for node in module.words() if id(node) not in inside]
    for node in (*plain, *formatted):
        words = _shown(node)
        if id(node) not in spared and _SENTENCE.fullmatch(words):
            yield node, words


def words_not_marked(page: str) -> list[str]:
    """What would stand in a page as it is written in the template, whoever reads it."""
    bare = re.sub(r"\{% comment %\}.*?\{% endcomment %\}", "", page, flags=re.DOTALL)
    bare = re.sub(r"\{% blocktrans.*?\{% endblocktrans\w* %\}", "", bare, flags=re.DOTALL)
    bare = re.sub(r"<(script|style)\b.*?</\1>|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", bare, flags=re.DOTALL)
    bare = re.sub(r"<[^>]*material-symbols-outlined[^>]*>[^<]*", "", bare)
    said = re.findall(r"\b(?:title|alt|placeholder|aria-label)=\"([^\"]*)\"", bare)
    found = [word for text in (*said, re.sub(r"<[^>]*>", " ", bare)) for word in re.findall(r"[^\W\d_]{3,}", text)]
    return [word for word in found if word not in ("https", "HTTP", "quot", "amp", "gt", "lt")]


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(_shown(part) for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "x"
