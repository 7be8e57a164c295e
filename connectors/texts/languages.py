"""The languages that an account may say its posts are in: their codes (BCP 47), each with its own name."""

from connectors.declared import Option

NAMES = (
    *(("en", "English"), ("id", "Bahasa Indonesia"), ("ms", "Bahasa Melayu"), ("fil", "Filipino"), ("th", "ไทย")),
    *(("vi", "Tiếng Việt"), ("zh", "中文"), ("ja", "日本語"), ("ko", "한국어"), ("hi", "हिन्दी"), ("ar", "العربية")),
    *(("tr", "Türkçe"), ("ru", "Русский"), ("uk", "Українська"), ("pl", "Polski"), ("de", "Deutsch")),
    *(("nl", "Nederlands"), ("fr", "Français"), ("it", "Italiano"), ("es", "Español"), ("pt", "Português")),
)
#: For platforms on which something is said in words of ours.
LANGUAGE = Option(
    "language",
    "Language of its posts",
    default="",
    help="The line about AI is in it, where the desk has one; an item's meta.language goes before.",
    choices=(("", "As the site has it"), *NAMES),
)
