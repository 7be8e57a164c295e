"""Queries and updates whose text is made once and kept: written with the ORM as ever, run with other values each time.

Django builds a query anew each time it is asked, at up to ten times the cost of running it. A function decorated here
is called once for its text, with holes in place of its arguments; after that only the values change:

    @kept.rows
    def _due(*, now: datetime) -> QuerySet[Post]:
        return Post.objects.filter(not_before__lte=now)
"""

import contextlib
import functools
import inspect
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, ParamSpec, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.models import QuerySet
from django.db.models.sql import UpdateQuery

from social_queue import statements
from social_queue.rows.holes import Hole, holes

Given = ParamSpec("Given")
Row = TypeVar("Row")

_FIXED = "most"
#: What stands for the arguments of a function while its text is made ahead.
_SAMPLES: dict[Any, Any] = {list[int]: [1], list[str]: ["a"], int: 1, str: "a", datetime: datetime.now(UTC)}
#: Each function that was decorated, and what becomes of it.
_known: "list[tuple[type[_Rows | _Change], Callable[..., Any]]]" = []
#: Each thread has its own, as it has its own connection.
_mine = threading.local()


def rows(build: Callable[Given, QuerySet[Any, Row]]) -> Callable[Given, list[Row]]:
    """Decorate a function that returns a QuerySet of its keyword arguments: called, it returns the list of its rows.

    An argument is a number, a text, a moment, or a list of numbers; with an empty list there is no row. A foreign key
    is compared by ``item__pk__in``. An argument named ``most`` is part of the text: it is a limit.
    """
    decorated: Callable[Given, list[Row]] = _decorated(_Rows, build)
    return decorated


def several(
    build: Callable[..., QuerySet[Any, Row]], given: Iterable[Mapping[str, datetime | int | str]]
) -> Iterator[list[Row]]:
    """The rows of a query for each of ``given``, its keyword arguments: the text is made for the first, then let go."""
    made: _Rows | None = None
    for values in given:
        made = made or _Rows(build(**{name: holes(name, value) for name, value in values.items()}))
        yield made.run(values)


class Change:
    """Columns to be set, in the rows of a QuerySet, to plain values or expressions."""

    def __init__(self, chosen: QuerySet[Any], **columns: Any) -> None:
        self.chosen, self.columns = chosen, columns


def change(build: Callable[Given, Change]) -> Callable[Given, None]:
    """Decorate a function that returns a Change of its keyword arguments: called, it makes it, and counts no rows.

    In a transaction it may travel with the next statement, whose faults its own are then.
    """
    decorated: Callable[Given, None] = _decorated(_Change, build)
    return decorated


def _decorated(kind: "type[_Rows | _Change]", build: Callable[..., Any]) -> Any:
    @functools.wraps(build)
    def run(**given: Any) -> Any:
        for name, value in given.items():
            if isinstance(value, list):
                if not value:
                    return kind.nothing()
                given[name] = _padded(value)
        return _made(kind, build, given).run(given)

    _known.append((kind, build))
    return run


def make_ready(longest: int) -> int:
    """Make what is kept of this thread before it is asked for; returns how many texts there are then.

    Processes that are forked by the thread have them. ``longest``: so many values a list may have; only the first list
    of a function is taken to vary. What holds a limit is left out. Raises what the database raises.
    """
    with transaction.atomic():  # only in one may rows be locked, even by a text that is not run
        for kind, build in _known:
            asked = {name: one.annotation for name, one in inspect.signature(build).parameters.items()}
            if _FIXED in asked or not all(one in _SAMPLES for one in asked.values()):
                continue
            given = {name: _SAMPLES[one] for name, one in asked.items()}
            lists = [name for name, value in given.items() if isinstance(value, list)]
            for size in [1 << power for power in range((longest - 1).bit_length() + 1)] if lists else [1]:
                _made(kind, build, given | {name: given[name] * size for name in lists[:1]})
    return len(_held())


def _made(kind: "type[_Rows | _Change]", build: Callable[..., Any], given: Mapping[str, Any]) -> Any:
    shape = tuple(
        value if name == _FIXED else len(value) if isinstance(value, list) else 0 for name, value in given.items()
    )
    held = _held()
    if (build, shape) not in held:
        blank = {name: value if name == _FIXED else holes(name, value) for name, value in given.items()}
        held[build, shape] = kind(build(**blank))
    return held[build, shape]


def _held() -> dict[Any, Any]:
    """What this thread has kept for the connection that it has now."""
    connection = connections[DEFAULT_DB_ALIAS]
    if getattr(_mine, "connection", None) is not connection:
        _mine.connection, _mine.held = connection, {}
    held: dict[Any, Any] = _mine.held
    return held


def _padded(values: list[Any]) -> list[Any]:
    """The last one again until there are 1, 2, 4, 8 … of them, so that there are few texts."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values))


class _Text:
    """The text of a query and its parameters, some of which are holes."""

    def __init__(self, compiler: Any) -> None:
        self.compiler = compiler
        self.sql, self._params = compiler.as_sql()

    def filled(self, given: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        connection = self.compiler.connection
        params = [one.filled(given, connection) if isinstance(one, Hole) else one for one in self._params]
        return self.sql, tuple(params)


class _Rows:
    """Reads by a compiler that has done its work: the rows become what they always do, instances too."""

    nothing = list

    def __init__(self, made: QuerySet[Any, Any]) -> None:
        self._made = made
        self._text = _Text(made.query.get_compiler(DEFAULT_DB_ALIAS))
        compiler = self._text.compiler
        converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])
        vars(compiler)["get_converters"] = lambda _columns: converters
        vars(made.query)["get_compiler"] = lambda *_, **__: compiler

    def run(self, given: Mapping[str, Any]) -> list[Any]:
        filled = self._text.filled(given)
        vars(self._text.compiler)["as_sql"] = lambda *_, **__: filled
        # One plan does for rows that are chosen by ids; what chooses by moments is planned for those it has.
        by_ids = any(isinstance(value, list) for value in given.values())
        asking = statements.kept_texts() if by_ids else contextlib.nullcontext()
        with asking:
            return [*cast(Iterable[Any], self._made._iterable_class(self._made))]  # type: ignore[attr-defined]


class _Change:
    """An update in which nothing is left to be worked out."""

    @staticmethod
    def nothing() -> None:
        """No row."""

    def __init__(self, made: Change) -> None:
        query = cast(UpdateQuery, made.chosen.order_by().query.chain(UpdateQuery))
        query.add_update_values(made.columns)
        self._text = _Text(query.get_compiler(DEFAULT_DB_ALIAS))

    def run(self, given: Mapping[str, Any]) -> None:
        statements.run_uncounted(*self._text.filled(given))
