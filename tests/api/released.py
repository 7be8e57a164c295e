"""What the API has promised, a line each: `python -m tests.api.released` writes it anew before a release."""

import io
import json
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command

FILE = Path(__file__).with_name("released.txt")


def promised() -> set[str]:
    """Doors, their parameters and answers, the properties of every shape, and the words of every closed list."""
    out = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)
    described = json.loads(out.getvalue())
    return {*_doors(described["paths"]), *_shapes(described["components"]["schemas"])}


def _doors(paths: dict) -> Iterator[str]:
    for path, verbs in paths.items():
        for verb, door in verbs.items():
            name = f"{verb.upper()} {path}"
            yield name
            yield from (f"{name} answers {status}" for status in door["responses"])
            yield from (f"{name} takes {given['in']} {given['name']}" for given in door.get("parameters", []))
            body = door.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            one = body.get("oneOf", [body])[0]
            yield from (f"{name} takes body {field}" for field in one.get("properties", {}))


def _shapes(schemas: dict) -> Iterator[str]:
    for name, shape in schemas.items():
        yield from (f"{name}.{field}" for field in shape.get("properties", {}))
        yield from (f"{name} may be {word}" for word in shape.get("enum", []))


if __name__ == "__main__":
    import django

    django.setup()
    FILE.write_text("\n".join(sorted(promised())) + "\n")
