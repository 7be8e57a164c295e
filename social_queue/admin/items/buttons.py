"""What may be done with one item or many of them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from django.contrib import messages
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue import approvals, approving, states
from social_queue.access import roles
from social_queue.admin.acts import acting, actions, effects
from social_queue.admin.acts.acting import Act, WithActs, in_lists, on_each
from social_queue.admin.acts.buttons import Button
from social_queue.admin.acts.effects import Effect
from social_queue.admin.acts.shared import Acts
from social_queue.admin.items import duplicating
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.picture_field import NOT_KEPT
from social_queue.admin.pieces.times import MomentForm
from social_queue.admin.pieces.typed import person
from social_queue.admin.repeats import following
from social_queue.media import cards, files
from social_queue.models import Errand, ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import editing, posts
from social_queue.operations import items as operations
from social_queue.operations.done import Done
from social_queue.operations.pressing import Pressing
from social_queue.operations.recalling import asking
from social_queue.sentences import translated


def _posts_of(items: list[QueueItem]) -> QuerySet:
    posts = Post.objects.filter(item__in=[item.pk for item in items]).select_related("account")
    return posts.only("status", "attempts_made", "not_before", "account__slug")


def _on_posts(operation: Callable[..., Done], *, alone: Callable[..., Done] | None = None) -> Callable:
    """Run an operation of ``posts`` on the posts of all items; ``alone`` is for items that have none."""

    def run(rows: list[QueueItem], press: Pressing, when: datetime | None) -> tuple[Done, list[QueueItem]]:
        without = {ItemStatus.DRAFT, ItemStatus.SKIPPED} if alone else set()
        apart, together = [[row for row in rows if (row.status in without) is told] for told in (True, False)]
        done, taken = acting.on_each(alone)(apart, press, None) if alone else (Done(), [])
        done += operations.many(together, operation, now=press.now, press=press)
        touched = {post["item"] for post in press.posts.values()}
        return done, [*taken, *(row for row in together if row.pk in touched)]

    return run


def _cancelled(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    effect = effects.cancelled(_posts_of(items), now=now)
    effect.items = sum(item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED) for item in items)
    return effect


def _recalled(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    # Whole rows: whether a platform lets us delete one depends on its age, its place and the account's log-in.
    rows = Post.objects.filter(item__in=[item.pk for item in items]).select_related("account")
    effect = effects.recalled(rows, now=now)
    effect.items = sum(item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED) for item in items)
    return effect


def _is_out(item: QueueItem) -> bool:
    waiting = item.posts.filter(errands__kind=Errand.Kind.RECALL, errands__ended_at=None)
    return item.posts.filter(status__in=asking.PERHAPS_OUT).exclude(pk__in=waiting.values("pk")).exists()


def _approved(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    anew = [item for item in items if item.status != ItemStatus.DRAFT and approvals.is_overtaken(item)]
    effect = effects.released([item for item in items if item not in anew], ItemStatus.DRAFT, now=now)
    for post in _posts_of(anew).filter(status=PostStatus.FAILED):
        effect.add(post.account.slug, now, now=now)
    return effect


def _sent_anyway(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.released(items, ItemStatus.SKIPPED, now=now)


def _moved(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.moved(_posts_of(items), now=now, to=when)


_SHARED = Acts.of(
    _posts_of,
    retry=_on_posts(posts.retry),
    send_now=_on_posts(posts.requeue_now),
    cancel=_on_posts(posts.cancel, alone=operations.cancel_item),
    recall=_on_posts(asking.recall, alone=asking.recall_item),
    rows="items",
)


def _let_go_own(item: QueueItem, *, now: datetime, press: Pressing) -> Done:
    return operations.approve(item, now=now, press=press, bound=False)


ACTS = replace(
    _SHARED,
    cancel=replace(_SHARED.cancel, weigh=_cancelled),
    recall=replace(_SHARED.recall, weigh=_recalled),
)
APPROVE = Act(
    "approve",
    _("Approve"),
    on_each(operations.approve),
    _approved,
    "approve",
    _("Approve drafts"),
    permission="approve",
)
#: The same for an item that was just written: its own writer's word, which no later change has to ask for again.
_OWN = replace(APPROVE, run=on_each(_let_go_own))
SCHEDULE, SEND_NOW = replace(_OWN, label=_("Schedule")), replace(_OWN, label=_("Send now"))
_SEND_ANYWAY = Act(
    "send-anyway",
    _("Send anyway"),
    on_each(operations.send_anyway),
    _sent_anyway,
    "send_anyway",
    _("Send skipped anyway"),
    permission="approve",
)


def _move(items: list[QueueItem], press: Pressing, when: datetime | None) -> tuple[Done, list[QueueItem]]:
    return operations.reschedule_all(items, when or press.now, now=press.now, press=press)


_RESCHEDULE = Act("reschedule", _("Reschedule"), _move, _moved, "reschedule", _("Reschedule…"), when=True)


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
        return acting.ask(request, _RESCHEDULE, [item], back=looks.address(item), form=form)
    acting.carry_out(request, _RESCHEDULE, [item], when=moment)
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
    open_posts = [status for status, to in states.ARROWS if to == PostStatus.CANCELLED]
    return item.status in (ItemStatus.DRAFT, ItemStatus.SKIPPED) or _has(*open_posts)(item)


def _waits_for_approval(item: QueueItem) -> bool:
    return item.status == ItemStatus.DRAFT or (approvals.is_overtaken(item) and _has(PostStatus.FAILED)(item))


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
        _asked_if_now(_SEND_ANYWAY),
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
    following.BUTTON,
)


class ItemActions(WithActs):
    """Bulk actions on items; each first shows what it would do."""

    acts = (ACTS.retry, ACTS.send_now, ACTS.cancel, ACTS.recall, APPROVE, _SEND_ANYWAY, _RESCHEDULE)
    actions = in_lists(acts)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        """Letting go out what waits for a human, or what was held back."""
        return person(request).has_perm(roles.APPROVE)
