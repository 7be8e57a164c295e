"""What may be done with posts and with items alike: one table of acts and buttons for the lists and pages of both."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.utils.translation import gettext_lazy as _

from social_queue.admin.acts import effects
from social_queue.admin.acts.acting import Act, Acted, asking, doing
from social_queue.admin.acts.buttons import Button
from social_queue.admin.acts.effects import Effect
from social_queue.admin.pieces.typed import Label
from social_queue.models import Post

#: As ``Act.run``.
Run = Callable
PostsOf = Callable[[list], Iterable[Post]]
Thing = TypeVar("Thing", bound=Acted)
Judge = Callable[[Thing], bool]


@dataclass(frozen=True)
class Acts:
    """Retry, send now, cancel, take back and restore."""

    retry: Act
    send_now: Act
    cancel: Act
    recall: Act
    restore: Act

    @classmethod
    def of(
        cls, posts_of: PostsOf, *, retry: Run, send_now: Run, cancel: Run, recall: Run, restore: Run, rows: str
    ) -> "Acts":
        """``posts_of(rows)``: the posts they stand for. ``rows``: what the cancelling action calls them in its name."""

        def weighed(count: Callable[..., Effect]) -> Callable[[list, datetime, datetime | None], Effect]:
            return lambda chosen, now, when: count(posts_of(chosen), now=now)

        return cls(
            Act("retry", _("Retry failed"), retry, weighed(effects.retried), action="retry_failed"),
            Act("send-now", _("Send now"), send_now, weighed(effects.sent_now), action="requeue_now"),
            Act("cancel", _("Cancel"), cancel, weighed(effects.cancelled), action=f"cancel_{rows}", stops=True),
            Act("recall", _("Take back"), recall, weighed(effects.recalled), action=f"recall_{rows}", stops=True),
            Act("restore", _("Restore"), restore, weighed(effects.restored), action=f"restore_{rows}"),
        )

    def all(self) -> tuple[Act, ...]:
        """In the order in which lists offer them."""
        return (self.retry, self.send_now, self.cancel, self.recall, self.restore)

    def retry_button(self, label: Label, when: Judge[Thing]) -> Button[Thing]:
        """Done where it is pressed: its page shows what goes out."""
        return Button("retry", label, doing(self.retry), when, "refresh", "primary", remembers=True)

    def send_now_button(self, when: Judge[Thing]) -> Button[Thing]:
        """Counted on a page first."""
        act = self.send_now
        return Button("requeue", act.label, asking(act), when, "bolt", hook="send-now", remembers=True)

    def recall_button(self, when: Judge[Thing]) -> Button[Thing]:
        """Counted on a page first: what is deleted there does not come back."""
        act = asking(self.recall)
        return Button("recall", self.recall.label, act, when, "delete_forever", "danger", remembers=True)

    def cancel_button(self, question: Label, when: Judge[Thing], *, name: str = "cancel") -> Button[Thing]:
        """Asked about where it is pressed; another question has a name of its own, and is not answered by that."""
        act = doing(self.cancel)
        return Button(
            name, self.cancel.label, act, when, "block", "danger", ask=question, hook="cancel", remembers=True
        )

    def restore_button(self, when: Judge[Thing]) -> Button[Thing]:
        """Done where it is pressed: its page shows when it goes out."""
        return Button("restore", self.restore.label, doing(self.restore), when, "history", "primary", remembers=True)
