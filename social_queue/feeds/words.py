"""What a reader sees of a piece of HTML: its text, in lines."""

import re
from html.parser import HTMLParser

_UNSEEN = {"script", "style", "head", "template", "noscript"}
_LINES = {"p", "div", "br", "li", "ul", "ol", "tr", "blockquote", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unseen += tag in _UNSEEN
        if tag in _LINES:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _LINES:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            # A line break of the source is a blank to a reader.
            self.parts.append(re.sub(r"\s+", " ", data))


def plain(html: object) -> str:
    """The text; paragraphs are lines, whatever else is white space is one blank."""
    if not isinstance(html, str):
        return ""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (line.strip() for line in re.sub(r"[^\S\n]+", " ", "".join(reader.parts)).split("\n"))
    return "\n".join(filter(None, lines))


def cut(text: str, most: int) -> str:
    """The text, or its beginning up to a blank, with an ellipsis, in so many characters."""
    if len(text) <= most:
        return text
    begin = text[: most - 1]
    return f"{begin.rsplit(maxsplit=1)[0] if ' ' in begin else begin}…"
