"""Review: the next draft with everything that decides about it, and the four things that may be done with it."""

from collections.abc import Callable

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from social_queue import approvals, approving
from social_queue.access import roles
from social_queue.admin import live
from social_queue.admin.acts import acting
from social_queue.admin.items import previews
from social_queue.admin.items.forms import DATA
from social_queue.admin.items.pressing.acts import APPROVE
from social_queue.admin.items.pressing.buttons import send_back
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.filters import is_id
from social_queue.admin.pieces.typed import person
from social_queue.admin.review.remarks import Norms, any_of, of_cards, of_label
from social_queue.models import ItemStatus, QueueItem

#: Of so many the page offers to approve those without remarks; each is worded for all its accounts.
_BATCH = 50
_ENOUGH = 100


def overview(request: HttpRequest) -> HttpResponse:
    """One card: the first that waits, or the one that the address names, or its neighbour."""
    _may_look(request)
    item = _asked(request)
    return live.answer(request, _stamp(item), lambda: _page(request, item))


def decide(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Approve one, or send it back, and show the next. Who comes back from a log-in finds the one."""
    act = _VERBS.get(verb)
    if request.method != "POST":
        return redirect(f"{reverse('review')}?at={number}")
    item = approving.waiting().filter(pk=number).first()
    if act is None:
        raise Http404
    if not person(request).has_perm(roles.APPROVE):
        raise PermissionDenied
    if item is None:
        messages.warning(request, _what_happened(number))
        return _answer(request, approving.waiting().first())
    following = _after(item).first()
    if request.POST.get("seen", "") not in ("", approvals.fingerprint(item)):
        messages.warning(request, _("It was changed meanwhile, so nothing was done. Look at it again."))
        return _answer(request, item)
    act(request, item)
    item = approving.waiting().filter(pk=number).first() or following
    return _answer(request, item or approving.waiting().first())


def batch(request: HttpRequest) -> HttpResponse:
    """How many wait without a remark; pressed, the page that counts what approving them all would do."""
    _may_look(request)
    if not person(request).has_perm(roles.APPROVE):
        raise PermissionDenied
    norms = Norms()
    plain = [item for item in approving.waiting()[:_BATCH] if not any_of(item, norms)]
    if request.method == "POST":
        if not plain:
            messages.info(request, _("Every one of them has a remark: look at them one by one."))
            return redirect("review")
        return acting.ask(request, APPROVE, plain, back=reverse("review"))
    return TemplateResponse(request, "admin/desk/review_batch.html", {"count": len(plain)})


def _what_happened(number: int) -> str:
    """Who decides second is told what the first one decided."""
    item = QueueItem.objects.filter(pk=number).first()
    if item is None:
        return _("Somebody was faster: it is not there any more.")
    if item.status == ItemStatus.DRAFT:
        return _("Somebody was faster: it was sent back (“%(reason)s”).") % {"reason": item.sent_back_reason}
    last = approving.last(item)
    if last and last.ended_at is None and last.person:
        told = {"person": last.person.get_username(), "when": looks.moment(last.approved_at)}
        return _("Somebody was faster: %(person)s approved it, %(when)s.") % told
    return _("Somebody was faster: it is %(status)s now.") % {"status": item.get_status_display()}


def _approve(request: HttpRequest, item: QueueItem) -> None:
    acting.carry_out(request, APPROVE, [item])


_VERBS: dict[str, Callable[[HttpRequest, QueueItem], None]] = {"approve": _approve, "send-back": send_back}


def _answer(request: HttpRequest, item: QueueItem | None) -> HttpResponse:
    if "HX-Request" in request.headers:
        return _page(request, item)
    return redirect(f"{reverse('review')}?at={item.pk}" if item else "review")


def _stamp(item: QueueItem | None) -> str:
    waiting = approving.waiting().order_by().values("pk")[:_ENOUGH].count()
    if item is None:
        return live.stamp_of(waiting)
    beside = [rows.values_list("pk", flat=True).first() for rows in (_before(item), _after(item))]
    return live.stamp_of(item.pk, item.updated_at, waiting, beside)


def _page(request: HttpRequest, item: QueueItem | None) -> HttpResponse:
    user = person(request)
    waiting = approving.waiting()
    context = {
        "item": item,
        "stamp": _stamp(item),
        "count": waiting.order_by().values("pk")[:_ENOUGH].count(),
        "may_approve": user.has_perm(roles.APPROVE),
        "may_change": user.has_perm("queue.change_queueitem"),
        **(_shown(item) if item else {}),
    }
    if "HX-Request" in request.headers:
        return TemplateResponse(request, "admin/desk/review_card.html", context)
    whole = {**admin.site.each_context(request), "title": _("Review"), **context}
    return TemplateResponse(request, "admin/desk/review.html", whole)


def _shown(item: QueueItem) -> dict:
    cards = previews.cards(item)
    numbers = Norms().remarks(item)
    odd = {remark.name: remark.words for remark in numbers}
    labels = {name: label for name, label, _example in DATA}
    late, finds_slots = item.publish_at <= timezone.now(), looks.finds_slots(item)
    return {
        "when": looks.planned(item),
        "late": late and not finds_slots,
        "distance": "" if finds_slots else looks.distance(item.publish_at),
        "received": looks.moment(item.created_at),
        "remarks": [*of_label(item), *numbers, *of_cards(cards)],
        "facts": [(labels.get(name, name), value, odd.get(name, "")) for name, value in item.data.items()],
        "desk": {"previews": cards, "icons": previews.icons()},
        "seen": approvals.fingerprint(item),
        "before": _before(item).first(),
        "after": _after(item).first(),
    }


def _asked(request: HttpRequest) -> QueueItem | None:
    given = request.GET.get("at", "")
    found = approving.waiting().filter(pk=given).first() if is_id(given) else None
    return found or approving.waiting().first()


def _after(item: QueueItem) -> QuerySet[QueueItem]:
    later = Q(publish_at__gt=item.publish_at) | Q(publish_at=item.publish_at, pk__gt=item.pk)
    # Said twice, so that an index finds where to begin.
    return approving.waiting().filter(later, publish_at__gte=item.publish_at)


def _before(item: QueueItem) -> QuerySet[QueueItem]:
    earlier = Q(publish_at__lt=item.publish_at) | Q(publish_at=item.publish_at, pk__lt=item.pk)
    return approving.waiting().filter(earlier, publish_at__lte=item.publish_at).order_by("-publish_at", "-id")


def _may_look(request: HttpRequest) -> None:
    if not person(request).has_perm("queue.view_queueitem"):
        raise PermissionDenied
