"""Coming back from the platform: the answer is read once, what was found is ticked, and what was ticked is stored."""

from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from connectors.login import Found, LoginTrouble, Place
from connectors.texts.sentences import ended
from social_queue.accounts import connected, connecting
from social_queue.admin.acts import once
from social_queue.admin.connect import going, notes
from social_queue.admin.connect.guard import along, label, page, session_of
from social_queue.admin.pieces import looks
from social_queue.admin.pieces.typed import person
from social_queue.models import LoginAttempt, PlatformAccount
from social_queue.operations import accounts

#: Where the session keeps what became of the ticked ones.
_DONE = "connect_done"


def callback(request: HttpRequest, platform: str) -> HttpResponse:
    """With an answer in the address: read it and lead to the same address without it."""
    if request.method == "POST":
        return _connect(request, platform)
    if request.GET:
        return _answered(request, platform)
    code, sentence = notes.trouble_of(request, platform)
    try:
        found = None if code else _found(request, platform, notes.number(request, platform))[1]
    except LoginTrouble as trouble:
        return notes.stumbled(request, platform, trouble)
    return _list(request, platform, found, code=code, sentence=sentence)


def _answered(request: HttpRequest, platform: str) -> HttpResponse:
    query, now = request.GET.dict(), timezone.now()
    try:
        attempt = connecting.take(platform, query, person=person(request), session=session_of(request), now=now)
        connecting.bring(attempt, query, now=now)
    except LoginTrouble as trouble:
        return notes.stumbled(request, platform, trouble)
    notes.remember(request, platform, attempt.pk, attempt.way)
    return redirect("connect-callback", platform)


def _found(request: HttpRequest, platform: str, number: int | str) -> tuple[LoginAttempt, Found]:
    return connecting.found_by(number, platform, session=session_of(request), now=timezone.now())


def _list(request: HttpRequest, platform: str, found: Found | None, *, code: str, sentence: str, none: bool = False):
    places = sorted(found.places, key=lambda place: bool(place.problem)) if found else []
    rows = [_row(platform, place) for place in places]
    facts = [_(pattern) % values for pattern, values in found.notes] if found else []
    title = _("Connect %(platform)s") % {"platform": label(platform)}
    shown = {"rows": rows, "notes": facts, "trouble": code, "sentence": sentence, "none": none}
    able = sum(not row["problem"] for row in rows)
    gone = notes.way(request, platform)
    way = connecting.way_of(platform, gone)
    if code == "code" and not (way.has_page or way.missing):
        # What was typed was wrong: it is typed again right here.
        shown["form"] = going.form_of(way)()
    # Whoever has one place means it; of several, only he knows which.
    shown |= {"again": along("connect-start", platform, gone), "needs": along("connect-platform", platform, gone)}
    shown |= {"number": notes.number(request, platform), "can_connect": able > 0, "ticked": able == 1}
    return page(request, "found", title=title, platform=platform, label=label(platform), **shown)


def _row(platform: str, place: Place) -> dict:
    account = connected.known_as(platform, place)
    problem = _(place.problem) if place.problem else ""
    return {
        "place": place,
        "account": account,
        "problem": problem,
        "chip": looks.status_chip(account) if account else "",
    }


def _connect(request: HttpRequest, platform: str) -> HttpResponse:
    """Store the ticked ones; a row's number in the form says which of several lists in one session is meant."""
    number = request.POST.get("number", "")
    try:
        attempt, found = _found(request, platform, number if number.isdecimal() else 0)
    except LoginTrouble as trouble:
        return notes.stumbled(request, platform, trouble)
    ticked = set(request.POST.getlist("place"))
    places = [place for place in found.places if place.address in ticked and not place.problem]
    if not places:
        return _list(request, platform, found, code="", sentence="", none=True)
    done = connected.store(attempt, places, now=timezone.now())
    for one in done:
        if one.account and not one.trouble:
            accounts.resume_account(one.account, now=timezone.now())
            _note(request, one.account, created=one.created)
    request.session[_DONE] = [_kept(one) for one in done] + [{"platform": platform}]
    return redirect("connect-done")


def _note(request: HttpRequest, account: PlatformAccount, *, created: bool) -> None:
    said = _("Connected by a log-in.") if created else _("Credentials replaced by a log-in.")
    flag = ADDITION if created else CHANGE
    LogEntry.objects.log_actions(person(request).pk, [account], flag, said, single_object=True)


def _kept(one: connected.Connected) -> dict:
    row = {"name": one.place.name, "address": one.place.address, "trouble": one.trouble, "detail": one.detail}
    return row | {"account": one.account.pk if one.account else None, "created": one.created}


def done(request: HttpRequest) -> HttpResponse:
    """What became of the ticked ones, each with a test post to try it."""
    kept = request.session.get(_DONE)
    if not kept:
        return redirect("connect")
    *rows, last = kept
    known = PlatformAccount.objects.in_bulk([row["account"] for row in rows if row["account"]])
    shown = [row | {"row": known.get(row["account"]), "sentence": _sentence(row)} for row in rows]
    good = sum(not row["trouble"] for row in rows)
    title = _("Connected") if good else _("Not connected")
    return page(request, "done", title=title, rows=shown, platform=last["platform"], good=good, once=once.word())


def _sentence(row: dict) -> str:
    said = {
        "unreachable": _("The platform could not be asked whether this works: %(why)s Nothing was changed; try again."),
        "scopes": _("A right is missing: %(why)s Nothing was changed. Start again and leave all boxes ticked."),
        "code": _("The platform does not accept this: %(why)s Nothing was changed. Start again."),
    }
    return said[row["trouble"]] % {"why": ended(row["detail"])} if row["trouble"] else ""
