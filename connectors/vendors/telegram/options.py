"""The switches of a chat."""

from connectors.declared import AI_LINE, Option
from connectors.texts.following import LINK_IN_FOLLOW_UP
from connectors.texts.languages import LANGUAGE

OPTIONS = (
    LINK_IN_FOLLOW_UP,
    AI_LINE,
    LANGUAGE,
    Option("silent", "Post silently", help="Readers get the post without a sound."),
    Option("link_preview", "Show a preview of the link", default=True, help="Only for posts without a picture."),
    Option(
        "long_text",
        "When a text is too long for a caption",
        default="shorten",
        help="A caption takes 1,024 characters, a message 4,096.",
        choices=(("shorten", "Shorten it"), ("message", "Send a message with the picture above it")),
    ),
)
