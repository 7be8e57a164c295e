"""What is true of every door: headers, our own faults, an example of each answer, and how null is said."""

import copy
from typing import Any

from social_queue.api.openapi import headers, shapes, webhook
from social_queue.api.openapi.examples import answers as good
from social_queue.api.openapi.examples import faults
from social_queue.api.openapi.examples.completing import completed

_FAULT = {"$ref": "#/components/schemas/Error"}
_NULL = {"$ref": "#/components/schemas/NullEnum"}
_OURS = {
    "500": "Our own fault; it has been logged under the request's id.",
    "503": "The database, or the place for files, is away: send the same request again after Retry-After.",
}


def finish(result: dict, generator: Any, request: Any, public: bool) -> dict:
    """The whole description, finished; a hook of drf-spectacular's."""
    components = result["components"]
    components["headers"] = headers.ALL
    components["securitySchemes"] |= webhook.SCHEMES
    components["schemas"] |= copy.deepcopy(shapes.NAMED)
    _name_codes(components["schemas"])
    for verbs in result["paths"].values():
        for door in verbs.values():
            _finish_door(door)
    _say_null(result)
    for verbs in result["paths"].values():
        for door in verbs.values():
            _complete_examples(door, components["schemas"])
    components["schemas"]["NullEnum"] = {"type": "string", "nullable": True, "enum": [None]}
    return result


def _finish_door(door: dict) -> None:
    if body := door.get("requestBody"):
        body["required"] = True
    answers = door["responses"]
    for status, reason in _OURS.items():
        answers.setdefault(status, {"content": {"application/json": {"schema": _FAULT}}, "description": reason})
    door["responses"] = dict(sorted(answers.items()))
    name, has_key = door["operationId"], {"key": []} in door["security"]
    for status, answer in answers.items():
        answer["headers"] = headers.of(name, status, has_key=has_key)
        for content in answer.get("content", {}).values():
            examples = content.setdefault("examples", {})
            if content["schema"] == _FAULT:
                examples.update(faults.of(name, int(status)))
            else:
                examples.update(good.of(name, status))


def _complete_examples(door: dict, schemas: dict) -> None:
    for answer in door["responses"].values():
        for content in answer.get("content", {}).values():
            for example in content["examples"].values():
                example["value"] = completed(example["value"], content["schema"], schemas)


def _name_codes(schemas: dict) -> None:
    """The closed list of the fields' codes gets a name, as that of the errors' has."""
    codes = schemas["ErrorBody"]["properties"]["codes"]["additionalProperties"]
    schemas["FieldCode"] = codes["items"]
    codes["items"] = {"$ref": "#/components/schemas/FieldCode"}


def _say_null(node: Any) -> None:
    """``nullable`` says nothing without a ``type``: what may be null by a reference is either that or null.

    https://spec.openapis.org/oas/v3.0.4.html#fixed-fields-20
    """
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _say_null(inner)
    if isinstance(node, dict) and node.get("nullable") is True and "type" not in node:
        del node["nullable"]
        alternatives: list = node.pop("allOf", [])
        either: list = node.setdefault("oneOf", alternatives)
        if _NULL not in either:
            either.append(_NULL)
