"""What the calendar's address asks for, and addresses that ask for something else."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from social_queue.admin.pieces.filters import is_id
from social_queue.calendar import agenda, days
from social_queue.calendar.agenda import Wish
from social_queue.calendar.days import Days

LANES = "account"


@dataclass(frozen=True)
class Asked:
    """View, day and filters; whatever the address has that makes no sense is as if it were not there."""

    view: str
    day: date
    wish: Wish = field(default_factory=Wish)
    #: A lane for each account.
    lanes: bool = False
    #: The address named the view itself.
    chosen: bool = True

    @property
    def days(self) -> Days:
        """The days to be shown, by the reader's clock."""
        return days.around(self.day, timezone.get_current_timezone(), view=self.view)

    def address(self, **other: object) -> str:
        """The same page with something else asked."""
        asked = replace(self, **other)  # type: ignore[arg-type]  # names of our own fields, by our own templates' view
        query = QueryDict(mutable=True)
        query["view"], query["day"] = asked.view, asked.day.isoformat()
        found = {"account": asked.wish.account, "state": asked.wish.state, "source": asked.wish.source}
        found["lanes"] = LANES if asked.lanes else ""
        query.update({name: str(value) for name, value in found.items() if value})
        return f"{reverse('calendar')}?{query.urlencode()}"


def read(request: HttpRequest) -> Asked:
    """From the address; a telephone that names no view gets the list."""
    given = request.GET
    account, state, source = given.get("account"), given.get("state", ""), given.get("source", "")[:100]
    wish = Wish(
        account=int(account) if account is not None and is_id(account) else None,
        state=state if state in agenda.STATES else "",
        source=source.replace("\x00", ""),
    )
    view = given.get("view", "")
    chosen = view in days.VIEWS
    if not chosen:
        view = days.LIST if "Mobi" in request.headers.get("User-Agent", "") else days.WEEK
    return Asked(view, day(given.get("day")), wish, lanes=given.get("lanes") == LANES, chosen=chosen)


def day(text: str | None) -> date:
    """A day as the address writes it; today for anything else."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return timezone.localdate()


def moment(text: str) -> datetime | None:
    """A moment as our own pages write it; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if timezone.is_aware(found) else None


def way_back(request: HttpRequest) -> str:
    """The page the press came from, if it is one of ours; else the calendar."""
    back = request.POST.get("back", "") or request.GET.get("back", "")
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("calendar")
