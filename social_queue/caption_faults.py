"""Why a caption cannot go out: each fault is a sentence that an editor can act on."""


class CaptionFault(ValueError):
    """Base of all: the post fails before anything is sent. ``code`` is for machines, the text for people."""

    code = "caption"


class CaptionTooLong(CaptionFault):
    """What may not be shortened does not fit by itself. Lengths are counted as the platform counts them.

    ``text`` is that which does not fit, for whoever wants to show it.
    """

    code = "too_long"

    def __init__(self, needs: int, limit: int, *, label: str, text: str = "", edited: bool = False) -> None:
        self.text = text
        self.needs = needs
        self.limit = limit
        self.label = label
        where = f" on {label}" if label else ""
        what = "The rewritten caption needs" if edited else "Title and link alone need"
        super().__init__(f"{what} {needs} characters{where}, but only {limit} are allowed.")


class TooManyHashtags(CaptionFault):
    """The text itself, not the item's list of hashtags, holds more of them than the platform takes."""

    code = "too_many_hashtags"

    def __init__(self, count: int, limit: int, *, label: str) -> None:
        self.count = count
        self.limit = limit
        super().__init__(f"The text holds {count} hashtags, but {label} allows only {limit}.")


class TemplateFault(CaptionFault):
    """A caption template that cannot be used. ``line`` counts from 1; 0 when the fault belongs to no line."""

    code = "template"

    def __init__(self, template_name: str, line: int, message: str) -> None:
        self.template_name = template_name
        self.line = line
        self.message = message
        where = f"line {line} of " if line else ""
        super().__init__(f"There is a fault in {where}the caption template {template_name}: {message}")
