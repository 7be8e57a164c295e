"""`manage.py check_tokens`: ask every platform whether it still accepts our credentials."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from social_queue.accounts import platforms, tokens
from social_queue.alerts import telling
from social_queue.models import PlatformAccount
from social_queue.wording import following


class Command(BaseCommand):
    """All accounts that are not paused, X included although each of its checks is billed."""

    help = "Check the credentials of every account now (X bills one user read per account)."

    def handle(self, *args, **options) -> None:
        """One line an account, then the counts."""
        now = timezone.now()
        counts = tokens.check_all(now, force=True)
        telling.tell_due(timezone.now())
        for account in PlatformAccount.objects.all():
            fault = platforms.site_fault_of(account.platform)
            said = f"Its token could not be checked: {fault}" if fault else account.last_error
            told = " ".join(filter(None, [said, following.not_allowed(account)]))
            self.stdout.write(f"{account.slug}: {account.get_status_display()}. {told}".strip())
        words = ", ".join(f"{number} {state}" for state, number in sorted(counts.items()))
        self.stdout.write(words or "There is no account yet: add one with add_account.")
