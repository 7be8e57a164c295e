"""The buttons on an item."""

from django.contrib import messages
from django.core.files.base import ContentFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue import approvals, approving
from social_queue.admin.acts import acting, actions
from social_queue.admin.acts.acting import Act
from social_queue.admin.acts.buttons import Button
from social_queue.admin.items import duplicating
from social_queue.admin.items.pressing.acts import ACTS, APPROVE, RESCHEDULE, SEND_ANYWAY
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.picture_field import NOT_KEPT
from social_queue.admin.pieces.times import MomentForm
from social_queue.admin.repeats import following, repeating
from social_queue.media import cards, files
from social_queue.models import Errand, ItemStatus, PostStatus, QueueItem
from social_queue.operations import editing
from social_queue.operations import posts as post_operations
from social_queue.operations.recalling import asking
from social_queue.sentences import translated


def _asked_if_now(act: Act):
    """What goes out at its time can be seen where it is pressed; what goes out now is counted on a page first."""

    def press(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
        now = timezone.now()
        asks = act.weigh([item], now, None).at_once if item.next_slot else item.publish_at <= now
        return (acting.asking(act) if asks else acting.doing(act))(request, item)

    return press


def _reschedule(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
    form = MomentForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("That is no date and time; nothing was changed."))
        return None
    moment = form.cleaned_data["publish_at"]
    if moment <= timezone.now():
        return acting.ask(request, RESCHEDULE, [item], back=looks.address(item), form=form)
    acting.carry_out(request, RESCHEDULE, [item], when=moment)
    return None


def send_back(request: HttpRequest, item: QueueItem) -> None:
    """With the reason, which stays on the item and in its history."""
    reason = " ".join(request.POST.get("reason", "").split())[: approving.LONGEST_REASON]
    if not reason:
        messages.error(request, gettext("Say why it goes back; nothing was changed."))
    elif approving.send_back(item, reason, now=timezone.now()):
        actions.remember(request, [item], gettext("Sent back: %(reason)s") % {"reason": reason})
        messages.success(request, gettext("Sent back. It waits here again as soon as it is changed."))
    else:
        messages.warning(request, gettext("It is no draft any more; nothing was changed."))


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
    return item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED) or _has(PostStatus.PENDING, PostStatus.FAILED)(item)


def _waits_for_approval(item: QueueItem) -> bool:
    return item.status == ItemStatus.DRAFT or (approvals.is_overtaken(item) and _has(PostStatus.FAILED)(item))


def _is_out(item: QueueItem) -> bool:
    waiting = item.posts.filter(errands__kind=Errand.Kind.RECALL, errands__ended_at=None)
    return item.posts.filter(status__in=asking.PERHAPS_OUT).exclude(pk__in=waiting.values("pk")).exists()


def _may_come_back(item: QueueItem) -> bool:
    posts = list(item.posts.all())
    if not posts:
        return item.status == ItemStatus.CANCELLED
    return any(post_operations.may_be_restored(post, now=timezone.now()) for post in posts)


def _waits(item: QueueItem) -> bool:
    return item.status in (ItemStatus.DRAFT, ItemStatus.READY, ItemStatus.SKIPPED)


BUTTONS: tuple[Button[QueueItem], ...] = (
    Button(
        "approve",
        _("Approve"),
        _asked_if_now(APPROVE),
        _waits_for_approval,
        "check",
        "primary",
        remembers=True,
        permission="approve",
    ),
    Button(
        "send-anyway",
        _("Send anyway"),
        _asked_if_now(SEND_ANYWAY),
        _is(ItemStatus.SKIPPED),
        "send",
        "primary",
        remembers=True,
        permission="approve",
    ),
    Button(
        "send-back",
        _("Send back"),
        send_back,
        lambda item: item.status == ItemStatus.DRAFT and item.sent_back_at is None,
        "undo",
        fields="admin/desk/reason.html",
        remembers=True,
        permission="approve",
    ),
    ACTS.restore_button(_may_come_back),
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
    ACTS.recall_button(_is_out),
    Button(
        "reschedule",
        _("Reschedule"),
        _reschedule,
        _waits,
        "schedule",
        fields="admin/desk/when.html",
        remembers=True,
    ),
    *repeating.BUTTONS,
    following.BUTTON,
)
