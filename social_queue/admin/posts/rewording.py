"""An editor's own words for one post: until a worker has claimed it, and again when it has failed."""

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from social_queue.models import Post
from social_queue.operations import rewording
from social_queue.sentences import translated
from social_queue.wording import captions, faults, links
from social_queue.wording.captions import Rendered


@dataclass(frozen=True)
class Worded:
    """A caption as it stands or would stand, with its length as the platform counts it."""

    rendered: Rendered
    faults: list[str]
    hints: list[str]


def foreseen(post: Post, *, edited: str = "") -> Worded:
    """The post's caption as it would go out, or ``edited`` judged by the platform's rules; nothing is sent."""
    link = links.expected_link(post).short
    said = edited or (post.caption if post.caption_edited or post.attempts_made else "")
    rendered = captions.preview(post.item, post.account, link=link, variant=post.variant, edited=said)
    stops = [translated(problem.message) for problem in rendered.problems if problem.code in faults.STOPPING]
    hints = [translated(problem.message) for problem in rendered.problems if problem.code not in faults.STOPPING]
    return Worded(rendered, stops, hints)


class RewordForm(forms.ModelForm):
    """The caption, filled with what would go out."""

    caption = forms.CharField(
        label=_("Caption"),
        required=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 10}),
    )

    #: What the form was filled with, so that nobody overwrites what somebody else saved meanwhile.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    class Meta:
        model = Post
        fields = ("caption", "seen")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        if "caption" not in self.fields:
            return
        worded = foreseen(self.instance)
        self.initial["caption"] = worded.rendered.text
        self.initial["seen"] = rewording.as_seen(self.instance)
        self.fields["caption"].help_text = _(
            "%(length)s of %(limit)s characters as the platform counts them. Rewrite it if you like; leave it empty "
            "to have it worded by the template again."
        ) % {"length": worded.rendered.length, "limit": worded.rendered.limit}

    def _post_clean(self) -> None:
        """The instance stays as it was read, for ``reword`` to compare with."""

    def clean_caption(self) -> str:
        """Refuse what the platform would refuse."""
        text = self.cleaned_data["caption"].replace("\r\n", "\n").strip()
        if text and text != self.initial["caption"]:
            stops = foreseen(self.instance, edited=text).faults
            if stops:
                raise forms.ValidationError(stops)
        return text
