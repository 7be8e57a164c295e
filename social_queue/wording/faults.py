"""Why a caption cannot go out: each fault is a sentence that an editor can act on."""

from social_queue.sentences import said

#: The codes of problems with which a text can't go out; all others are worth knowing.
STOPPING = {"too_long", "too_many_hashtags", "too_many_mentions", "cashtags", "template", "markup"}


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
        super().__init__(_sentence(edited, label=label, needs=needs, limit=limit))


class TooManyHashtags(CaptionFault):
    """The text itself, not the item's list of hashtags, holds more of them than the platform takes."""

    code = "too_many_hashtags"

    def __init__(self, count: int, limit: int, *, label: str) -> None:
        self.count = count
        self.limit = limit
        values = {"count": count, "label": label, "limit": limit}
        super().__init__(said("The text holds %(count)s hashtags, but %(label)s allows only %(limit)s.", **values))


class TemplateFault(CaptionFault):
    """A caption template that cannot be used. ``line`` counts from 1; 0 when the fault belongs to no line."""

    code = "template"

    def __init__(self, template_name: str, line: int, message: str) -> None:
        self.template_name = template_name
        self.line = line
        self.message = message
        values = {"line": line, "name": template_name, "message": message}
        if not template_name:
            # One that is being written has no name yet.
            sentence = said("There is a fault in line %(line)s: %(message)s", **values) if line else message
        elif line:
            sentence = said("There is a fault in line %(line)s of the caption template %(name)s: %(message)s", **values)
        else:
            sentence = said("There is a fault in the caption template %(name)s: %(message)s", **values)
        super().__init__(sentence)


def _sentence(edited: bool, **facts: object) -> str:
    if edited and facts["label"]:
        return said(
            "The rewritten caption needs %(needs)s characters on %(label)s, but only %(limit)s are allowed.", **facts
        )
    if edited:
        return said("The rewritten caption needs %(needs)s characters, but only %(limit)s are allowed.", **facts)
    if facts["label"]:
        return said(
            "Title and link alone need %(needs)s characters on %(label)s, but only %(limit)s are allowed.", **facts
        )
    return said("Title and link alone need %(needs)s characters, but only %(limit)s are allowed.", **facts)
