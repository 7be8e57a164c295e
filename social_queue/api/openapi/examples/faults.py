"""One example, or two, of each error: made as the errors themselves are, so with the codes that they have."""

import json

from social_queue.api.openapi.examples import rows
from social_queue.intake.receipts import invalid, problem
from social_queue.sentences import said

_SAME = said("stands for another body already.")
_ALL: dict[int, dict[str, dict]] = {
    400: {
        "A bad field": invalid({"link": [said("is required.")]}).body,
        "Not JSON": problem("malformed", "Not JSON: Expecting value (line 1, column 10)."),
    },
    401: {
        "No key": problem("not_authenticated", "Authentication credentials were not provided."),
        "A bad key": problem("authentication_failed", "This is not a valid key. Send “Authorization: Bearer ap_…”."),
    },
    403: {"No scope": problem("permission_denied", "This key lacks the scope ingest.")},
    404: {"Nothing": problem("not_found", "There is no such thing here.")},
    408: {"Too slow": problem("too_slow", "The body did not arrive in time.")},
    409: {
        "Too late": problem(
            "conflict", "Some of it has gone already, so it can't be changed any more.", posts=[rows.GONE]
        )
    },
    411: {"No length": problem("length_required", "Send a Content-Length; chunked bodies are not read.")},
    413: {"Too large": problem("too_large", "A body may take at most 1048576 bytes.")},
    415: {"Another kind": problem("unsupported_media_type", "Send JSON, with “Content-Type: application/json”.")},
    422: {
        "Another body": problem(
            "idempotency_key_reused",
            "This Idempotency-Key came in before with another body. Send the same body again, or choose a new "
            "Idempotency-Key.",
            {"idempotency_key": [_SAME]},
        )
    },
    429: {"Too many": problem("throttled", "Request was throttled. Expected available in 18 seconds.")},
    500: {"Our fault": problem("error", "That was our fault; it has been logged.")},
    503: {
        "No database": problem(
            "unavailable", "The database can't be reached at the moment. Send the same request again."
        )
    },
}
#: Doors that say it in another way.
_OF_DOORS: dict[tuple[str, int], dict[str, dict]] = {
    ("correct_post", 409): {
        "Not there": problem(
            "not_correctable",
            "Autopost can't change the text of posts on this platform.",
            posts=[rows.GONE],
        ),
        "Not now": problem("conflict", "It is being taken back, so nobody will read another text.", posts=[rows.GONE]),
        "Not yet": problem(
            "conflict",
            "It is not out: what is still to follow is changed with its item, by follow_ups.",
            posts=[rows.SHORT_POST],
        ),
    },
    ("webhook", 401): {"Not signed": problem("bad_signature", "There is no webhook-signature header.")},
    ("webhook", 404): {"Nobody": problem("unknown_source", "There is no such source.")},
    ("webhook", 422): {"A bad field": invalid({"link": [said("is required.")]}).body},
    ("webhook", 500): {"Our fault": problem("error", "That was our fault; the delivery is kept.", log=812)},
    ("webhook", 503): {"Paused": problem("paused", "This source is paused here; send it again later.")},
}


def of(door: str, status: int) -> dict[str, dict]:
    """Named examples of an error that a door answers."""
    found = _OF_DOORS.get((door, status)) or _ALL.get(status, {})
    return {name: {"value": json.loads(json.dumps(value))} for name, value in found.items()}
