"""Examples say what is worth seeing of a row; what else a row always has is added as it looks when it is empty."""

from typing import Any

_EMPTY: dict[str, Any] = {"string": "", "integer": 0, "number": 0.0, "boolean": False, "array": [], "object": {}}
_MOMENT = "2026-12-01T12:00:00Z"


def completed(value: Any, shape: dict, schemas: dict) -> Any:
    """``value`` with every property that its shape requires, in its own order and then the shape's."""
    shape = _meant(value, shape, schemas)
    if isinstance(value, list):
        return [completed(one, shape.get("items", {}), schemas) for one in value]
    if not isinstance(value, dict):
        return value
    known = shape.get("properties", {})
    missing = [name for name in shape.get("required", ()) if name not in value and name in known]
    return {
        **{name: completed(one, known.get(name, {}), schemas) for name, one in value.items()},
        **{name: _empty(known[name], schemas) for name in missing},
    }


def _meant(value: Any, shape: dict, schemas: dict) -> dict:
    """Through references; of several shapes the one that knows every name in the value and lacks the least."""
    if "$ref" in shape:
        return _meant(value, schemas[shape["$ref"].rpartition("/")[2]], schemas)
    several = [_meant(value, one, schemas) for one in shape.get("oneOf", shape.get("allOf", ()))]
    if isinstance(value, dict):
        several = [found for found in several if {*value} <= {*found.get("properties", ())}]
        several.sort(key=lambda found: len({*found.get("required", ())} - {*value}))
    return several[0] if several else shape


def _empty(shape: dict, schemas: dict) -> Any:
    null = {"$ref": "#/components/schemas/NullEnum"}
    if shape.get("nullable") or null in shape.get("oneOf", ()):
        return None
    found = _meant({}, shape, schemas)
    if "enum" in found:
        return found["enum"][0]
    if found.get("format") == "date-time":
        return _MOMENT
    if found.get("type") == "object":
        return completed({}, found, schemas)
    return _EMPTY.get(found.get("type", "object"))
