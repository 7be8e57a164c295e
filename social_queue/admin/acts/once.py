"""Presses that count once: a page has a word of its own, under which its form makes one row however often it is sent.

Beside it stands what a browser may forget: the words of the presses that arrived, which later pages print.
"""

import re
import secrets

from django.http import HttpRequest

#: The hidden fields: the page's own word, and the word of this one press of it.
PAGE, PRESS = "once", "press"
_TAKEN = "presses_taken"
#: So many presses back a session says which arrived.
_MOST = 20
_OURS = re.compile(r"[A-Za-z0-9_-]{1,64}")


def word() -> str:
    """A new one, which nobody guesses."""
    return secrets.token_urlsafe(18)


def key(request: HttpRequest) -> str | None:
    """What was sent as the page's word, as a key of intake; None where it is none of ours.

    Keys count for one source, so the word of one person stands for nothing with another.
    """
    sent = request.POST.get(PAGE, "")
    return f"page:{sent}" if _OURS.fullmatch(sent) else None


def took(request: HttpRequest) -> None:
    """This press arrived, and what was sent with it is stored: the browser that sent it may forget its text."""
    sent = request.POST.get(PRESS, "")
    if _OURS.fullmatch(sent):
        request.session[_TAKEN] = [*request.session.get(_TAKEN, []), sent][-_MOST:]


def given_up(request: HttpRequest) -> str:
    """What an address ends with so that the page there forgets the text of this press; empty where it has no word."""
    sent = request.POST.get(PRESS, "")
    return f"?{PRESS}={sent}" if _OURS.fullmatch(sent) else ""


def taken(request: HttpRequest) -> str:
    """The words of the presses that arrived, and of the one that an address gives up."""
    left = request.GET.get(PRESS, "")
    return " ".join([*request.session.get(_TAKEN, []), *([left] if _OURS.fullmatch(left) else [])])
