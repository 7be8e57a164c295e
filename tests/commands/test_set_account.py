"""`manage.py set_account`."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from social_queue.models import PlatformAccount
from tests.factories import make_account

pytestmark = pytest.mark.django_db


def _set(*words: str) -> str:
    out = io.StringIO()
    call_command("set_account", "fb-page", *words, stdout=out)
    return out.getvalue()


@pytest.fixture(autouse=True)
def account() -> PlatformAccount:
    return make_account("facebook", slug="fb-page", resting_until=timezone.now())


def test_it_changes_what_is_named_and_prints_the_accounts_line(account):
    line = _set(
        *("--zone", "Asia/Jakarta", "--quiet", "22:00-07:00", "--late", "spread", "--late-after", "90"),
        *("--slots", "mon-fri 09:00 19:30; sat 10:00", "--min-interval", "600"),
    )
    assert line == (
        "fb-page (facebook): zone Asia/Jakarta, slots mon-fri 09:00 19:30; sat 10:00, quiet 22:00-07:00, "
        "late spread after 90 min, interval 600 s\n"
    )
    account.refresh_from_db()
    assert (account.zone, account.quiet_hours, account.late_policy, account.late_after) == (
        "Asia/Jakarta", "22:00-07:00", "spread", 90
    )  # fmt: skip
    assert account.resting_until is None
    assert "slots none, quiet none, late spread" in _set("--slots", "none", "--quiet", "none")


def test_without_anything_it_prints_the_line(account):
    assert "zone as the site, slots none, quiet none, late send after 120 min" in _set()
    account.refresh_from_db()
    assert account.resting_until is not None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--zone", "Asia/Djakarta"), "--zone: .*did you mean Asia/Jakarta"),
        (("--quiet", "late"), "--quiet: .*22:00-07:00"),
        (("--late", "never"), "--late: .*send, skip, spread"),
        (("--late-after", "soon"), "--late-after: .*minutes"),
        (("--late-after", "00000010099999999"), "--late-after: .*minutes"),
        (("--slots", "mon 9"), "--slots: .*“9” is no time"),
        (("--min-interval", "-"), "--min-interval: .*seconds"),
        (("--min-interval", "000000000999999999999"), "--min-interval: .*seconds"),
        (("--min-interval", "9" * 5000), "--min-interval: .*seconds"),
        (("--option", "x=1"), "--option: .*facebook takes"),
        (("--slots", "mon 23:00", "--quiet", "22:00-07:00"), "--slots: Every slot"),
        (("--zone", "Asia/Jakarta", "--late", "x"), "--late"),
    ],
)
def test_a_bad_value_names_the_option_and_nothing_is_changed(account, words, said):
    with pytest.raises(CommandError, match=said):
        _set(*words)
    account.refresh_from_db()
    assert (account.zone, account.slots) == ("", "")


def test_a_number_may_begin_with_noughts(account):
    assert "late send after 90 min, interval 600 s" in _set("--late-after", "0090", "--min-interval", "0000000000600")
    assert "interval 0 s" in _set("--min-interval", "00")


def test_an_unknown_account_is_told_the_known_ones():
    with pytest.raises(CommandError, match="Known: fb-page"):
        call_command("set_account", "fb-pag", "--late", "skip")
