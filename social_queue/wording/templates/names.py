"""The names in a caption template that nothing will ever stand for, each with the nearest that something does."""

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.template.base import Node
from django.template.defaulttags import CycleNode, FirstOfNode, ForNode, WithNode

from social_queue.models import QueueItem
from social_queue.wording.templates import engine
from social_queue.wording.templates.parts import CaptionTemplate

#: What every item has.
OWN = ("title", "summary", "link", "hashtags", "data")
#: What generators write into ``data`` by agreement; whatever else recent items hold is known too.
AGREED = ("game", "rtp", "window", "pattern", "jam")
_RECENT, _MOST_ITEMS = timedelta(days=30), 500
_ALWAYS = frozenset(["True", "False", "None", "forloop"])
_VIEWS = frozenset(["items", "keys", "values", "link"])


@dataclass(frozen=True)
class Unknown:
    """A name as it stands in the template; ``near`` is what was meant, perhaps. ``in_data``: it may come one day."""

    name: str
    line: int
    near: str
    in_data: bool


def names_of_data(now: datetime) -> list[str]:
    """The names in ``data`` that are agreed on, and those of the newest items of the last month."""
    items = QueueItem.objects.filter(created_at__gte=now - _RECENT).order_by("-created_at", "-pk")
    seen = {name: None for data in items.values_list("data", flat=True)[:_MOST_ITEMS] for name in data}
    return list({**dict.fromkeys(AGREED), **seen})


def unknown(body: str, names: Collection[str], *, markup: str = "plain") -> list[Unknown]:
    """Every unknown name once, in the order of the lines. ``names`` are those of data. Raises TemplateFault."""
    template = engine.compiled(body, markup=markup)
    made = _ALWAYS | set(_made_by(template))
    found: dict[str, Unknown] = {}
    for expression in template.expressions:
        for first, *rest in expression.names:
            if first == "data" and rest and rest[0] not in {*names, *_VIEWS} and "data" not in made:
                _keep(found, rest[0], body, names, prefix="data.")
            elif first not in {*OWN, *names, *made}:
                _keep(found, first, body, [*OWN, *names, *made])
    return sorted(found.values(), key=lambda one: one.line)


def _keep(found: dict[str, Unknown], name: str, body: str, known: Collection[str], *, prefix: str = "") -> None:
    near = difflib.get_close_matches(name, known, n=1)
    whole = f"{prefix}{name}"
    line = next((number for number, text in enumerate(body.splitlines(), start=1) if whole in text), 0)
    found.setdefault(whole, Unknown(whole, line, f"{prefix}{near[0]}" if near else "", bool(prefix)))


def _made_by(template: CaptionTemplate) -> Iterator[str]:
    """The names that its own tags make."""
    for node in template.nodelist.get_nodes_by_type(Node):
        if isinstance(node, ForNode):
            yield from node.loopvars
        elif isinstance(node, WithNode):
            yield from node.extra_context
        elif isinstance(node, CycleNode) and node.variable_name:
            yield node.variable_name
        elif isinstance(node, FirstOfNode) and node.asvar:
            yield node.asvar
