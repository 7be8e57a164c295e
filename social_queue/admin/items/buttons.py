"""What may be done with one item or many of them."""

from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue import states
from social_queue.access import roles
from social_queue.admin.acts import acting, effects
from social_queue.admin.acts.acting import Act, WithActs, in_lists, on_each
from social_queue.admin.acts.buttons import Button
from social_queue.admin.acts.effects import Effect
from social_queue.admin.acts.shared import Acts
from social_queue.admin.items import duplicating
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.picture_field import NOT_KEPT
from social_queue.admin.pieces.times import MomentForm
from social_queue.admin.pieces.typed import person
from social_queue.media import cards, files
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import editing
from social_queue.operations import items as operations
from social_queue.sentences import translated


def _posts_of(items: list[QueueItem]) -> QuerySet:
    return Post.objects.filter(item__in=[item.pk for item in items]).select_related("account")


def _cancelled(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    effect = effects.cancelled(_posts_of(items), now=now)
    effect.items = sum(item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED) for item in items)
    return effect


def _approved(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.released(items, ItemStatus.DRAFT, now=now)


def _sent_anyway(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.released(items, ItemStatus.SKIPPED, now=now)


def _moved(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.moved(_posts_of(items), now=now, to=when)


_SHARED = Acts.of(
    _posts_of,
    retry=on_each(operations.retry_item),
    send_now=on_each(operations.requeue_item),
    cancel=on_each(operations.cancel_item),
    rows="items",
)
ACTS = replace(_SHARED, cancel=replace(_SHARED.cancel, weigh=_cancelled))
APPROVE = Act(
    "approve",
    _("Approve"),
    on_each(operations.approve),
    _approved,
    "approve",
    _("Approve drafts"),
    permission="approve",
)
#: The same for an item that was just written.
SCHEDULE, SEND_NOW = replace(APPROVE, label=_("Schedule")), replace(APPROVE, label=_("Send now"))
_SEND_ANYWAY = Act(
    "send-anyway",
    _("Send anyway"),
    on_each(operations.send_anyway),
    _sent_anyway,
    "send_anyway",
    _("Send skipped anyway"),
    permission="approve",
)
_RESCHEDULE = Act(
    "reschedule", _("Reschedule"), on_each(operations.reschedule), _moved, "reschedule", _("Reschedule…"), when=True
)


def _asked_if_now(act: Act):
    """What goes out at its time can be seen where it is pressed; what goes out now is counted on a page first."""

    def press(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
        asks = item.publish_at <= timezone.now()
        return (acting.asking(act) if asks else acting.doing(act))(request, item)

    return press


def _reschedule(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
    form = MomentForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("That is no date and time; nothing was changed."))
        return None
    moment = form.cleaned_data["publish_at"]
    if moment <= timezone.now():
        return acting.ask(request, _RESCHEDULE, [item], back=looks.address(item), form=form)
    acting.carry_out(request, _RESCHEDULE, [item], when=moment)
    return None


def _make_card(request: HttpRequest, item: QueueItem) -> None:
    """Draw it; it replaces the item's picture while nothing of the item has been sent."""
    try:
        card = cards.card_for(item.title, item.data)
    except cards.BadCard as fault:
        why = " ".join(translated(sentence) for said in fault.fields.values() for sentence in said)
        messages.error(request, gettext("No card can be drawn: %(why)s") % {"why": why})
        return
    except OSError:
        messages.error(request, gettext(NOT_KEPT))
        return
    message = gettext("The picture card is drawn; see below.")
    if item.image or item.image_url:
        try:
            drawn = ContentFile(files.read(card.name), name=card.name)
            editing.edit(item.pk, {}, now=timezone.now(), by_hand=editing.ByHand(picture=drawn))
            message = gettext("The picture card is drawn and goes out with this item; see below.")
        except editing.Gone:
            message = gettext("The picture card is drawn, but this item can't get another picture any more.")
        except OSError:
            messages.error(request, gettext(NOT_KEPT))
            return
    messages.success(request, message)


def _is(status: str):
    return lambda item: item.status == status


def _has(*statuses: str):
    return lambda item: item.posts.filter(status__in=statuses).exists()


def _may_be_cancelled(item: QueueItem) -> bool:
    open_posts = [status for status, to in states.ARROWS if to == PostStatus.CANCELLED]
    return item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED) or _has(*open_posts)(item)


def _waits(item: QueueItem) -> bool:
    return item.status in (ItemStatus.DRAFT, ItemStatus.READY, ItemStatus.SKIPPED)


BUTTONS: tuple[Button[QueueItem], ...] = (
    Button(
        "approve",
        _("Approve"),
        _asked_if_now(APPROVE),
        lambda item: item.status == ItemStatus.DRAFT,
        "check",
        "primary",
        remembers=True,
        permission="approve",
    ),
    Button(
        "send-anyway",
        _("Send anyway"),
        _asked_if_now(_SEND_ANYWAY),
        _is(ItemStatus.SKIPPED),
        "send",
        "primary",
        remembers=True,
        permission="approve",
    ),
    ACTS.retry_button(_("Retry failed"), _has(PostStatus.FAILED)),
    ACTS.send_now_button(_has(PostStatus.PENDING)),
    Button("card", _("Make picture card"), _make_card, lambda item: True, "image"),
    Button(
        "duplicate",
        _("Duplicate"),
        duplicating.begin,
        lambda item: True,
        "content_copy",
        remembers=True,
        permission="add",
    ),
    ACTS.cancel_button(_("Cancel everything of this item that is not out yet?"), _may_be_cancelled),
    Button(
        "reschedule",
        _("Reschedule"),
        _reschedule,
        _waits,
        "schedule",
        fields="admin/desk/when.html",
        remembers=True,
    ),
)


class ItemActions(WithActs):
    """Bulk actions on items; each first shows what it would do."""

    acts = (ACTS.retry, ACTS.send_now, ACTS.cancel, APPROVE, _SEND_ANYWAY, _RESCHEDULE)
    actions = in_lists(acts)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Letting go out what waits for a human, or what was held back."""
        return person(request).has_perm(roles.APPROVE)
