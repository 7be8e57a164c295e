"""How the pretended Facebook says no, from the vendor's tables and from recorded answers.

https://developers.facebook.com/docs/graph-api/guides/error-handling
"""

from connectors.sandbox.meta.common import expired, graph_error, rate_limited, refuse, service_down
from connectors.sandbox.stage.exchange import Refusals
from connectors.sandbox.stage.wire import Refused

_NO_RIGHT = (
    "(#200) If posting to a page, requires both pages_read_engagement and pages_manage_posts "
    "as an admin with sufficient administrative permission"
)


def bad_picture(subcode: int) -> Refused:
    """324 with one of the recorded subcodes."""
    return refuse(
        324,
        "(#324) Missing or invalid image file",
        subcode=subcode,
        title="Your photos couldn't be uploaded",
        user_message="Photos should be less than 4 MB and saved as JPG, PNG, GIF or TIFF files.",
    )


REFUSALS: Refusals = {
    "refuse": lambda exchange, day: service_down(503),
    "rate_limit": lambda exchange, day: rate_limited(exchange, day, code=80001, use_case="pages"),
    "token_expired": lambda exchange, day: expired().answer,
    "reject": lambda exchange, day: graph_error(
        100, "(#100) Invalid parameter", title="Cannot post", user_message="This content can't be shared."
    ),
    "server_error": lambda exchange, day: service_down(500),
    "blocked": lambda exchange, day: graph_error(
        368,
        "The action attempted has been deemed abusive or is otherwise disallowed",
        subcode=1346003,
        title="You're temporarily blocked",
        user_message="We limit certain activities to protect our community.",
    ),
    "duplicate": lambda exchange, day: graph_error(506, "(#506) Duplicate status message", title="Duplicate post"),
    "no_permission": lambda exchange, day: graph_error(200, _NO_RIGHT, status=403),
}
