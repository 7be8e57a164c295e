"""What a caption template is made of: Django's expressions, which here look into data, call next to nothing and cost.

Django calls whatever can be called without arguments. A text's own methods are the danger: ``split`` makes lists of
it, ``join`` makes it longer, and a few steps of that fill the memory.
"""

from collections.abc import Mapping
from typing import Any, cast

from django.template import Context, Template, TemplateSyntaxError, VariableDoesNotExist
from django.template.base import DebugLexer, FilterExpression, NodeList, Parser, Variable
from django.template.context import BaseContext
from django.utils.safestring import SafeData, mark_safe

from social_queue.sentences import said

#: All that may be asked of an object beside its names, and of a text: what makes it neither longer nor a list.
_VIEWS = ("items", "keys", "values")
_PLAIN = frozenset(["upper", "lower", "title", "capitalize", "casefold", "swapcase", "strip", "lstrip", "rstrip"])


class Spent(TemplateSyntaxError):
    """The template ran through its budget."""


class PricedContext(Context):
    """What one rendering looks into, and what it may still cost."""

    budget = 0


def charge(context: BaseContext, price: int) -> None:
    """Take the price from the rendering's budget. Raises Spent."""
    priced = cast(PricedContext, context)  # every caption is rendered with one
    priced.budget -= price
    if priced.budget < 0:
        raise Spent(said("it makes too much text or too many turns."))


class _Value(Variable):
    """A name with dots: keys of objects and places of lists, nothing else."""

    def _resolve_lookup(self, context: BaseContext) -> object:
        found: object = context
        for name in self.lookups or ():
            found = _within(found, name)
        return found


def _within(held: object, name: str) -> object:
    if isinstance(held, Mapping | BaseContext):
        try:
            return held[name]
        except KeyError:
            if isinstance(held, Mapping) and name in _VIEWS:
                return getattr(held, name)()
    elif isinstance(held, str) and name in _PLAIN:
        return getattr(held, name)()
    elif isinstance(held, str) and hasattr(held, name):
        raise TemplateSyntaxError(said("a text has no %(name)s here; use a filter, such as |upper.", name=name))
    elif isinstance(held, str | list | tuple) and name.isdecimal() and int(name) < len(held):
        return held[int(name)]
    raise VariableDoesNotExist("Failed lookup for key [%s]", (name,))


class Expression(FilterExpression):
    """A value and its filters; each filter's result is paid for, whether it is printed or not."""

    def __init__(self, token: str, parser: Parser) -> None:
        super().__init__(token, parser)
        if self.is_var:
            self.var = _Value(self.var.var)
        self.filters = [
            (function, [(lookup, _Value(given.var) if lookup else given) for lookup, given in arguments])
            for function, arguments in self.filters
        ]

    @property
    def names(self) -> list[tuple[str, ...]]:
        """The names that stand in it, each taken apart at its dots."""
        given = [given for _function, arguments in self.filters for lookup, given in arguments if lookup]
        values = [*([self.var] if self.is_var else []), *given]
        return [value.lookups for value in values if value.lookups]

    def resolve(self, context: Context, ignore_failures: bool = False) -> object:
        """As Django does it, but for the price."""
        value = self._beginning(context, ignore_failures)
        for function, arguments in self.filters:
            given = [one.resolve(context) if lookup else mark_safe(one) for lookup, one in arguments]  # noqa: S308
            more = {"autoescape": context.autoescape} if getattr(function, "needs_autoescape", False) else {}
            made = function(value, *given, **more)
            charge(context, len(made) if hasattr(made, "__len__") else 1)
            is_safe = getattr(function, "is_safe", False) and isinstance(value, SafeData)
            value = mark_safe(made) if is_safe else made  # noqa: S308
        return value

    def _beginning(self, context: BaseContext, ignore_failures: bool) -> object:
        if not self.is_var:
            return self.var
        try:
            return self.var.resolve(context)
        except VariableDoesNotExist:
            return None if ignore_failures else ""


class _Parser(Parser):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.expressions: list[Expression] = []

    def compile_filter(self, token: str) -> Expression:
        self.expressions.append(Expression(token, self))
        return self.expressions[-1]


class CaptionTemplate(Template):
    """A template of such expressions, all of which it lists."""

    def compile_nodelist(self) -> NodeList:
        """As Django does it, with our parser."""
        tokens = DebugLexer(self.source).tokenize()
        parser = _Parser(tokens, self.engine.template_libraries, self.engine.template_builtins, self.origin)
        try:
            nodes = parser.parse()
        except Exception as fault:
            # Django puts the token on whatever goes wrong while it parses, and looks for the place there.
            broken: Any = fault
            broken.template_debug = self.get_exception_info(fault, broken.token)
            raise
        self.extra_data, self.expressions = parser.extra_data, parser.expressions
        return nodes
