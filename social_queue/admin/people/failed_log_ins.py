"""Who tried to log in and could not."""

from django.contrib import admin
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from social_queue.admin.base import DeskAdmin, Ledger
from social_queue.admin.pieces import filters, looks
from social_queue.models import FailedLogIn


@admin.register(FailedLogIn)
class FailedLogInAdmin(Ledger, DeskAdmin):
    """One wrong password or code, newest first."""

    list_display = ("when", "name", "ip_address", "rests", "agent")
    list_display_links = ("when",)
    list_filter = (filters.from_to("attempt_time"),)
    search_fields = ("username", "ip_address")
    search_help_text = _("Name or address")
    list_before_template = "admin/desk/ending_a_rest.html"
    sortable_by = ()
    ordering = ("-attempt_time", "-id")
    fields = ("when", "name", "ip_address", "rests", "agent")
    readonly_fields = ("when", "name", "rests", "agent")

    @display(description=_("tried"))
    def when(self, row: FailedLogIn) -> str:
        return looks.moment(row.attempt_time)

    @display(description=_("name"))
    def name(self, row: FailedLogIn) -> str:
        return looks.short(row.username or "–", 60)

    @display(description=_("must rest"))
    def rests(self, row: FailedLogIn) -> str:
        return looks.chip(gettext("yes"), "care") if row.locked_out else "–"

    @display(description=_("browser"))
    def agent(self, row: FailedLogIn) -> str:
        return looks.short(row.user_agent or "–", 80)
