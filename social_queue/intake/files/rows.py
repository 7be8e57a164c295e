"""A row of a file: one ingest body, and where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    """One body and the line of the file it begins in. ``faults``: why it could not be read."""

    line: int
    payload: object = None
    faults: dict[str, list[str]] = field(default_factory=dict)
    #: The texts that it was read from, by the names of their columns; empty where it does not stand in a table.
    cells: Mapping[str, str] = field(default_factory=dict)
