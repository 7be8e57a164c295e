"""What is said of a post that can't be taken back from here: why, so that a person does it on the platform."""


def gettext_noop(text: str) -> str:
    """Marks a sentence for the translators; who shows it brings the translation."""
    return text


NOT_OFFERED = gettext_noop("Autopost can't take posts back on this platform.")
TOO_OLD = gettext_noop("Telegram lets a bot delete its messages for 48 hours only, and this one is older.")
NO_RIGHT = gettext_noop("The bot may not delete this message, or it is older than 48 hours.")
BY_INSTAGRAM_LOGIN = gettext_noop("Instagram deletes nothing for accounts that are connected by Instagram Login.")
