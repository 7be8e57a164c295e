"""What the API has promised, a line each.

`python -m tests.api.released` writes the lines of today; with the number of a release behind it, it keeps the whole
description as what that release has promised.
"""

import io
import json
import lzma
import sys
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command

from tests.support.environment import ROOT

RELEASES = ROOT / "tests" / "fixtures" / "releases"
FILE = Path(__file__).with_name("released.txt")
#: What is sent to us, of which nothing need stay as needful as it was.
_TAKEN = {"Incoming", "Changes", "CardOrder", "SubscriptionOrder"}


def described() -> dict:
    """The description as it is served."""
    out = io.StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=out)
    return json.loads(out.getvalue())


def of(description: dict) -> set[str]:
    """What one description promises."""
    schemas = description["components"]["schemas"]
    return {*_doors(description["paths"], schemas), *_shapes(schemas)}


def _doors(paths: dict, schemas: dict) -> Iterator[str]:
    for path, verbs in paths.items():
        for verb, door in verbs.items():
            name = f"{verb.upper()} {path}"
            yield name
            yield from (f"{name} answers {status}" for status in door["responses"])
            yield from (f"{name} takes {given['in']} {given['name']}" for given in door.get("parameters", []))
            body = door.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            one = _meant(body.get("oneOf", [body])[0], schemas)
            fields = one.get("properties", {})
            yield from (f"{name} takes body {field}" for field in fields)
            yield from (f"{name} does without body {field}" for field in {*fields} - {*one.get("required", ())})
            for field, rule in fields.items():
                yield from _words(f"{name} takes body {field}", _meant(rule, schemas))


def _meant(shape: dict, schemas: dict) -> dict:
    return schemas[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape


def _words(of_what: str, rule: dict) -> Iterator[str]:
    if "type" in rule:
        yield f"{of_what} is {rule['type']}"
    yield from (f"{of_what} may be {word}" for word in rule.get("enum", ()))
    if rule.get("nullable"):
        yield f"{of_what} may be null"


def _shapes(schemas: dict) -> Iterator[str]:
    for name, shape in schemas.items():
        yield from (f"{name}.{field}" for field in shape.get("properties", {}))
        if name not in _TAKEN:
            yield from (f"{name}.{field} is always there" for field in shape.get("required", ()))
            yield from (
                f"{name}.{field} is {_kind(rule, schemas)}" for field, rule in shape.get("properties", {}).items()
            )
        yield from (f"{name} may be {word}" for word in shape.get("enum", []))


def _kind(rule: dict, schemas: dict) -> str:
    """The type of a field of an answer; what may newly be null is another type to whoever reads it."""
    kinds = {_kind(one, schemas) for one in rule.get("oneOf", rule.get("allOf", ()))}
    whole = _meant(rule, schemas)
    # A closed list is a string still; another shape is known by its name.
    kinds |= {whole["type"]} if "enum" in whole and "type" in whole else {str(rule.get("type") or rule.get("$ref", ""))}
    return " or ".join(sorted(kinds - {""})) + (" or null" if rule.get("nullable") else "")


def versions() -> list[str]:
    """The releases whose descriptions are kept."""
    return sorted(path.name.removeprefix("openapi-").removesuffix(".json.xz") for path in RELEASES.glob("openapi-*.xz"))


def of_release(version: str) -> dict:
    """What a release said of itself."""
    return json.loads(lzma.decompress((RELEASES / f"openapi-{version}.json.xz").read_bytes()))


def keep(version: str) -> None:
    """What is said today becomes what a release has promised."""
    text = json.dumps(described(), separators=(",", ":"), sort_keys=True)
    (RELEASES / f"openapi-{version}.json.xz").write_bytes(lzma.compress(text.encode(), preset=9))


if __name__ == "__main__":
    import django

    django.setup()
    FILE.write_text("\n".join(sorted(of(described()))) + "\n")
    for version in sys.argv[1:]:
        keep(version)
