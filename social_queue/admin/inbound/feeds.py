"""Feeds: where content is fetched from, how its entries are read, and what came of the last look."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanSwitchWidget

from social_queue.admin.acts.buttons import Button, WithButtons
from social_queue.admin.base import NoAddAnother
from social_queue.admin.inbound.mapped import ChannelsField, MapField, MappedForm, TryingAdmin, shown
from social_queue.admin.pieces import looks
from social_queue.feeds import asking, looking, sources, trial
from social_queue.models import Feed
from social_queue.sentences import translated

_MAP_EXAMPLE = '{"title": "title", "link": "link", "image_url": "image", "hashtags": "categories"}'


class FeedForm(MappedForm):
    """Where it stands, how often it is looked at, and where its items go."""

    field_map = MapField(
        label=_("Field map"),
        help_text=_(
            "Where the value of each of our fields stands in an entry: id, title, link, summary, content, published, "
            "updated, author, categories, image, images. Empty: title, link, summary and picture as they are."
        ),
    )
    default_channels = ChannelsField(help_text=_("Nothing chosen means every active account."))
    save_unchecked = forms.BooleanField(
        label=_("Save although it does not answer"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
        help_text=_("For when its server can't be reached right now; what is no feed is not saved either way."),
    )

    class Meta:
        model = Feed
        fields = (
            *("slug", "url", "every_minutes", "newest", "default_channels", "field_map"),
            *("arrives_as_draft", "into_slots", "paused"),
        )

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "field_map" in self.fields:
            self.fields["field_map"].widget.attrs["placeholder"] = _MAP_EXAMPLE

    def _post_clean(self) -> None:
        """After the model's own rules: every fault of the settings, then one look at the address."""
        super()._post_clean()  # type: ignore[misc]  # Django's own step, which the stubs leave out
        if self.errors:
            return
        for name, told in sources.faults_of(self.instance).items():
            self.add_error(name if name in self.fields else None, [translated(sentence) for sentence in told])
        if not self.errors and {"url", "field_map", "default_channels"} & set(self.changed_data):
            self._look()

    def _look(self) -> None:
        try:
            self.found = trial.look(self.instance, now=timezone.now())
        except asking.Trouble as trouble:
            if not (trouble.passing and self.cleaned_data.get("save_unchecked")):
                told = [translated(trouble.sentence), gettext("Nothing was saved.")]
                self.add_error("url", " ".join(told))
            return
        if {"url", "field_map"} & set(self.changed_data):
            self.say(self.found.nowhere)


@admin.register(Feed)
class FeedAdmin(WithButtons[Feed], NoAddAnother, TryingAdmin):
    """A feed that is looked at by a schedule."""

    form = FeedForm
    change_form_outer_after_template = "admin/desk/feed_tester.html"
    list_display = ("slug", "state", "url", "looked", "next_look", "items")
    search_fields = ("slug", "url")
    sortable_by = ()

    @property
    def buttons(self) -> tuple[Button[Feed], ...]:
        """Not to wait for the schedule."""
        return (Button("look", _("Look now"), _look_now, lambda feed: not feed.paused, "refresh", "primary"),)

    def get_fieldsets(self, request: HttpRequest, obj: Feed | None = None) -> Any:
        """The map last: it is the longest."""
        main = ("slug", "url", "save_unchecked", "every_minutes", "newest", "arrives_as_draft", "into_slots", "paused")
        return (
            (None, {"fields": main}),
            (_("How its entries are read"), {"fields": ("default_channels", *self.map_fields(request))}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> Any:
        """The slug is the source of every item that came of it; the first look is over once there was one."""
        return ("slug", *(("newest",) if obj.begun_at else ())) if obj else ()

    def save_model(self, request: HttpRequest, obj: Feed, form: forms.ModelForm, change: bool) -> None:
        """It is looked at afresh, at the next tick."""
        sources.look_anew(obj, Feed.objects.filter(pk=obj.pk).first() if change else None)
        super().save_model(request, obj, form, change)
        if found := getattr(form, "found", None):
            told = gettext("“%(title)s” has %(count)s entries.") % {"title": found.title, "count": found.count}
            messages.info(request, " ".join([told, *(translated(note) for note in found.notes)]))

    def panel(self, request: HttpRequest, row: Feed) -> dict:
        """What came of the last look."""
        told: dict[str, Any] = {"chip": self.state(row), "error": row.error, "faults": row.notes}
        if row.looked_at:
            counts: dict[str, object] = {"new": row.last_new, "known": row.last_known, "bad": row.last_bad}
            counts |= {"when": looks.distance(row.looked_at)}
            told["sentences"] = [
                gettext("Last look %(when)s: %(new)s new, %(known)s known, %(bad)s that can't be used.") % counts
            ]
        else:
            told["sentences"] = [gettext("A worker looks at it within a minute; or press Look now.")]
        return told

    def tried(self, request: HttpRequest) -> dict[str, Any]:
        """What stands at the address as typed, and what its newest entries would become."""
        return _tried(request)

    @display(description=_("status"))
    def state(self, feed: Feed) -> str:
        if feed.paused:
            return looks.chip(gettext("paused"), "quiet")
        if feed.error:
            return looks.chip(gettext("trouble"), "bad", title=feed.error)
        return looks.chip(gettext("open"), "good")

    @display(description=_("last look"))
    def looked(self, feed: Feed) -> str:
        return looks.distance(feed.looked_at) if feed.looked_at else gettext("never")

    @display(description=_("next look"))
    def next_look(self, feed: Feed) -> str:
        if feed.paused:
            return "–"
        return looks.distance(feed.next_look_at) if feed.next_look_at else gettext("now")

    @display(description=_("items"))
    def items(self, feed: Feed) -> str:
        return looks.listed("queueitem", gettext("show"), source=feed.slug)


def _look_now(request: HttpRequest, feed: Feed) -> None:
    counts = looking.fetch(feed, clock=timezone.now)
    if feed.error:
        messages.error(request, translated(feed.error))
    else:
        told = gettext("%(new)s new, %(known)s known, %(bad)s that can't be used.")
        messages.success(request, told % {kind: counts[kind] for kind in (looking.NEW, looking.KNOWN, looking.BAD)})


def _tried(request: HttpRequest) -> dict:
    """The trials, or the sentence that says why there are none."""
    feed = Feed(slug=request.POST.get("slug", "") or "trial", url=request.POST.get("url", "").strip())
    feed.default_channels = request.POST.getlist("default_channels")
    try:
        feed.field_map = MapField().clean(request.POST.get("field_map", ""))
    except forms.ValidationError as fault:
        return {"faults": fault.messages}
    faults = sources.faults_of(feed)
    told = [sentence for name in ("url", "field_map", "default_channels") for sentence in faults.get(name, [])]
    if told:
        return {"faults": [translated(sentence) for sentence in told]}
    try:
        found = trial.look(feed, now=timezone.now())
    except asking.Trouble as trouble:
        return {"faults": [translated(trouble.sentence)]}
    count = gettext("“%(title)s” has %(count)s entries.") % {"title": found.title, "count": found.count}
    trials = shown(found.trials)
    return {
        "notes": [count, *map(translated, found.notes)],
        "nowhere": [*map(translated, found.nowhere)],
        "trials": trials,
        "empty": not trials,
    }
