"""What is said of a post whose text can't be changed from here: why, so that a person can do something about it."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators; who shows it brings the translation."""
    return text


NOT_OFFERED = gettext_noop("Autopost can't change the text of posts on this platform.")
#: https://developers.facebook.com/docs/instagram-platform/reference/instagram-media: an app sets comment_enabled alone.
INSTAGRAM = gettext_noop("Instagram lets no app change a caption: edit it in Instagram's own app.")
#: https://docs.x.com/x-api/fundamentals/edit-posts
X = gettext_noop(
    "On X only Premium accounts edit, for a short while, and every edit is a new post that is paid for again: Autopost "
    "doesn't. Take the post back and send another one, or edit it on X."
)
NO_RIGHT = gettext_noop("The bot may not edit this message.")
GONE = gettext_noop("The post is not there any more.")
NO_POST = gettext_noop("Facebook changes the text of a photo only by its post, and names no post of this one.")
