"""The codes of errors, closed lists: programs decide by them, so none is taken away and none comes up unannounced."""

from social_queue.intake.codes import fault_codes

#: ``error.code``
ERROR_CODES = (
    *("bad_request", "malformed", "invalid", "unreadable", "authentication_failed", "not_authenticated"),
    *(
        "permission_denied",
        "bad_signature",
        "not_found",
        "unknown_source",
        "method_not_allowed",
        "too_slow",
        "conflict",
    ),
    *("length_required", "too_large", "unsupported_media_type", "bad_media", "idempotency_key_reused"),
    *("not_correctable", "reference_reused", "throttled", "paused", "unavailable", "error"),
)
#: ``error.codes``, a list of them a field
FIELD_CODES = fault_codes.KNOWN


def known(code: object) -> str:
    """The code itself, or "error" for a sentence that has no code of its own."""
    return code if isinstance(code, str) and code in ERROR_CODES else "error"
