"""What every program here has in common: it takes its steps one by one and prints, in JSON, how each went."""

import json
import traceback
from collections.abc import Callable


def take(steps: dict[str, Callable[[], object]]) -> None:
    """Take every step and print ``{step: {"result": …}}`` or ``{step: {"error": "Class: words"}}``."""
    print(json.dumps({name: _taken(step) for name, step in steps.items()}, default=str))


def _taken(step: Callable[[], object]) -> dict:
    try:
        return {"result": step()}
    except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is told
        where = traceback.extract_tb(error.__traceback__)[-1]
        return {"error": f"{type(error).__name__}: {error}", "where": f"{where.filename}:{where.lineno}"}
