"""One post as its platform would show it: four looks, drawn from the same facts."""

import hashlib
from urllib.parse import urlsplit

from connectors.sandbox.stage.world import Posting
from connectors.sandbox.wall.text import e, link_card, linked, linked_markup

LABELS = {"facebook": "Facebook", "instagram": "Instagram", "telegram": "Telegram", "twitter": "X"}


def icon(name: str) -> str:
    """A drawing from the page's own sheet."""
    return f'<svg class="icon" aria-hidden="true"><use href="#i-{name}"/></svg>'


def card(post: Posting) -> str:
    """The HTML of one post."""
    body = {"facebook": _facebook, "instagram": _instagram, "telegram": _telegram, "twitter": _twitter}[post.platform]
    return (
        f'<article class="post {post.platform}" data-address="{e(post.address)}" '
        f'aria-label="{e(LABELS[post.platform])}: {e(post.address)}">{body(post)}</article>'
    )


def _name(post: Posting) -> str:
    address = post.address.lstrip("@")
    return f"Page {address}" if post.platform == "facebook" and address.isdigit() else address


def _avatar(post: Posting) -> str:
    hue = int(hashlib.sha256(post.address.lower().encode()).hexdigest()[:4], 16) % 360
    letters = "".join(sign for sign in _name(post).removeprefix("Page ") if sign.isalnum())[:2].upper() or "?"
    return f'<span class="avatar" style="--hue:{hue}" aria-hidden="true">{e(letters)}</span>'


def _time(post: Posting) -> str:
    path = f"/_post/{post.platform}/{'' if post.platform != 'telegram' else post.address + '/'}{post.id}"
    written = post.posted_at.strftime("%d %b %H:%M UTC")
    return f'<a class="when" href="{e(path)}"><time datetime="{post.posted_at.isoformat()}">{written}</time></a>'


def _picture(post: Posting) -> str:
    if not post.media_url:
        return ""
    # The path alone: the page may be open under another name of this machine.
    source, alt = e(urlsplit(post.media_url).path), e(post.alt_text or "Picture without a description")
    badge = f'<span class="alt" title="{e(post.alt_text)}">ALT</span>' if post.alt_text else ""
    shown = f'<a href="{source}" target="_blank"><img src="{source}" alt="{alt}" loading="lazy"></a>'
    return f"<figure>{shown}{badge}</figure>"


def _bar(*names: str) -> str:
    marks = "".join(f"<span>{icon(name.split()[-1].lower())}<i>{e(name.split()[0])}</i></span>" for name in names)
    return f'<div class="bar" aria-hidden="true">{marks}</div>'


def _facebook(post: Posting) -> str:
    preview = "" if post.media_url else link_card(post.preview_link)
    return (
        f"<header>{_avatar(post)}<div><b>{e(_name(post))}</b>"
        f"<small>{_time(post)} · {icon('globe')}</small></div></header>"
        f'<div class="words">{linked(post.text)}</div>{_picture(post)}{preview}'
        f"{_bar('Like thumb', 'Comment', 'Share')}"
    )


def _instagram(post: Posting) -> str:
    return (
        f'<header><span class="ring">{_avatar(post)}</span><div><b>{e(_name(post))}</b></div></header>'
        f"{_picture(post)}{_bar('Like heart', 'Comment', 'Share', 'Save')}"
        f'<div class="words"><b>{e(_name(post))}</b> {linked(post.text)}</div><small>{_time(post)}</small>'
    )


def _telegram(post: Posting) -> str:
    silent = f'<span title="Sent silently">{icon("silent")}</span>' if post.silent else ""
    edited = "edited " if post.edited_at else ""
    words = f'<div class="words">{linked_markup(post.markup)}</div>' if post.text else ""
    return (
        f'{_avatar(post)}<div class="bubble"><b class="from">{e(post.address)}</b>{_picture(post)}{words}'
        f"{link_card(post.preview_link)}<small>{silent}{edited}{_time(post)}</small></div>"
    )


def _twitter(post: Posting) -> str:
    handle = post.address.lstrip("@")
    return (
        f'{_avatar(post)}<div class="body"><header><b>{e(handle.replace("_", " ").title())}</b>'
        f"<small>@{e(handle)} · {_time(post)}</small></header>"
        f'<div class="words">{linked(post.text, short=True)}</div>{_picture(post)}{link_card(post.preview_link)}'
        f"{_bar('Reply comment', 'Repost', 'Like heart', 'Share')}</div>"
    )
