"""What may be done with one item or many of them."""

from datetime import datetime

from django.contrib import admin, messages
from django.core.files.base import ContentFile
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from social_queue import states
from social_queue.admin.acts import acting, effects
from social_queue.admin.acts.acting import Act, WithActs, on_each
from social_queue.admin.acts.buttons import Button
from social_queue.admin.acts.effects import Effect
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.times import MomentForm
from social_queue.media import cards
from social_queue.models import ItemStatus, Post, PostStatus, QueueItem
from social_queue.operations import editing
from social_queue.operations import items as operations
from social_queue.sentences import translated


def _posts_of(items: list[QueueItem]) -> QuerySet:
    return Post.objects.filter(item__in=[item.pk for item in items]).select_related("account")


def _sent_now(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.sent_now(_posts_of(items), now=now)


def _retried(items: list[QueueItem], now: datetime, when: datetime | None) -> Effect:
    return effects.retried(_posts_of(items), now=now)


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


ACTS = {
    act.name: act
    for act in (
        Act("retry", _("Retry failed"), on_each(operations.retry_item), _retried),
        Act("send-now", _("Send now"), on_each(operations.requeue_item), _sent_now),
        Act("cancel", _("Cancel"), on_each(operations.cancel_item), _cancelled, stops=True),
        Act("approve", _("Approve"), on_each(operations.approve), _approved),
        Act("send-anyway", _("Send anyway"), on_each(operations.send_anyway), _sent_anyway),
        Act("reschedule", _("Reschedule"), on_each(operations.reschedule), _moved, when=True),
    )
}


def _asked(name: str):
    """What can't be seen at once is counted on a page first."""
    return lambda request, item: acting.ask(request, ACTS[name], [item], back=looks.address(item))


def _asked_if_now(name: str):
    """What goes out at its time can be seen where it is pressed; what goes out now is counted on a page first."""

    def act(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
        if item.publish_at <= timezone.now():
            return _asked(name)(request, item)
        acting.carry_out(request, ACTS[name], [item])
        return None

    return act


def _done(name: str, *, hold: bool = True):
    return lambda request, item: acting.carry_out(request, ACTS[name], [item], hold=hold)


def _reschedule(request: HttpRequest, item: QueueItem) -> HttpResponse | None:
    form = MomentForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("That is no date and time; nothing was changed."))
        return None
    moment = form.cleaned_data["publish_at"]
    if moment <= timezone.now():
        return acting.ask(request, ACTS["reschedule"], [item], back=looks.address(item), form=form)
    acting.carry_out(request, ACTS["reschedule"], [item], when=moment)
    return None


def _make_card(request: HttpRequest, item: QueueItem) -> None:
    """Draw it; where another picture would go out, and surely nothing has gone yet, it takes that one's place."""
    try:
        card = cards.card_for(item.title, item.data)
    except cards.BadCard as fault:
        why = " ".join(translated(sentence) for said in fault.fields.values() for sentence in said)
        messages.error(request, gettext("No card can be drawn: %(why)s") % {"why": why})
        return
    told = gettext("The picture card is drawn; see below.")
    if item.image or item.image_url:
        try:
            drawn = ContentFile(card.path.read_bytes(), name=card.path.name)
            editing.edit(item.pk, {}, now=timezone.now(), by_hand=editing.ByHand(picture=drawn))
            told = gettext("The picture card is drawn and goes out with this item; see below.")
        except editing.Gone:
            told = gettext("The picture card is drawn, but this item can't get another picture any more.")
    messages.success(request, told)


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
        _asked_if_now("approve"),
        lambda item: item.status == ItemStatus.DRAFT,
        "check",
        "primary",
        remembers=True,
    ),
    Button(
        "send-anyway",
        _("Send anyway"),
        _asked_if_now("send-anyway"),
        _is(ItemStatus.SKIPPED),
        "send",
        "primary",
        remembers=True,
    ),
    Button(
        "retry",
        _("Retry failed"),
        _done("retry", hold=False),
        _has(PostStatus.FAILED),
        "refresh",
        "primary",
        remembers=True,
    ),
    Button(
        "requeue", _("Send now"), _asked("send-now"), _has(PostStatus.PENDING), "bolt", hook="send-now", remembers=True
    ),
    Button("card", _("Make picture card"), _make_card, lambda item: True, "image"),
    Button(
        "cancel",
        _("Cancel"),
        _done("cancel"),
        _may_be_cancelled,
        "block",
        "danger",
        ask=_("Cancel everything of this item that is not out yet?"),
        remembers=True,
    ),
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

    acts = tuple(ACTS.values())
    actions = ("retry_failed", "requeue_now", "cancel_items", "approve", "send_anyway", "reschedule")

    @admin.action(description=_("Retry failed"), permissions=["change"])
    def retry_failed(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Every failed post of the chosen items."""
        return self.ask(request, queryset, "retry")

    @admin.action(description=_("Send now"), permissions=["change"])
    def requeue_now(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Every pending or failed post of the chosen items is due now."""
        return self.ask(request, queryset, "send-now")

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel_items(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Whatever of the chosen items is not out yet."""
        return self.ask(request, queryset, "cancel")

    @admin.action(description=_("Approve drafts"), permissions=["change"])
    def approve(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Drafts get their posts."""
        return self.ask(request, queryset, "approve")

    @admin.action(description=_("Send skipped anyway"), permissions=["change"])
    def send_anyway(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """Skipped items go out although they repeat others."""
        return self.ask(request, queryset, "send-anyway")

    @admin.action(description=_("Reschedule…"), permissions=["change"])
    def reschedule(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse:
        """The page asks when."""
        return self.ask(request, queryset, "reschedule")
