"""One post as its platform would show it: four looks, drawn from the same facts."""

import hashlib
from collections.abc import Sequence
from typing import Protocol

from connectors.looks.media import Medium, figure
from connectors.looks.text import e, link_card, linked, linked_markup

LABELS = {"facebook": "Facebook", "instagram": "Instagram", "telegram": "Telegram", "twitter": "X"}


class Look(Protocol):
    """The facts of a post that can be seen."""

    @property
    def platform(self) -> str:
        """The platform's name, in lower case."""

    @property
    def address(self) -> str:
        """The account's address there."""

    @property
    def text(self) -> str:
        """What a reader sees."""

    @property
    def markup(self) -> str:
        """The same as clean HTML, where the platform has such."""

    @property
    def media(self) -> Sequence[Medium]:
        """Its pictures and videos, in order."""

    @property
    def preview_link(self) -> str:
        """The address that the platform shows as a card below the text."""

    @property
    def silent(self) -> bool:
        """Was it sent without a sound?"""

    @property
    def ai(self) -> bool:
        """Does the platform's own flag say that a machine made it?"""


def icon(name: str) -> str:
    """A drawing from the page's own sheet."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>'


def card(post: Look, when: str, *, label: str = "", name: str = "", below: str = "") -> str:
    """The HTML of one post. ``when`` is the HTML of its moment, ``below`` of what follows it (``looks.threads``);
    ``label`` names a platform that has no look here, and ``name`` is what the account is called, where that is known.
    """
    looks = {"facebook": _facebook, "instagram": _instagram, "telegram": _telegram, "twitter": _twitter}
    label, said = LABELS.get(post.platform, label or post.platform), name or post.address
    body = looks.get(post.platform, _plain)(post, when, name or _name(post))
    return (
        f'<article class="post {e(post.platform)}" data-address="{e(post.address)}" '
        f'aria-label="{e(label)}: {e(said)}">{body}{_flag(post)}{below}</article>'
    )


def _flag(post: Look) -> str:
    return '<small class="flag" data-flag="ai">Made with AI</small>' if post.ai else ""


def _name(post: Look) -> str:
    address = post.address if post.platform == "telegram" else post.address.lstrip("@")
    if post.platform == "twitter":
        return address.replace("_", " ").title()
    return f"Page {address}" if post.platform == "facebook" and address.isdigit() else address


def _avatar(post: Look, name: str) -> str:
    hue = int(hashlib.sha256(post.address.lower().encode()).hexdigest()[:4], 16) % 360
    letters = "".join(sign for sign in name.removeprefix("Page ") if sign.isalnum())[:2].upper() or "?"
    return f'<span class="avatar" style="--hue:{hue}" aria-hidden="true">{e(letters)}</span>'


def _bar(*names: str) -> str:
    marks = "".join(f"<span>{icon(name.split()[-1].lower())}<i>{e(name.split()[0])}</i></span>" for name in names)
    return f'<div class="bar" aria-hidden="true">{marks}</div>'


def _facebook(post: Look, when: str, name: str) -> str:
    preview = "" if post.media else link_card(post.preview_link)
    return (
        f"<header>{_avatar(post, name)}<div><b>{e(name)}</b>"
        f"<small>{when} · {icon('globe')}</small></div></header>"
        f'<div class="words">{linked(post.text)}</div>{figure(post.media)}{preview}'
        f"{_bar('Like thumb', 'Comment', 'Share')}"
    )


def _instagram(post: Look, when: str, name: str) -> str:
    return (
        f'<header><span class="ring">{_avatar(post, name)}</span><div><b>{e(name)}</b></div></header>'
        f"{figure(post.media, row=True)}{_bar('Like heart', 'Comment', 'Share', 'Save')}"
        f'<div class="words"><b>{e(name)}</b> {linked(post.text)}</div><small>{when}</small>'
    )


def _telegram(post: Look, when: str, name: str) -> str:
    silent = f'<span title="Sent silently">{icon("silent")}</span>' if post.silent else ""
    words = f'<div class="words">{linked_markup(post.markup)}</div>' if post.text else ""
    return (
        f'{_avatar(post, name)}<div class="bubble"><b class="from">{e(name)}</b>{figure(post.media)}{words}'
        f"{link_card(post.preview_link)}<small>{silent}{when}</small></div>"
    )


def _twitter(post: Look, when: str, name: str) -> str:
    handle = post.address.lstrip("@")
    return (
        f'{_avatar(post, name)}<div class="body"><header><b>{e(name)}</b>'
        f"<small>@{e(handle)} · {when}</small></header>"
        f'<div class="words">{linked(post.text, short=True)}</div>{figure(post.media)}{link_card(post.preview_link)}'
        f"{_bar('Reply comment', 'Repost', 'Like heart', 'Share')}</div>"
    )


def _plain(post: Look, when: str, name: str) -> str:
    """A platform of which nobody has drawn a look."""
    head = f"<header>{_avatar(post, name)}<div><b>{e(name)}</b><small>{when}</small></div></header>"
    return f'{head}<div class="words">{linked(post.text)}</div>{figure(post.media)}'
