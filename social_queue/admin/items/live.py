"""How what is being written would look, and what is wrong with it, field by field, before anything is stored."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseNotAllowed, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext

import connectors
from social_queue.accounts import channels
from social_queue.admin.beside import declared
from social_queue.admin.items import kept, previews
from social_queue.admin.pieces.fields import sentences
from social_queue.admin.pieces.typed import person
from social_queue.intake import field_checks, follow_up_rules
from social_queue.intake.incoming import RULES, cleaned
from social_queue.intake.media import checks
from social_queue.media import illustrations, judging
from social_queue.models import PlatformAccount, Post, PostStatus, QueueItem
from social_queue.operations import mending
from social_queue.operations import previews as captions
from social_queue.sentences import translated
from social_queue.timing import slots
from social_queue.wording import labels, links, own_words
from social_queue.wording.checks import Problem

_WORDS = (*mending.WORDS, *mending.COMPOUND, "captions", "channels")
#: The field that can mend what is wrong with a text that a template made.
_FIELD_OF = {"link": "link", "markup": "summary", "needs_picture": "image"} | dict.fromkeys(judging.CODES, "album")
#: Stands for the link until one is typed.
_SOME_LINK = "https://example.com/"

#: So much of a title that is too long is shown.
_AS_TYPED = 300


@dataclass
class Look:
    """A card for each account; ``faults`` by field keep it from going out; ``words``: what each template says.

    ``planned``: what is wrong with the moment alone, so that it may go at once.
    ``slots``: (account, the slot it would take), where that was asked for; None where an account has no slots.
    """

    slots: list[tuple[PlatformAccount, datetime | None]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    faults: dict[str, list[str]] = field(default_factory=dict)
    planned: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    def blame(self, name: str, sentence: str) -> None:
        """Say it once."""
        said = self.faults.setdefault(name, [])
        if sentence not in said:
            said.append(sentence)


def of(form: Any, stored: QueueItem | None = None) -> Look:
    """What a bound form says, as far as that is sound."""
    found = Look()
    item = to_be(form, stored)
    _judge_meta(item, found)
    _judge_beside(item, found)
    try:
        held = {post.account_id: post for post in stored.posts.select_related("account")} if stored else {}
        rows = list(captions.as_written(item, held.values()))
    except channels.UnknownChannels as fault:
        told = translated(str(fault))
        found.blame("channels", told)
        found.cards = [{"account": "?", "problems": [{"code": "channels", "words": told}], "stops": {"channels"}}]
        return found
    picture = kept.address(item)
    if form.cleaned_data.get("next_slot"):
        found.slots = _slots([post.account for post, _row in rows], held)
        _judge_slots(item, found)
    else:
        _judge_moments(form, item, found)
    planned = {account.pk: slot for account, slot in found.slots}
    for post, row in rows:
        # Each card shows the time of its own account.
        item.publish_at = planned.get(post.account_id) or item.publish_at
        if _lacks_picture(post):
            told = gettext("%(label)s needs a picture.") % {"label": connectors.get(post.platform).label}
            row["problems"] = [*row["problems"], {"code": "needs_picture", "message": told}]
            row["stops"] = [*row["stops"], Problem("needs_picture", told)]
        card = previews.card_of(post, row, picture=picture)
        if post.account_id in held:
            card["outcome"] = previews.outcome(held[post.account_id])
        found.cards.append(card)
        found.words[post.account.slug] = own_words.with_place(row["caption"], links.expected_link(post).short)
        for problem in row["stops"]:
            found.blame(problem.field or _field_of(item, post, problem.code), translated(problem.message))
        card["stops"] = {problem.code for problem in row["stops"]}
    return found


def _slots(accounts: list[PlatformAccount], held: dict[int, Post]) -> list[tuple[PlatformAccount, datetime | None]]:
    """What each account's post would take now, or has taken already."""
    now, found = timezone.now(), []
    for account in accounts:
        post = held.get(account.pk)
        has = post.slot_at if post and post.status == PostStatus.PENDING else None
        found.append((account, has or slots.next_free(account, after=now)))
    return found


def _judge_slots(item: QueueItem, found: Look) -> None:
    """It may not expire before the first of its slots."""
    now = timezone.now()
    first = min((slot or now for _account, slot in found.slots), default=now)
    both = {"publish_at": first, "expires_at": item.expires_at}
    for sentence in field_checks.faults_together(both).get("expires_at", []):
        found.blame("expires_at", sentence)


def _judge_moments(form: Any, item: QueueItem, found: Look) -> None:
    """It may not expire before it goes, and nobody plans it for a time that is over; what goes at once has no plan."""
    now = timezone.now()
    for when, into in ((now, found.faults), (item.publish_at, {} if form.act == "send-now" else found.planned)):
        both = {"publish_at": when, "expires_at": item.expires_at}
        if said := field_checks.faults_together(both).get("expires_at"):
            into["expires_at"] = sentences(said)
            return
    if form.chose_what_is_over and form.act != "send-now":
        found.planned["publish_at"] = [gettext("That time is over. Choose a later one, or press Send now.")]


def _judge_meta(item: QueueItem, found: Look) -> None:
    """A campaign that no link can carry is said at its field, and the cards are drawn without it."""
    if said := field_checks.faults_of_meta(item.meta):
        for sentence in sentences(said):
            found.blame("utm_campaign", sentence)
        item.meta = {}


def _judge_beside(item: QueueItem, found: Look) -> None:
    """Follow-ups that name nobody, and a label that the site wants said."""
    lost = follow_up_rules.faults({"follow_ups": item.follow_ups}, (), to_look=True)
    for sentence in sentences(lost.get("follow_ups", ())):
        found.blame("follow_ups", sentence)
    if labels.is_missing(item):
        found.blame("ai_generated", str(declared.MUST_BE_SAID))


def to_be(form: Any, stored: QueueItem | None) -> QueueItem:
    """The item that the form would make, not stored."""
    values, _faults = cleaned(form.payload(), RULES)
    item = QueueItem(**{name: values[name] for name in _WORDS if name in values})
    item.link, item.title = item.link or _SOME_LINK, item.title or form.data.get("title", "")[:_AS_TYPED] or "…"
    item.publish_at = form.cleaned_data.get("publish_at") or timezone.now()
    item.expires_at = form.cleaned_data.get("expires_at")
    if stored and not stored.posts.exists() and set(item.channels) == set(mending.destinations(stored)):
        item.channels = stored.channels
    item.image.name = form.picture_name(stored)
    if values.get("media"):
        _carry(item, values)
    return item


def _carry(item: QueueItem, values: dict[str, Any]) -> None:
    """Several media as far as they are there; what is not is said when the form is sent."""
    looked: dict[str, Any] = {"media": values["media"]}
    checks.look_up(looked)
    item.media_to_be = looked["media"]
    item.image.name, item.image_url = looked.get("image", ""), looked.get("image_url", "")


def preview(request: HttpRequest, form: forms.Form, stored: QueueItem | None) -> HttpResponseBase:
    """For the page's script: the cards as HTML, faults by field, and what the templates say."""
    if not any(person(request).has_perm(f"queue.{verb}_queueitem") for verb in ("add", "change")):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form.is_valid()
    # Judged before its faulty fields were emptied, where it was.
    found = getattr(form, "looked", None) or of(form, stored)
    blank = [name for name in ("title", "link") if not request.POST.get(name, "").strip()]
    wrong = {name: list(map(str, said)) for name, said in form.errors.items() if name not in blank and name != "image"}
    # A contradiction of two moments is refused by whoever stores it.
    kept_back = bool(wrong) or "expires_at" in {**found.faults, **found.planned}
    for name, said in (*found.faults.items(), *found.planned.items()):
        wrong[name] = [*wrong.get(name, []), *(one for one in said if one not in wrong.get(name, []))]
    at_once = [one for name, said in wrong.items() for one in said if one not in found.planned.get(name, [])]
    return JsonResponse(
        {
            "cards": render_to_string("admin/desk/compose/cards.html", {"rows": found.cards}, request),
            "faults": wrong,
            "stops": bool(wrong or blank),
            # What is wrong with its moment alone keeps nobody from sending it now; what can't be kept is no draft.
            "stops_now": bool(at_once or blank),
            "stops_draft": kept_back,
            "words": found.words,
            "slots": render_to_string("admin/desk/compose/slots.html", {"slots": found.slots}, request),
        }
    )


def _lacks_picture(post: Post) -> bool:
    limits = connectors.get(post.platform).limits
    return limits.needs_media and not illustrations.will_have_picture(post.item, limits)


def _field_of(item: QueueItem, post: Post, code: str) -> str:
    if own_words.of(item, post.account) and _FIELD_OF.get(code) not in ("image", "album"):
        return f"caption:{post.account.slug}"
    return _FIELD_OF.get(code, "title")
