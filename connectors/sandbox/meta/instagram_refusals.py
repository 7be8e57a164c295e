"""How the pretended Instagram says no: code and subcode with the vendor's sentence.

https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/error-codes
"""

from connectors.sandbox.meta.common import expired, graph_error, rate_limited, service_down
from connectors.sandbox.stage.exchange import Refusals
from connectors.sandbox.stage.wire import Answer

#: (code, subcode) -> (message, title, sentence for people).
SENTENCES = {
    (-2, 2207003): ("Timeout", "Timeout", "It takes too long to download the media."),
    (9, 2207042): (
        "Application request limit reached",
        "Daily limit",
        "You reached maximum number of posts that is allowed to be published by Content Publishing API.",
    ),
    (24, 2207006): (
        "The requested resource does not exist",
        "Media not found",
        "The media with this ID was not found.",
    ),
    (24, 2207008): (
        "The requested resource does not exist",
        "Media builder expired",
        "The media builder with this creation id does not exist or has expired.",
    ),
    (25, 2207050): (
        "The user is restricted",
        "Account restricted",
        "The Instagram professional account is inactive, checkpointed or restricted.",
    ),
    (100, 2207028): (
        "Invalid parameter",
        "Carousel",
        "The carousel has too little or too many attachments: between 2 and 10 are allowed.",
    ),
    (100, 2207040): ("Invalid parameter", "Too many tags", "Cannot use more than 20 tags in the caption."),
    (9004, 2207052): (
        "Only photo or video can be accepted as media type.",
        "Media download has failed. The media URI doesn't meet our requirements.",
        "The media could not be fetched from this URI: {about}",
    ),
    (9007, 2207027): (
        "Media ID is not available",
        "Cannot publish",
        "The media is not ready to be published. Please wait a moment.",
    ),
    (36000, 2207004): (
        "The image size is too large.",
        "Image size too large",
        "The image is too large to download. It should be less than 8 MiB.",
    ),
    (36001, 2207005): ("The image format is not supported.", "Unsupported format", "Only JPEG images are accepted."),
    (36003, 2207009): (
        "The submitted image with aspect ratio cannot be published.",
        "Aspect ratio not supported",
        "The aspect ratio must be between 4:5 and 1.91:1.",
    ),
    (36004, 2207010): (
        "The caption was too long.",
        "Caption too long",
        "Captions may have up to 2,200 characters, 30 hashtags and 20 @ tags.",
    ),
}


def instagram_error(code: int, subcode: int, *, about: str = "") -> Answer:
    """The vendor's body for one row of its table; always HTTP 400."""
    message, title, sentence = SENTENCES[(code, subcode)]
    return graph_error(
        code,
        message,
        subcode=subcode,
        title=title,
        user_message=sentence.format(about=about),
        transient=False,
    )


REFUSALS: Refusals = {
    "refuse": lambda exchange, day: service_down(503),
    "rate_limit": lambda exchange, day: rate_limited(exchange, day, code=80002, use_case="instagram"),
    "token_expired": lambda exchange, day: expired().answer,
    "reject": lambda exchange, day: instagram_error(36003, 2207009),
    "server_error": lambda exchange, day: service_down(500),
    "blocked": lambda exchange, day: instagram_error(25, 2207050),
    "quota": lambda exchange, day: instagram_error(9, 2207042),
    "no_permission": lambda exchange, day: graph_error(
        10, "(#10) Application does not have permission for this action", status=403
    ),
}
