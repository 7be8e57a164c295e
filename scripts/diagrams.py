"""Draws the diagrams of docs/architecture.md from the code itself, between their markers: ``make diagrams``."""

import ast
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "architecture.md"
_HOUSE = ROOT / "tests" / "test_architecture.py"
_TABLE = "_FLOORS_OF_THE_DESK"
sys.path.insert(0, str(ROOT))


def drawn(page: str) -> str:
    """The page with every diagram drawn anew. Raises LookupError when it lacks the place of one."""
    for name, lines in {"wings": _wings(), "states": _states()}.items():
        place = re.compile(rf"(<!-- {name}: .*?-->\n).*?(<!-- end of {name} -->)", re.DOTALL)
        if not place.search(page):
            raise LookupError(f"{PAGE.name} has no markers for the diagram of the {name}.")
        diagram = "\n".join(["```mermaid", *lines, "```"])
        page = place.sub(lambda found, diagram=diagram: f"{found[1]}{diagram}\n{found[2]}", page)
    return page


def floors() -> list[tuple[str, ...]]:
    """The floors of the desk, top to bottom, as the test of the house has them."""
    for node in ast.parse(_HOUSE.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == _TABLE:
            return list(ast.literal_eval(node.value))
    raise LookupError(f"{_HOUSE.name} has no {_TABLE}.")


def charter(wing: str) -> str:
    """What a wing, or a room that stands alone, says it is: its docstring up to the first semicolon or paragraph."""
    place = (ROOT / "social_queue").joinpath(*wing.split("."))
    source = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    words = ast.get_docstring(ast.parse(source.read_text())) or ""
    return " ".join(re.split(r"\n\n|; ", words)[0].split()).rstrip(".")


def _wings() -> Iterator[str]:
    yield "flowchart TB"
    yield '  site["<b>autopost_site</b><br/>settings and addresses"] --> metrics["<b>metrics</b><br/>what came of it"]'
    yield "  metrics --> floor1"
    table = floors()
    for number, wings in enumerate(table, start=1):
        yield f'  subgraph floor{number}["social_queue, floor {len(table) - number + 1}"]'
        yield "    direction TB"
        yield from (f'    {wing}["<b>{wing}</b>{_under(charter(wing))}"]' for wing in wings)
        yield "  end"
        yield f"  floor{number} --> " + (f"floor{number + 1}" if number < len(table) else "connectors")
    yield '  connectors["<b>connectors</b><br/>the platforms, plain Python"] --> world(("platforms"))'


def _under(words: str) -> str:
    safe = words.replace("``", "").replace('"', "#quot;").replace("<", "#lt;")
    return f"<br/>{safe}" if safe else ""


def _states() -> Iterator[str]:
    from social_queue.models import PostStatus
    from social_queue.states import ARROWS

    yield "stateDiagram-v2"
    yield "  [*] --> pending: laid down"
    for (start, end), who in ARROWS.items():
        # A second colon would end the label.
        yield f"  {start} --> {end}: {who.replace(':', ' –')}"
    left = {start for start, _ in ARROWS}
    yield from (f"  {status} --> [*]" for status in PostStatus.values if status not in left)


def main() -> int:
    """Write the page, or with --check say whether it is current."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "autopost_site.settings")
    os.environ.setdefault("DATABASE_URL", "sqlite://:memory:")
    import django

    django.setup()
    before = PAGE.read_text()
    after = drawn(before)
    if "--check" in sys.argv:
        return int(before != after)
    PAGE.write_text(after)
    return 0


if __name__ == "__main__":
    sys.exit(main())
