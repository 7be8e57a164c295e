"""Holes in the text of a query, which values go into each time that it is run."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, CharField, DateTimeField, Expression, Field


class Hole(Expression):
    """Where a value goes when the text is run; ``place`` in a list, or None."""

    def __init__(self, name: str, place: int | None, field: "Field[Any, Any]") -> None:
        super().__init__(output_field=field)
        self.name, self.place = name, place

    def as_sql(self, compiler: object, connection: object) -> tuple[str, list[Any]]:  # type: ignore[override]
        """A parameter that is itself the hole."""
        return "%s", [self]

    def filled(self, given: Mapping[str, Any], connection: Any) -> Any:
        """Its value as the driver takes it."""
        value = given[self.name] if self.place is None else given[self.name][self.place]
        return self.output_field.get_db_prep_value(value, connection)


def holes(name: str, value: object) -> "Hole | list[Hole]":
    """What stands for a value of this kind, or for each of a list of them; raises TypeError for another kind."""
    if isinstance(value, list):
        return [Hole(name, place, _field(one)) for place, one in enumerate(value)]
    return Hole(name, None, _field(value))


def _field(value: object) -> "Field[Any, Any]":
    for kind, field in ((datetime, DateTimeField), (int, BigIntegerField), (str, CharField)):
        if isinstance(value, kind):
            return field()
    raise TypeError(f"No query is kept for a {type(value).__name__}.")
