"""The button that takes the last press back."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from social_queue.admin.acts import actions
from social_queue.models import Post, Press, QueueItem
from social_queue.operations import undo

_MODELS = {model._meta.model_name: model for model in (Post, QueueItem)}


def press(request: HttpRequest, key: str) -> HttpResponse:
    """Take a press of one's own back; what a worker has claimed meanwhile stays."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    pressed = Press.objects.filter(key=key, person=request.user.pk).first()
    if pressed is None:
        raise Http404
    if not any(request.user.has_perm(f"queue.{verb}_{pressed.model}") for verb in ("change", "approve")):
        raise PermissionDenied
    done = undo.take_back(pressed, now=timezone.now())
    if done is None:
        messages.warning(request, _("The time to take that back is over; nothing was changed."))
    else:
        what = _("Undo: %(what)s") % {"what": pressed.label}
        if done.taken:
            actions.remember(request, _MODELS[pressed.model].objects.filter(pk__in=pressed.rows), what)
        actions.report(request, done, what=what)
    return redirect(_where_from(request) or reverse(f"admin:queue_{pressed.model}_changelist"))


def _where_from(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if safe else ""
