"""The public door /go/<code>."""

import logging
from datetime import datetime

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_safe

from metrics.clicks import booking, salts, spool, targets
from metrics.clicks.robots import device_class, is_robot, robot_name
from metrics.clicks.visitors import referrer_host, visitor_hash
from metrics.models import Click
from social_queue.access import callers
from social_queue.upkeep import outage_log

logger = logging.getLogger(__name__)

_NOT_NOW = gettext_noop("This link can't be opened just now. Please try again in a minute.")
_TAKEN_BACK = gettext_noop("The post with this link was taken back.")
_NOWHERE = gettext_noop("This link does not lead anywhere (any more).")


@require_safe
def go(request: HttpRequest, code: str) -> HttpResponse:
    """Redirect to the post's tracked URL and book the click before answering. HEAD is no click."""
    try:
        target = targets.find(code)
    except Error as fault:
        if not outage_log.refused(fault, request, now=timezone.now()):
            logger.exception("a link can't be looked up")
        return _page(request, _NOT_NOW, status=503, retry_after=30)
    if target is None:
        return _page(request, _NOWHERE, status=404)
    if target.recalled:
        return _page(request, _TAKEN_BACK, status=410)
    if request.method == "GET":
        _book(request, target, timezone.now())
    answer = HttpResponse(status=302, headers={"Location": target.url, "Cache-Control": "no-store"})
    answer.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


def _book(request: HttpRequest, target: targets.Target, now: datetime) -> None:
    """Write the click; whatever goes wrong, the visitor is redirected and the click waits in the spool or the log."""
    click = _click(request, target, now)
    try:
        booking.insert(click)
    except Error as fault:
        try:
            spool.keep(click)
        except OSError:
            logger.exception("a click on post %s is booked nowhere but here", target.post)
        else:
            if not outage_log.noted(fault, whom=request.path, what=outage_log.KEPT, now=now):
                logger.warning("a click on post %s waits in the spool: %s", target.post, fault)


def _click(request: HttpRequest, target: targets.Target, now: datetime) -> Click:
    agent = request.headers.get("User-Agent", "")
    robot = is_robot(agent, method=request.method or "", headers=request.headers)
    return Click(
        queue_item=target.queue_item,
        post=target.post,
        platform=target.platform,
        variant=target.variant,
        clicked_at=now,
        referrer_host=referrer_host(request.headers.get("Referer", ""))[:190],
        agent=robot_name(agent)[:40] if robot else device_class(agent),
        visitor=_visitor(callers.address_of(request), agent, now),
        is_robot=robot,
    )


def _visitor(address: str, agent: str, now: datetime) -> str:
    """Who came, as a hash; empty while the database can't say what it is made with."""
    try:
        return visitor_hash(address, agent, salt=salts.of_day(now))
    except Error as fault:
        if not outage_log.noted(fault, whom="a click", what=outage_log.NAMELESS, now=now):
            logger.warning("a visitor stays unknown: the day's salt can't be read", exc_info=True)
        return ""


def _page(request: HttpRequest, sentence: str, *, status: int, retry_after: int = 0) -> HttpResponse:
    """A sentence in the language that the browser prefers; no middleware has set it on this way."""
    language = translation.get_language_from_request(request)
    with translation.override(language):
        sentence = gettext(sentence)
    body = (
        f"<!doctype html><html lang={language}><meta charset=utf-8>"
        "<meta name=viewport content='width=device-width'><title>Autopost</title>"
        f"<p style='font:1.1rem system-ui;margin:20vh auto;max-width:30rem;padding:1rem;text-align:center'>{sentence}"
    )
    headers = {"Cache-Control": "no-store", "Content-Language": language, "Vary": "Accept-Language, Cookie"}
    headers |= {"X-Content-Type-Options": "nosniff"} | ({"Retry-After": str(retry_after)} if retry_after else {})
    return HttpResponse(body, status=status, headers=headers)
