"""`manage.py set_account SLUG`: change an account's clock, timetable, pace and options."""

from collections.abc import Callable
from typing import TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser

from connectors.texts.sentences import known
from social_queue.accounts import options as account_options
from social_queue.accounts import standing
from social_queue.models import PlatformAccount
from social_queue.timing import plans

#: Option of this command: the column it changes.
_COLUMNS = {
    "zone": "zone",
    "quiet": "quiet_hours",
    "late": "late_policy",
    "late_after": "late_after",
    "slots": "slots",
}
_LONGEST_INTERVAL = 86400 * 31

Given = TypeVar("Given")
Answer = TypeVar("Answer")


class Command(BaseCommand):
    """Changes what is named and nothing else; prints the account's line."""

    help = "Change an account's zone, slots, quiet hours, pace and options."

    def add_arguments(self, parser: CommandParser) -> None:
        """The slug, and what may be changed."""
        parser.add_argument("slug", help="the account's short name")
        parser.add_argument("--zone", metavar="IANA", help="the zone its clock hangs in, such as Asia/Jakarta")
        parser.add_argument("--quiet", metavar="22:00-07:00|none", help="when nothing goes out")
        parser.add_argument("--late", metavar="send|skip|spread", help="what becomes of what was missed")
        parser.add_argument("--late-after", metavar="MINUTES", help="how long nobody publishes before it is missed")
        parser.add_argument("--slots", metavar="TEXT|none", help='such as "mon-fri 09:00 19:30; sat 10:00"')
        parser.add_argument("--min-interval", metavar="S", help="seconds between two posts at least")
        parser.add_argument("--option", nargs="+", action="extend", default=[], metavar="NAME=VALUE")

    def handle(self, *args, slug: str, **given) -> None:
        """Read everything first: where one value is bad, nothing is changed."""
        account = PlatformAccount.objects.filter(slug=slug).first()
        if account is None:
            slugs = PlatformAccount.objects.filter(archived_at=None).order_by("slug").values_list("slug", flat=True)
            told = known(slugs, none="None is connected yet: add one with `manage.py add_account`.")
            raise CommandError(f"There is no account {slug!r}. {told}")
        changes = self._read(account, given)
        for column, value in changes.items():
            setattr(account, column, value)
        if clash := plans.clash(account):
            raise CommandError(f"--slots: {clash}")
        if changes:
            # Only what was asked for: workers write into the same row.
            account.save(update_fields=list(changes))
        if {"zone", "quiet_hours", "min_interval_s"} & set(changes):
            standing.forget_rest(account)
        self.stdout.write(_line(account))

    def _read(self, account: PlatformAccount, given: dict) -> dict[str, object]:
        changes: dict[str, object] = {}
        for name, column in _COLUMNS.items():
            if given[name] is not None:
                changes[column] = _tried(name, plans.READERS[column], given[name])
        if given["min_interval"] is not None:
            changes["min_interval_s"] = _tried("min-interval", _interval, given["min_interval"])
        if given["option"]:
            chosen = _tried("option", lambda words: account_options.chosen(account.platform, words), given["option"])
            changes["options"] = (account.options or {}) | chosen
        return changes


def _tried(name: str, read: Callable[[Given], Answer], value: Given) -> Answer:
    try:
        return read(value)
    except ValueError as fault:
        raise CommandError(f"--{name.replace('_', '-')}: {fault}") from fault


def _interval(text: str) -> int:
    seconds = plans.number(text)
    if seconds is None or seconds > _LONGEST_INTERVAL:
        raise ValueError(f"takes a number of seconds from 0 to {_LONGEST_INTERVAL}.")
    return seconds


def _line(account: PlatformAccount) -> str:
    parts = [
        f"zone {account.zone or 'as the site'}",
        f"slots {account.slots or 'none'}",
        f"quiet {account.quiet_hours or 'none'}",
        f"late {account.late_policy} after {account.late_after} min",
        f"interval {account.min_interval_s} s",
    ]
    return f"{account.slug} ({account.platform}): {', '.join(parts)}"
